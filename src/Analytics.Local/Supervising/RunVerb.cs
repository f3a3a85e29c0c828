using System.Data.Common;
using System.Runtime.InteropServices;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;

namespace Analytics.Local.Supervising;

/// <summary><c>run</c>: the stack in the foreground, until a signal stops it.</summary>
internal static class RunVerb
{
    /// <summary>make and timeout pass on a signal that the terminal sends us as well: within this time it is the same one.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    /// <summary>Runs until SIGINT, SIGTERM or SIGHUP: the first stops in order, the second at once.</summary>
    /// <returns>The exit code: 0 after an orderly stop, 1 when it did not start.</returns>
    public static async Task<int> RunAsync(TimeProvider time)
    {
        var console = new StackConsole(time, Console.Out, Console.Error);
        try
        {
            var settings = StackSettings.Read();
            using var held = StackLock.Take(settings);
            await using var stack = new LocalStack(settings, console, time);
            return await RunAsync(stack, settings, held, console, time);
        }
        catch (StackException fault)
        {
            console.Fault("error", fault.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(LocalStack stack, StackSettings settings, StackLock held, StackConsole console, TimeProvider time)
    {
        using var stopping = new CancellationTokenSource();
        var first = time.GetTimestamp();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (!stopping.IsCancellationRequested)
            {
                first = time.GetTimestamp();
                stopping.Cancel();
            }
            else if (time.GetElapsedTime(first) > SameSignal)
            {
                console.Say("stopping at once: what was not counted yet is lost with the broker's memory");
                stack.Kill();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var code = await StartAsync(stack, console, stopping.Token);
        if (code == 0)
        {
            held.NoteReady(settings.ApiUrl);
            console.Ready(settings.ApiUrl);
            await UntilAsync(stopping.Token);
        }

        await stack.StopAsync();
        console.Say("stopped");
        return code;
    }

    private static async Task<int> StartAsync(LocalStack stack, StackConsole console, CancellationToken stopping)
    {
        try
        {
            await stack.StartAsync(stopping);
            return 0;
        }
        catch (Exception fault) when (IsTold(fault))
        {
            console.Fault("error", fault.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 1;
        }
    }

    /// <summary>What a start may meet outside of this program; anything else is a bug and ends it with its stack.</summary>
    private static bool IsTold(Exception fault) => fault is StackException or PartException
        or ClickHouseException or DbException or RegistryUnavailableException or SchemaRefusedException
        or InvalidOperationException or IOException or UnauthorizedAccessException;

    private static async Task UntilAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stopping.Register(stopped.SetResult);
        await stopped.Task;
    }
}
