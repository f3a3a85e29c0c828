namespace Analytics.Worker.Consuming;

/// <summary>An event id that stood in an older log of the same topic and partition.</summary>
/// <param name="Offset">Negative: -1 for the latest record of that log, -2 for the one before it.</param>
/// <param name="High">Bytes 0 to 7 of the id, big endian.</param>
/// <param name="Low">Bytes 8 to 15.</param>
internal readonly record struct KnownId(long Offset, ulong High, ulong Low);
