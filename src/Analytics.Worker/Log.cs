namespace Analytics.Worker;

/// <summary>Everything that the worker logs. Warning: recovered, nothing lost. Error: records are missing or a human is needed. Nothing per record.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Topic} [{Partition}] starts at offset {Start}, warmed from {WarmFrom} and {KnownIds} ids of an older log")]
    public static partial void Starts(ILogger log, string topic, int partition, long start, long warmFrom, int knownIds);

    [LoggerMessage(2, LogLevel.Information, "{Topic} [{Partition}] goes to another worker")]
    public static partial void Gone(ILogger log, string topic, int partition);

    [LoggerMessage(3, LogLevel.Error, "{Topic} [{Partition}] is halted. {Problem}")]
    public static partial void Halted(ILogger log, string topic, int partition, string problem);

    [LoggerMessage(4, LogLevel.Warning, "{Topic} [{Partition}] no longer holds the offset to read: its start is sought anew")]
    public static partial void Restarts(ILogger log, string topic, int partition);

    [LoggerMessage(48, LogLevel.Error,
        "{Topic} [{Partition}] is not the log that it was: the topic was deleted or recreated. What was read and not written before is left out; the topic is read as it is now")]
    public static partial void Recreated(ILogger log, string topic, int partition);

    [LoggerMessage(5, LogLevel.Information, "The graph is full: reading pauses")]
    public static partial void Pauses(ILogger log);

    [LoggerMessage(6, LogLevel.Information, "The graph has room: reading goes on after {Seconds:F1} s")]
    public static partial void Resumes(ILogger log, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "A commit failed and is repeated, at worst by the next owner's replay: {Reason}")]
    public static partial void CommitFailed(ILogger log, string reason);

    [LoggerMessage(8, LogLevel.Warning, "Kafka: {Trouble}")]
    public static partial void Kafka(ILogger log, string trouble);

    [LoggerMessage(9, LogLevel.Warning, "Could not {What}, trying again: {Reason}")]
    public static partial void Retrying(ILogger log, string what, string reason);

    [LoggerMessage(10, LogLevel.Information, "Stopping: what was read is written as open chunks")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(11, LogLevel.Warning, "The stores did not take everything within {Seconds} s: the rest is replayed at the next start")]
    public static partial void StoppedEarly(ILogger log, double seconds);

    [LoggerMessage(12, LogLevel.Critical, "The worker ends. {Reason}")]
    public static partial void Fails(ILogger log, Exception failure, string reason);

    [LoggerMessage(13, LogLevel.Information, "Stopped: all that was read is written")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(20, LogLevel.Information, "Config version {Version} is loaded; it is active from {Activates} on")]
    public static partial void ConfigLoaded(ILogger log, uint version, DateTimeOffset activates);

    [LoggerMessage(21, LogLevel.Error, "A config version is refused, and counting goes on without it. {Problem}")]
    public static partial void ConfigRefused(ILogger log, string problem);

    [LoggerMessage(22, LogLevel.Warning, "The config versions of other workers are not known for now, asking again: {Reason}")]
    public static partial void ConfigsUnknown(ILogger log, string reason);

    [LoggerMessage(40, LogLevel.Warning, "Redis is away, live figures wait: {Reason}")]
    public static partial void LiveAway(ILogger log, string reason);

    [LoggerMessage(41, LogLevel.Information, "Redis is back: the live figures that waited are written")]
    public static partial void LiveBack(ILogger log);

    [LoggerMessage(42, LogLevel.Warning, "Live figures are missing in Redis and marked stale until they are rebuilt from ClickHouse")]
    public static partial void LiveStale(ILogger log);

    [LoggerMessage(47, LogLevel.Warning,
        "{Topic} [{Partition}] goes on at {Start}, but its last owner did not note in Redis that all live figures before it had arrived: they are stale until they are rebuilt from ClickHouse")]
    public static partial void LiveTakenOverStale(ILogger log, string topic, int partition, long start);

    [LoggerMessage(43, LogLevel.Information, "Rebuilding the live figures from ClickHouse")]
    public static partial void LiveRebuilding(ILogger log);

    [LoggerMessage(44, LogLevel.Information, "Rebuilding the live figures: {Parts} minutes of chunks and {Visitors} users so far")]
    public static partial void LiveRebuildGoesOn(ILogger log, long parts, long visitors);

    [LoggerMessage(45, LogLevel.Information, "The live figures are whole again: {Parts} minutes of chunks and {Visitors} users in {Seconds} s")]
    public static partial void LiveRebuilt(ILogger log, long parts, long visitors, double seconds);

    [LoggerMessage(46, LogLevel.Warning, "The rebuild of the live figures did not end, it begins again: {Reason}")]
    public static partial void LiveRebuildBroken(ILogger log, string reason);
}
