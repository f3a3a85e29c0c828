namespace Analytics.Core.Chunks;

/// <summary>Names one chunk: a stretch of one partition's log that is counted, written and committed as a whole.</summary>
/// <param name="Epoch">Tells the topic from an older topic of the same name, whose offsets started at 0 too.</param>
/// <param name="Topic">The Kafka topic.</param>
/// <param name="Partition">The Kafka partition.</param>
/// <param name="FirstOffset">Offset of the chunk's first record.</param>
public readonly record struct ChunkId(ulong Epoch, string Topic, int Partition, long FirstOffset);
