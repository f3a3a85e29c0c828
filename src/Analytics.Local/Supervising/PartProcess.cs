using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Analytics.Local.Supervising;

/// <summary>A process that we started, own and stop: a session of its own, its output kept, never outliving us.</summary>
/// <remarks>
/// It runs under <c>setsid</c> (a Ctrl-C at the terminal reaches us only, so that we choose the order of stopping) and
/// <c>setpriv --pdeathsig</c> (the kernel stops it when we die, however we die); both replace themselves by the program, so
/// <see cref="Id"/> is the program's own. Thread-safe. Disposing kills what still runs.
/// </remarks>
internal sealed partial class PartProcess : IAsyncDisposable
{
    private const int Kill = 9;

    private readonly Process _process;
    private readonly PartOutput _output;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PartProcess(PartCommand command, Process process)
    {
        Command = command;
        _process = process;
        _output = new PartOutput(command.LogFile);
        Exited = WatchAsync();
    }

    /// <summary>How it was started.</summary>
    public PartCommand Command { get; }

    /// <summary>Its process id, which is also its process group and session.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => Exited.IsCompleted;

    /// <summary>Whether it has said that it serves.</summary>
    public bool IsReady => _ready.Task.IsCompleted;

    /// <summary>Completes with the exit code (128 + signal when it was killed) after all output has been read. Never fails.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines it wrote, standard output and error together, oldest first.</summary>
    public string LastLines => _output.LastLines;

    /// <summary>Starts it. Returns as soon as it runs; wait for <see cref="ReadyAsync"/> before using it.</summary>
    /// <exception cref="PartException">The program is not there or may not be run.</exception>
    public static async Task<PartProcess> StartAsync(PartCommand command)
    {
        var process = new Process { StartInfo = StartInfo(command) };
        try
        {
            await ProcessSpawner.StartAsync(process);
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            process.Dispose();
            throw new PartException($"{command.Name}: cannot start setsid (of Debian's util-linux) for {command.Program}: {fault.Message}", fault);
        }

        return new PartProcess(command, process);
    }

    /// <summary>The line that says that it serves, as soon as it was printed.</summary>
    /// <exception cref="PartException">It ended first, or the line did not come within <paramref name="limit"/>.</exception>
    public async Task<string> ReadyAsync(TimeSpan limit, CancellationToken cancel = default)
    {
        try
        {
            await Task.WhenAny(_ready.Task, Exited).WaitAsync(limit, cancel);
        }
        catch (TimeoutException fault)
        {
            throw new PartException(Describe($"was not ready within {limit.TotalSeconds:0} s"), fault);
        }

        return _ready.Task.IsCompleted ? await _ready.Task : throw new PartException(Describe($"ended with exit code {await Exited} before it was ready"));
    }

    /// <summary>Asks it to stop by its stop signal, kills it after <paramref name="patience"/>, and returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        Signal(Command.StopSignal);
        try
        {
            return await Exited.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            return await KillAsync();
        }
    }

    /// <summary>Kills it and all that it started (kill -9 of its process group), and returns when it is gone.</summary>
    public async Task<int> KillAsync()
    {
        KillNow();
        return await Exited;
    }

    /// <summary>The same without waiting until it is gone.</summary>
    public void KillNow()
    {
        if (!Exited.IsCompleted)
        {
            _ = SendSignal(-Id, Kill);
        }
    }

    /// <summary>Sends it a signal by number; nothing happens when it has ended.</summary>
    public void Signal(int signal)
    {
        if (!Exited.IsCompleted)
        {
            _ = SendSignal(Id, signal);
        }
    }

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary><paramref name="what"/> happened to this process, with its last lines: the text of an error message.</summary>
    public string Describe(string what) =>
        $"{Command.Name} {what}. {(LastLines is { Length: > 0 } lines ? $"Its last lines:\n{lines}" : "It printed nothing.")}"
        + (Command.LogFile is null ? "" : $"\nAll of it: {Command.LogFile}");

    private static ProcessStartInfo StartInfo(PartCommand command)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        string[] user = command.User is null ? [] : ["--reuid", command.User, "--regid", command.User, "--init-groups"];
        string[] prefix = ["setpriv", .. user, "--pdeathsig", command.StopSignal == PartCommand.Interrupt ? "INT" : "TERM", "--", command.Program];
        foreach (var argument in prefix.Concat(command.Arguments))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private async Task<int> WatchAsync()
    {
        _process.StandardInput.Close();
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError), _process.WaitForExitAsync());
        _output.Dispose();
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _output.Add(line);
            if (Command.IsReadyLine(line))
            {
                _ready.TrySetResult(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
