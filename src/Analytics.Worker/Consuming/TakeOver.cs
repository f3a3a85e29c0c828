using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Consuming;

/// <summary>Where to start reading a partition.</summary>
/// <param name="Epoch">The log epoch of its topic.</param>
/// <param name="At">First offset to count: a border.</param>
/// <param name="WarmFrom">First offset to re-read into the duplicate filter; <paramref name="At"/> when there is none before it.</param>
/// <param name="KnownIds">Event ids that an older log of this name ended with, oldest first; empty when they are beyond the filter's horizon.</param>
/// <param name="Problem">Why it must not start at all: what was expected, what was found, what to do. Null when it may.</param>
internal sealed record Start(ulong Epoch, long At, long WarmFrom, IReadOnlyList<KnownId> KnownIds, string? Problem = null)
{
    /// <summary>Of the offsets to re-read, those whose schema was unknown when they were counted: their ids were never seen, whatever the registry says now.</summary>
    public IReadOnlySet<long> Unread { get; init; } = new HashSet<long>();

    /// <summary>The log before this one, where the start lies near enough to it that its owner may have left something undone; null where none is.</summary>
    public OlderLog? Older { get; init; }
}

/// <summary>One row of the ledger, as far as a take-over needs it.</summary>
/// <param name="Chunk">Offset of the chunk's first record.</param>
/// <param name="LastOffset">Last offset included.</param>
/// <param name="IsSealed">True when the chunk ended there.</param>
internal readonly record struct LedgerEntry(long Chunk, long LastOffset, bool IsSealed);

/// <summary>Chooses the start of a partition: the committed border, else what the ledger proves, else, for a log it has never seen, the beginning.</summary>
/// <remarks>Pure. Never skips a record silently: a start that the log does not hold is a problem for a human.</remarks>
internal static class TakeOver
{
    /// <summary>The start.</summary>
    /// <param name="epoch">Log epoch of the topic.</param>
    /// <param name="committed">The group's committed offset; null when there is none.</param>
    /// <param name="ledger">Rows of this partition and epoch in order of offset: the last ones, and those that hold the committed offset or border on it.</param>
    /// <param name="older">Older logs of this topic and partition.</param>
    /// <param name="logStart">Offset of the oldest record that the log still holds.</param>
    /// <param name="logEnd">Offset after the newest.</param>
    /// <param name="warmUp">Offsets to re-read before the start.</param>
    public static Start Choose(
        ulong epoch, long? committed, IReadOnlyList<LedgerEntry> ledger, IReadOnlyList<OlderLog> older, long logStart, long logEnd, int warmUp)
    {
        var at = committed is { } offset && !IsOfOlderLog(offset, ledger, older) ? SnapToBorder(offset, ledger) : EndOfSealed(ledger) ?? logStart;
        var problem = at < logStart
            ? $"It should start at offset {at}, but the log starts at {logStart}: {logStart - at} records were deleted before they were counted. "
                + "Restore them; or accept the loss: stop the workers of the group, commit the log's start for it, and restart the workers (docs/OPERATIONS.md)."
            : at > logEnd
                ? $"It should start at offset {at}, but the log ends at {logEnd}: the log was truncated, or the offset belongs to an older topic of this name. "
                    + "Check the topic; then stop the workers of the group, commit the right offset for it, and restart the workers (docs/OPERATIONS.md)."
                : null;
        return new Start(epoch, at, Math.Min(at, Math.Max(logStart, at - warmUp)), [], problem);
    }

    // The group's offset goes by the topic's name. One that an owner of the old topic has committed late would skip the beginning of the new one: what this log's ledger
    // does not know and an older one's does is the older one's.
    private static bool IsOfOlderLog(long offset, IReadOnlyList<LedgerEntry> ledger, IReadOnlyList<OlderLog> older) =>
        older.Any(log => log.HadCommit) && !ledger.Any(entry => entry.Chunk <= offset && offset <= entry.LastOffset + (entry.IsSealed ? 1 : 0));

    // An administrator may have moved the group into the middle of a chunk: its owner would then count a part of it under another name.
    private static long SnapToBorder(long offset, IReadOnlyList<LedgerEntry> ledger)
    {
        foreach (var entry in ledger)
        {
            if (entry.Chunk < offset && offset <= entry.LastOffset)
            {
                return entry.Chunk;
            }
        }

        return offset;
    }

    private static long? EndOfSealed(IReadOnlyList<LedgerEntry> ledger)
    {
        long? end = null;
        foreach (var entry in ledger)
        {
            if (!entry.IsSealed)
            {
                return entry.Chunk;
            }

            end = entry.LastOffset + 1;
        }

        return end;
    }
}
