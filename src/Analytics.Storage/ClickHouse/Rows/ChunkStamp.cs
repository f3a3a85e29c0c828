namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>What every row of a chunk's flush carries: the chunk, and how far it had been counted.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Partition">The Kafka partition.</param>
/// <param name="Chunk">Offset of the chunk's first record.</param>
/// <param name="Ver">Last offset included.</param>
/// <param name="KafkaTime">Kafka timestamp of the chunk's first record, Unix seconds: nothing expires before it plus its table's retention.</param>
public readonly record struct ChunkStamp(ulong Epoch, int Partition, long Chunk, long Ver, long KafkaTime)
{
    /// <summary>When a row may be deleted, in Unix seconds: max(window, <see cref="KafkaTime"/>) + retention, at most the end of DateTime.</summary>
    /// <param name="window">The row's time, Unix seconds.</param>
    /// <param name="retention">The table's retention in seconds.</param>
    public uint KeepUntil(long window, long retention) => (uint)Math.Clamp(Math.Max(window, KafkaTime) + retention, 0, uint.MaxValue);
}
