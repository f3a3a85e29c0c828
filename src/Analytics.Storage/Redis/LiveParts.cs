namespace Analytics.Storage.Redis;

/// <summary>What one chunk has counted for one tenant and minute: absolute, with the last offset included as its version.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Minute">Unix minutes.</param>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The Kafka partition.</param>
/// <param name="Chunk">Offset of the chunk's first record.</param>
/// <param name="Version">Last offset included.</param>
/// <param name="Figures">The figures.</param>
public readonly record struct LivePart(ulong Tenant, int Minute, ulong Epoch, string Topic, int Partition, long Chunk, long Version, LiveFigures Figures);

/// <summary>One partition of one log.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The Kafka partition.</param>
public readonly record struct LivePartition(ulong Epoch, string Topic, int Partition);

/// <summary>A user who was active in a minute.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Minute">Unix minutes.</param>
/// <param name="UserHash">Hash of the user id.</param>
public readonly record struct LiveVisitor(ulong Tenant, int Minute, ulong UserHash);

/// <summary>A tenant's live figures.</summary>
/// <param name="Day">The UTC day of the totals.</param>
/// <param name="Totals">Totals of the day.</param>
/// <param name="Visitors">Distinct users of the day, ± 1.62 % (95 %).</param>
/// <param name="ActiveUsers">Distinct users of the last five minutes, the running one included.</param>
/// <param name="Minutes">The last 60 minutes, oldest first, the running one last.</param>
/// <param name="IsStale">True when figures may be too low, because Redis was away or lost its memory, and has not been rebuilt yet.</param>
public sealed record LiveReading(DateOnly Day, LiveFigures Totals, long Visitors, long ActiveUsers, IReadOnlyList<LiveMinute> Minutes, bool IsStale);

/// <summary>One minute of a tenant.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Figures">Its figures.</param>
public readonly record struct LiveMinute(DateTimeOffset Start, LiveFigures Figures);
