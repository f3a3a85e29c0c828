using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Analytics.Testing;

/// <summary>A real program that a test starts, waits for and stops. It never outlives the test process, however that ends.</summary>
/// <remarks>
/// The program runs under its own process id (<see cref="Id"/>), so signals reach it and nothing else. A watcher of a few lines of shell
/// stands
/// beside it and, when the test process is gone, stops the program and removes the folder it was given.
/// </remarks>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    // $0 is the folder to remove; the program replaces the shell, so the shell's id is the program's. Once the program
    // is gone its id may be another's: it is not looked at again. Tests that a shell runs in the background ignore SIGINT, and so would their programs.
    private const string Watched = """
        parent=$PPID; child=$$; folder=$0; alive=1
        (while [ -d /proc/$parent ]; do
           [ $alive = 0 ] || kill -0 $child || alive=0
           [ $alive = 1 ] || [ -n "$folder" ] || exit 0
           sleep 1
         done
         if [ $alive = 1 ]; then
           kill -INT $child; for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $child || break; sleep 1; done; kill -KILL $child
         fi
         [ -z "$folder" ] || rm -rf "$folder") <&- >/dev/null 2>&1 &
        exec env --default-signal=INT "$@"
        """;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _waiting = new();
    private Func<string, bool> _isExpected = _ => false;
    private TaskCompletionSource<string>? _expected;

    private ChildProcess(Process process) => _process = process;

    /// <summary>The id of the program itself.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The line by which the program said that it serves.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>All that the program has printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts <paramref name="command"/> and returns when a line of its output satisfies <paramref name="isReady"/>.</summary>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message holds all it printed.</exception>
    public static async Task<ChildProcess> StartAsync(
        IReadOnlyList<string> command,
        Func<string, bool> isReady,
        TimeSpan limit,
        string? removeAfterwards = null,
        string? asUser = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        string[] user = asUser is null ? [] : ["setpriv", $"--reuid={asUser}", $"--regid={asUser}", "--init-groups"];
        string[] all = [.. user, "sh", "-c", Watched, removeAfterwards ?? "", .. command];
        start.FileName = all[0];
        foreach (var argument in all.AsSpan(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildProcess(process);
        var ready = child.Expect(isReady);
        process.OutputDataReceived += (_, line) => child.Read(line.Data);
        process.ErrorDataReceived += (_, line) => child.Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        child.ReadyLine = await child.ReceiveAsync(ready, string.Join(' ', command), limit);
        return child;
    }

    /// <summary>
    /// Writes one line to the program and gives the next line of its output that satisfies <paramref name="isAnswer"/>. One question at a
    /// time.
    /// </summary>
    public async Task<string> AskAsync(string line, Func<string, bool> isAnswer, TimeSpan limit)
    {
        var answer = Expect(isAnswer);
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReceiveAsync(answer, line, limit);
    }

    /// <summary>Asks the program to stop with SIGTERM and waits for its end. Gives its exit code.</summary>
    public Task<int> StopAsync(TimeSpan limit) => SignalAsync(Terminate, limit);

    /// <summary>Interrupts the program (SIGINT) and waits for its end. Gives its exit code.</summary>
    public Task<int> InterruptAsync(TimeSpan limit) => SignalAsync(Interrupt, limit);

    /// <summary>Ends the program at once, as a crash does (SIGKILL).</summary>
    public Task CrashAsync() => SignalAsync(Kill, TimeSpan.FromSeconds(10));

    /// <summary>Freezes the program (SIGSTOP): it does nothing, and is not gone, until <see cref="Thaw"/>.</summary>
    public void Freeze() => Send(Stop);

    /// <summary>Lets a frozen program go on (SIGCONT).</summary>
    public void Thaw() => Send(Continue);

    /// <summary>Asks the program to stop with SIGTERM, and does not wait.</summary>
    public void AskToStop() => Send(Terminate);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Send(Continue);
            await InterruptAsync(TimeSpan.FromSeconds(30));
        }

        _process.Dispose();
    }

    private Task<string> Expect(Func<string, bool> isExpected)
    {
        lock (_waiting)
        {
            _isExpected = isExpected;
            _expected = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _expected.Task;
        }
    }

    private async Task<string> ReceiveAsync(Task<string> expected, string command, TimeSpan limit)
    {
        var ended = _process.WaitForExitAsync();
        var first = await Task.WhenAny(expected, ended, Task.Delay(limit));
        // A program that answers and ends makes both true at once, in either order.
        if (expected.IsCompletedSuccessfully)
        {
            return await expected;
        }

        if (first == ended)
        {
            throw new InvalidOperationException($"'{command}' ended with {_process.ExitCode} before it answered:\n{Output}");
        }

        await CrashAsync();
        throw new InvalidOperationException($"'{command}' was not answered after {limit.TotalSeconds} s:\n{Output}");
    }

    private async Task<int> SignalAsync(int signal, TimeSpan limit)
    {
        Send(signal);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            var threads = Threads();
            _ = Send(_process.Id, Kill);
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture, $"process {_process.Id} did not end within {limit.TotalSeconds} s of signal {signal}; its threads: {threads}\n{Output}"));
        }

        return _process.ExitCode;
    }

    // Name and system call of each: what a program that does not end waits for.
    private string Threads()
    {
        var tasks = new DirectoryInfo($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/task");
        return tasks.Exists ? string.Join(", ", tasks.EnumerateDirectories().Select(task => $"{Of(task, "comm")} in {Of(task, "wchan")}").Order(StringComparer.Ordinal)) : "none";

        static string Of(DirectoryInfo task, string file)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task.FullName, file)).Trim();
            }
            catch (IOException)
            {
                return "its end";
            }
        }
    }

    private void Send(int signal)
    {
        if (!_process.HasExited && Send(_process.Id, signal) != 0 && !_process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        lock (_waiting)
        {
            if (_expected is { } waiting && _isExpected(line))
            {
                _expected = null;
                waiting.TrySetResult(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
