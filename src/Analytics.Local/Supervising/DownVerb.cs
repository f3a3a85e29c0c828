namespace Analytics.Local.Supervising;

/// <summary><c>down</c>: stops the supervisor of this data folder, and with it what it started; nothing else.</summary>
internal static class DownVerb
{
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>The longest orderly stop: the sum of what the parts may take, rounded up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when it is gone: 0, also when nothing ran; 1 when it had to be killed.</summary>
    public static async Task<int> RunAsync(TimeProvider time)
    {
        var console = new StackConsole(time, Console.Out, Console.Error);
        try
        {
            var settings = StackSettings.Read();
            if (StackLock.Holder(settings) is not { } running)
            {
                console.Say($"nothing runs from {settings.DataFolder}");
                return 0;
            }

            return await StopAsync(running, console, time);
        }
        catch (StackException fault)
        {
            console.Fault("error", fault.Message);
            return 1;
        }
    }

    private static async Task<int> StopAsync(ProcessIdentity running, StackConsole console, TimeProvider time)
    {
        console.Say($"stopping process {running.Id} and what it started");
        running.Signal(Terminate);
        if (await HasEndedAsync(running, Patience, time))
        {
            console.Say("stopped");
            return 0;
        }

        console.Fault("error", $"process {running.Id} did not stop within {Patience.TotalSeconds:0} s: stopping it at once. Its logs tell why.");
        running.Signal(Terminate);
        if (!await HasEndedAsync(running, LastPatience, time))
        {
            running.Signal(Kill);
        }

        return 1;
    }

    private static async Task<bool> HasEndedAsync(ProcessIdentity running, TimeSpan limit, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (running.IsRunning)
        {
            if (time.GetElapsedTime(started) > limit)
            {
                return false;
            }

            await Task.Delay(Glance, time);
        }

        return true;
    }
}
