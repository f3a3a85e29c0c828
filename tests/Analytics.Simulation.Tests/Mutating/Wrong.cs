using System.Reflection;
using Analytics.Core.Chunks;
using Analytics.Simulation.Tests.Running;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Confluent.Kafka;

namespace Analytics.Simulation.Tests.Mutating;

/// <summary>Wrong parts: a mutant of the worker calls one of them where the worker calls the right one.</summary>
internal static class Wrong
{
    private static readonly MethodInfo WriteLedger = typeof(HistoryWriter).GetMethod("WriteLedgerAsync", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static int _records;
    private static long _read;

    /// <summary>For <c>ChunkBorder.Opens</c>: a chunk ends after some records of this process, wherever it started.</summary>
    public static bool OpensByRunTime(long offset, long timestamp, long previousOffset, long firstTimestamp, long bytes, in ChunkLimits limits) => ++_records % limits.Records == 0;

    /// <summary>For <c>ChunkBorder.Opens</c>: bytes count from where this process has begun to read.</summary>
    public static bool OpensByReadBytes(long offset, long timestamp, long previousOffset, long firstTimestamp, long bytes, in ChunkLimits limits) =>
        ChunkBorder.Opens(offset, timestamp, previousOffset, firstTimestamp, (_read += 60) % 600, limits with { Bytes = limits.Bytes == int.MaxValue ? 0 : 540 });

    /// <summary>For <c>Math.Min</c>: the warm-up starts at the start.</summary>
    public static long First(long first, long second) => first;

    /// <summary>For <c>TakeOver.SnapToBorder</c>.</summary>
    public static long InMidChunk(long offset, IReadOnlyList<LedgerEntry> ledger) => offset;

    /// <summary>For <c>TakeOver.EndOfSealed</c>: open chunks count as ended.</summary>
    public static long? EndOfLast(IReadOnlyList<LedgerEntry> ledger) => ledger.Count == 0 ? null : ledger[^1].LastOffset + 1;

    /// <summary>For <c>ChunkCounts.Skipped</c>.</summary>
    public static long NoneSkipped(ChunkCounts counts) => 0;

    /// <summary>For <c>PartitionReader.IsHole</c> and <c>IsConfirmed</c>: every jump is a gap of the log.</summary>
    public static bool AlwaysAHole(PartitionReader reader, long offset) => true;

    /// <summary>For <c>ISchemaVerdicts.SettleAsync</c>.</summary>
    public static Task<bool> OwnVerdict(ISchemaVerdicts verdicts, ChunkId chunk, int schema, bool isKnown, CancellationToken cancel) => Task.FromResult(isKnown);

    /// <summary>For <c>ILedgerReader.UnreadAsync</c>.</summary>
    public static Task<IReadOnlySet<long>> NoneUnread(ILedgerReader ledger, ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<long>>(new HashSet<long>());

    /// <summary>For <c>ILogClient.TopicIdAsync</c>.</summary>
    public static Task<(long High, long Low)?> SameTopic(ILogClient client, string topic) => Task.FromResult<(long High, long Low)?>((1, topic.Length));

    /// <summary>For <c>Chunk.ConfirmAsync</c>.</summary>
    public static Task ConfirmedAtOnce(Chunk chunk) => Task.CompletedTask;

    /// <summary>For <c>TakeOver.IsOfOlderLog</c>.</summary>
    public static bool NeverOlder(long offset, IReadOnlyList<LedgerEntry> ledger, IReadOnlyList<OlderLog> older) => false;

    /// <summary>For <c>ILedgerReader.EventIdsAsync</c>.</summary>
    public static Task<IReadOnlyList<(long Offset, Guid Id)>> NoEvents(
        ILedgerReader ledger, ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(long Offset, Guid Id)>>([]);

    /// <summary>For <c>IEventConfigs.At</c>: whatever the timestamp.</summary>
    public static ActiveVersion Newest(IEventConfigs configs, long timestamp) => configs.At(long.MaxValue);

    /// <summary>For <c>TimeProvider.GetUtcNow</c>: a look never ages.</summary>
    public static DateTimeOffset LongAgo(TimeProvider time) => DateTimeOffset.MinValue;

    /// <summary>For <c>ChunkTracker.Forget</c>.</summary>
    public static void Remember(ChunkTracker tracker, string topic, int partition)
    {
    }

    /// <summary>For <c>Chunk.Lost</c>: nobody hears that a partition is gone.</summary>
    public static CancellationToken Never(Chunk chunk) => CancellationToken.None;

    /// <summary>For <c>FlushGathering.Add</c>: a chunk counts as stored when its rows are handed over to be written.</summary>
    public static GatheredFlush? AcknowledgeAtOnce(FlushGathering gathering, LaneOutput output)
    {
        var flush = gathering.Add(output);
        if (flush is { IsSeal: true })
        {
            foreach (var worker in World.Current!.Workers)
            {
                worker.Tracker.Settled(flush.Chunk, flush.LastOffset, isSealed: true);
            }
        }

        return flush;
    }

    /// <summary>For <c>FlushGathering.Add</c>: the raw lane's rows stand for the whole flush, whatever became of the others'.</summary>
    public static GatheredFlush? HalfAFlush(FlushGathering gathering, LaneOutput output) =>
        new(output.Chunk, output.Counts is null ? Flush.None : output.Flush, output.LastOffset, [output]);

    /// <summary>For <c>HistoryWriter.WriteLedgerAsync</c>: not waited for.</summary>
    public static Task LedgerLater(HistoryWriter writer, List<GatheredFlush> settled)
    {
        WriteLedger.Invoke(writer, [settled]);
        return Task.CompletedTask;
    }

    /// <summary>For <c>IChunkReceipts.Settled</c>: every flush ends its chunk.</summary>
    public static void SealAlways(IChunkReceipts receipts, Chunk chunk, long lastOffset, bool isSealed) => receipts.Settled(chunk, lastOffset, isSealed: true);

    /// <summary>For <c>WriteRetry.UntilWrittenAsync</c>: one try, whatever comes of it.</summary>
    public static async Task OneTry(WriteRetry retry, string what, Func<CancellationToken, Task> write, CancellationToken cancellation)
    {
        try
        {
            await write(cancellation).ConfigureAwait(false);
        }
        catch (Exception away) when (away is ClickHouseUnavailableException or KafkaException)
        {
            Swallowed++;
        }
    }

    /// <summary>For <c>DeadLetterWriter.WriteAsync</c>.</summary>
    public static Task NotSent(DeadLetterWriter writer, Chunk chunk, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>For <c>EnrichedBatch.Retain</c>: a batch is given back while lanes still read it.</summary>
    public static void NotRetained(EnrichedBatch batch, int holders)
    {
    }

    /// <summary>For <c>ILogClient.Resume</c>: only what this assignment has paused is resumed.</summary>
    public static void ResumeOwn(ILogClient client, string topic, int partition)
    {
        if (((Faking.SimulatedClient)client).WasPaused(topic, partition))
        {
            client.Resume(topic, partition);
        }
    }

    /// <summary>For <c>LivePending.Failed</c>: what did not arrive is forgotten.</summary>
    public static void Forgotten(LivePending pending, IReadOnlyCollection<LiveVisitor> visitors)
    {
    }

    /// <summary>For <c>LiveWriter.TakenOver</c>.</summary>
    public static void NotTakenOver(LiveWriter writer, ulong epoch, string topic, int partition, long start)
    {
    }

    /// <summary>For <c>LivePending.Take</c>: what is about to be sent counts as arrived.</summary>
    public static (IReadOnlyList<LivePart> Parts, IReadOnlyCollection<LiveVisitor> Visitors) NoteAtOnce(LivePending pending, bool isLast)
    {
        var taken = pending.Take(isLast);
        foreach (var (partition, end) in pending.Reached)
        {
            World.Current!.Live.Reach(partition, end, World.Current.Live.Incarnation ?? "");
        }

        return taken;
    }

    /// <summary>For <c>LivePending.Arrived</c>: whatever ClickHouse has by now may go.</summary>
    public static void NoteThenArrive(LivePending pending)
    {
        pending.NoteSettled();
        pending.Arrived();
    }

    /// <summary>For <c>ILiveStore.MarkStaleAsync</c>: who notices a loss that another has noticed before leaves it at that.</summary>
    public static Task NotMarked(ILiveStore store, bool isStale) => Task.CompletedTask;

    /// <summary>Errors that a mutant has ignored.</summary>
    public static int Swallowed { get; private set; }
}
