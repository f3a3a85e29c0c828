namespace Analytics.Local.Supervising;

/// <summary>One supervisor for each data folder: a lock that ends with its process, and a pidfile that <c>down</c> reads.</summary>
internal sealed class StackLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly StackSettings _settings;

    private StackLock(FileStream file, StackSettings settings)
    {
        _lock = file;
        _settings = settings;
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

        File.Delete(ReadyFile(settings));
        ProcessIdentity.Of(Environment.ProcessId)?.Write(pidFile);
        return new(file, settings);
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

    /// <summary>The address at which the stack of this data folder serves; null until it is ready.</summary>
    public static string? ReadyAt(StackSettings settings) => File.Exists(ReadyFile(settings)) ? File.ReadAllText(ReadyFile(settings)) : null;

    /// <summary>Notes that it serves.</summary>
    public void NoteReady(string url) => File.WriteAllText(ReadyFile(_settings), url);

    public void Dispose()
    {
        File.Delete(ReadyFile(_settings));
        File.Delete(PidFile(_settings));
        _lock.Dispose();
    }

    private static string ReadyFile(StackSettings settings) => settings.PathOf("ready");

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
