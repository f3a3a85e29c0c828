namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Where a record stands in Kafka, and when it may be deleted.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Partition">The Kafka partition.</param>
/// <param name="Offset">The Kafka offset.</param>
/// <param name="KeepUntil">Unix seconds.</param>
public readonly record struct RecordStamp(ulong Epoch, int Partition, long Offset, uint KeepUntil);
