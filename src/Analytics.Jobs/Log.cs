namespace Analytics.Jobs;

/// <summary>Every line that the jobs log.</summary>
internal static partial class Log
{
    /// <summary>The ledger does not add up: data may be lost or counted twice, a human is needed.</summary>
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "ledger: {Topic} [{Partition}] chunk {Chunk}: {Fault}")]
    public static partial void LedgerFault(ILogger log, string topic, int partition, long chunk, string fault);

    /// <summary>The ledger adds up.</summary>
    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "ledger: {Partitions} partitions tiled, {Records} records explained")]
    public static partial void LedgerHolds(ILogger log, int partitions, long records);
}
