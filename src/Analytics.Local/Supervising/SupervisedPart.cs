namespace Analytics.Local.Supervising;

/// <summary>A part that is kept running: started, watched, started again when it dies, stopped when the stack stops.</summary>
/// <remarks>
/// A part that dies is started again after a pause of 0.5 s, doubled at each death up to 30 s and back to 0.5 s once it ran for a minute:
/// whatever was away for a moment comes back, and one that cannot start does not burn the machine. Thread-safe.
/// </remarks>
internal sealed class SupervisedPart(Part part, StackFolders folders, StackConsole console, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _change = new(1, 1);
    private PartProcess? _process;
    private Task _watching = Task.CompletedTask;
    private volatile bool _isAsked;

    /// <summary>Called after it was started again because it died; the others may have to know.</summary>
    public Func<Task>? Revived { get; set; }

    public string Name => part.Name;

    /// <summary>Starts it, returns when it serves, and keeps it running from then on.</summary>
    /// <exception cref="PartException">It did not start.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        await LaunchAsync(cancel);
        _watching = WatchAsync();
    }

    /// <summary>Stops it in its own time, for a reason outside of it; the watcher starts it again at once.</summary>
    public async Task RestartAsync()
    {
        if (_process is { HasExited: false } running)
        {
            _isAsked = true;
            await running.StopAsync(part.StopLimit);
        }
    }

    /// <summary>Stops it, with its time to finish its work, and does not start it again.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _change.WaitAsync();
        try
        {
            if (_process is { HasExited: false } running)
            {
                var wasReady = running.IsReady;
                var code = await running.StopAsync(part.StopLimit);
                if (wasReady && code != 0 && code != 128 + running.Command.StopSignal)
                {
                    console.Fault(Name, running.Describe($"ended with exit code {code} when it was stopped"));
                }
            }
        }
        finally
        {
            _change.Release();
        }

        await _watching;
        folders.Forget(Name);
    }

    /// <summary>Kills it now.</summary>
    public void Kill()
    {
        _stopping.Cancel();
        _process?.KillNow();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }

        _stopping.Dispose();
        _change.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancel)
    {
        var process = await PartProcess.StartAsync(part.Command() with { LogFile = folders.LogOf(Name) });
        if (_process is { } old)
        {
            await old.DisposeAsync();
        }

        _process = process;
        folders.Remember(Name, process.Id);
        await process.ReadyAsync(part.StartLimit, cancel);
    }

    private async Task WatchAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            var (process, since) = (_process!, time.GetTimestamp());
            var code = await process.Exited;
            await _change.WaitAsync();
            try
            {
                if (_stopping.IsCancellationRequested)
                {
                    return;
                }

                if (_isAsked)
                {
                    _isAsked = false;
                }
                else
                {
                    pause = time.GetElapsedTime(since) > LongEnough ? FirstPause : pause;
                    var what = $"died with exit code {code}; it is started again in {pause.TotalSeconds:0.#} s";
                    // The first time with its last lines; one that dies again and again mostly repeats them.
                    console.Fault(Name, pause == FirstPause ? process.Describe(what) : $"{Name} {what}");
                    await Task.Delay(pause, time, _stopping.Token);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }

                await LaunchAsync(_stopping.Token);
                console.Say($"{Name} runs again");
            }
            catch (PartException fault)
            {
                // What was started and is not ready is stopped; the next turn of the loop sees its end and waits longer.
                console.Fault(Name, fault.Message);
                _process?.KillNow();
                continue;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                _change.Release();
            }

            await (Revived?.Invoke() ?? Task.CompletedTask);
        }
    }
}
