namespace Analytics.Local.Supervising;

/// <summary>The files that the supervisor keeps about its parts: logs and pidfiles.</summary>
internal sealed class StackFolders(StackSettings settings)
{
    private const int Kill = 9;

    /// <summary>The log of a part.</summary>
    public string LogOf(string part) => settings.PathOf("logs", part + ".log");

    /// <summary>Makes the folders.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(settings.PathOf("logs"));
        Directory.CreateDirectory(settings.PathOf("pids"));
    }

    /// <summary>Sets the log of the last run aside as <c>part.log.1</c>.</summary>
    public void TurnLog(string part)
    {
        if (File.Exists(LogOf(part)))
        {
            File.Move(LogOf(part), LogOf(part) + ".1", overwrite: true);
        }
    }

    /// <summary>Notes that a part runs as this process.</summary>
    public void Remember(string part, int process) => ProcessIdentity.Of(process)?.Write(PidFile(part));

    /// <summary>Notes that a part has ended.</summary>
    public void Forget(string part) => File.Delete(PidFile(part));

    /// <summary>Ends what a killed supervisor of this data folder left behind. The kernel told it to stop; it gets until <paramref name="patience"/> is over.</summary>
    public async Task EndLeftoversAsync(StackConsole console, TimeSpan patience, TimeProvider time)
    {
        var started = time.GetTimestamp();
        foreach (var file in Directory.EnumerateFiles(settings.PathOf("pids")))
        {
            if (ProcessIdentity.Read(file) is { IsRunning: true } left)
            {
                console.Say($"waiting for {Path.GetFileName(file)} (process {left.Id}) of an earlier run to stop");
                while (left.IsRunning && time.GetElapsedTime(started) < patience)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), time);
                }

                left.SignalGroup(Kill);
            }

            File.Delete(file);
        }
    }

    private string PidFile(string part) => settings.PathOf("pids", part);
}
