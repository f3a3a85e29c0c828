namespace Analytics.Local.Supervising;

/// <summary>One supervisor for each data folder: a lock that ends with its process, and a pidfile that <c>down</c> reads.</summary>
internal sealed class StackLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _pidFile;

    private StackLock(FileStream file, string pidFile)
    {
        _lock = file;
        _pidFile = pidFile;
    }

    /// <summary>Takes the data folder for this process.</summary>
    /// <exception cref="StackException">Another one has it.</exception>
    public static StackLock Take(StackSettings settings)
    {
        Directory.CreateDirectory(settings.DataFolder);
        var pidFile = PidFile(settings);
        if (TryOpen(settings) is not { } file)
        {
            var holder = ProcessIdentity.Read(pidFile) is { } running ? $" by process {running.Id}" : "";
            throw new StackException($"The stack of {settings.DataFolder} is already started{holder}. Stop it with `make down`, or set ANALYTICS_DATA (and ports) for a second one.");
        }

        ProcessIdentity.Of(Environment.ProcessId)?.Write(pidFile);
        return new(file, pidFile);
    }

    /// <summary>The supervisor that has this data folder; null when none has.</summary>
    public static ProcessIdentity? Holder(StackSettings settings)
    {
        if (!Directory.Exists(settings.DataFolder))
        {
            return null;
        }

        using var file = TryOpen(settings);
        return file is null && ProcessIdentity.Read(PidFile(settings)) is { IsRunning: true } running ? running : null;
    }

    public void Dispose()
    {
        File.Delete(_pidFile);
        _lock.Dispose();
    }

    private static string PidFile(StackSettings settings) => settings.PathOf("run.pid");

    private static FileStream? TryOpen(StackSettings settings)
    {
        try
        {
            return new FileStream(settings.PathOf("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Shared by nobody: another process has it open.
            return null;
        }
    }
}
