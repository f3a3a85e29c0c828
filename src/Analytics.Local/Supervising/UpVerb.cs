using System.Diagnostics;

namespace Analytics.Local.Supervising;

/// <summary><c>up</c>: the stack in the background; returns when it is ready, or with the error why not.</summary>
internal static class UpVerb
{
    private const string ReadyStart = "Ready: ";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts <c>run</c> in a session of its own, shows its progress on standard error, and its Ready line on standard output.</summary>
    public static async Task<int> RunAsync(TimeProvider time)
    {
        var console = new StackConsole(time, Console.Out, Console.Error);
        try
        {
            var settings = StackSettings.Read();
            if (StackLock.Holder(settings) is { } running)
            {
                console.Say($"already started as process {running.Id}");
                return await AwaitAsync(settings, running, console, time);
            }

            Directory.CreateDirectory(settings.PathOf("logs"));
            using var stack = StartDetached(LogOf(settings));
            return await FollowAsync(LogOf(settings), () => stack.HasExited, time);
        }
        catch (StackException fault)
        {
            console.Fault("error", fault.Message);
            return 1;
        }
    }

    /// <summary>Waits for a stack that somebody else has started.</summary>
    private static async Task<int> AwaitAsync(StackSettings settings, ProcessIdentity running, StackConsole console, TimeProvider time)
    {
        while (running.IsRunning)
        {
            if (StackLock.ReadyAt(settings) is { Length: > 0 } url)
            {
                console.Ready(url);
                return 0;
            }

            await Task.Delay(Glance, time);
        }

        console.Fault("error", $"process {running.Id} ended before it was ready");
        return 1;
    }

    private static string LogOf(StackSettings settings) => settings.PathOf("logs", "stack.log");

    /// <summary>Its input, output and errors are files: nothing of ours stays open in it, so a pipe that we write to ends with us.</summary>
    private static Process StartDetached(string log)
    {
        File.WriteAllText(log, "");
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList = { "sh", "-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", log, ProgramFiles.Dotnet, ProgramFiles.PathOf("Analytics.Local"), "run" },
        };
        return Process.Start(start) ?? throw new StackException("setsid (of Debian's util-linux) does not start.");
    }

    /// <summary>Copies new lines of the log until Ready, or until the process has ended.</summary>
    private static async Task<int> FollowAsync(string log, Func<bool> hasEnded, TimeProvider time)
    {
        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (true)
        {
            var ended = hasEnded();
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith(ReadyStart, StringComparison.Ordinal))
                {
                    Console.Out.WriteLine(line);
                    return 0;
                }

                Console.Error.WriteLine(line);
            }

            if (ended)
            {
                return 1;
            }

            await Task.Delay(Glance, time);
        }
    }
}
