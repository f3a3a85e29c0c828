using Analytics.Core.Chunks;
using Analytics.Simulation.Tests.Faking;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;

namespace Analytics.Simulation.Tests.Mutating;

/// <summary>The system with one rule broken.</summary>
/// <param name="Rule">The rule, as it would read broken.</param>
/// <param name="CaughtBy">A seed that has caught it: few do, and finding one of them from the first seed on takes minutes.</param>
internal sealed record Mutant(string Rule, ulong CaughtBy = 1)
{
    /// <summary>Changes the compiled worker; null when only <see cref="Twist"/> differs.</summary>
    public Action<Rewriter>? Rewrite { get; init; }

    /// <summary>Settings and rules of stores that are wrong.</summary>
    public Twist Twist { get; init; } = Twist.None;
}

/// <summary>Every mutant: if one of them passes, the simulation has stopped to look.</summary>
internal static class Mutants
{
    private static readonly StoreRules LowestWins = new() { Wins = (given, old) => given < old };
    private static readonly StoreRules LastWins = new() { Wins = (_, _) => true };
    private static readonly StoreRules Increments = new() { Sums = true };

    // Where a worker starts, what it reads, where it cuts.
    private static Dictionary<string, Mutant> Taking { get; } = new(StringComparer.Ordinal)
    {
        ["border-by-run-time"] = new("a chunk ends after so many records of this process")
        {
            Rewrite = code => code.Calls(typeof(PartitionReader), typeof(ChunkBorder), nameof(ChunkBorder.Opens), nameof(Wrong.OpensByRunTime)),
        },
        ["border-by-read-bytes"] = new("a chunk ends after so many bytes that this process has read", CaughtBy: 2)
        {
            Rewrite = code => code.Calls(typeof(PartitionReader), typeof(ChunkBorder), nameof(ChunkBorder.Opens), nameof(Wrong.OpensByReadBytes)),
        },
        ["no-warm-up"] = new("a take-over starts with an empty duplicate filter", CaughtBy: 2)
        {
            Rewrite = code => code.Calls(typeof(TakeOver), typeof(Math), nameof(Math.Min), nameof(Wrong.First)),
        },
        ["start-mid-chunk"] = new("a take-over starts at the committed offset, border or not", CaughtBy: 32)
        {
            Rewrite = code => code.Body(typeof(TakeOver), "SnapToBorder", nameof(Wrong.InMidChunk)),
        },
        ["start-behind-open-chunk"] = new("a take-over starts behind the last chunk of the ledger, sealed or not", CaughtBy: 3)
        {
            Rewrite = code => code.Body(typeof(TakeOver), "EndOfSealed", nameof(Wrong.EndOfLast)),
        },
        ["jumps-not-read-again"] = new("every forward jump is a gap of the log", CaughtBy: 6) { Rewrite = code => code.Body(typeof(PartitionReader), "IsHole", nameof(Wrong.AlwaysAHole)) },
        ["first-look-counts"] = new("what a first read did not bring, in mid-log or at its end, is not there", CaughtBy: 6)
        {
            Rewrite = code => code.Body(typeof(PartitionReader), "IsConfirmed", nameof(Wrong.AlwaysAHole)),
        },
        ["lost-not-heard"] = new("steps and writers do not hear that a partition is lost", CaughtBy: 2) { Rewrite = code => code.Body(typeof(Chunk), "get_Lost", nameof(Wrong.Never)) },
        ["verdict-of-its-own"] = new("a worker goes by what the registry tells it, whatever another was told before", CaughtBy: 3)
        {
            Rewrite = code => code.Calls(typeof(ChunkSchemas), typeof(ISchemaVerdicts), nameof(ISchemaVerdicts.SettleAsync), nameof(Wrong.OwnVerdict)),
        },
        ["unread-warms"] = new("a take-over warms its filter with ids that nobody could read when they were counted", CaughtBy: 945)
        {
            Rewrite = code => code.Calls(typeof(StartFinder), typeof(ILedgerReader), nameof(ILedgerReader.UnreadAsync), nameof(Wrong.NoneUnread)),
        },
        ["epoch-ignored"] = new("a topic that is recreated goes by the name of the old one", CaughtBy: 7)
        {
            Rewrite = code => code.Calls(typeof(StartFinder), typeof(ILogClient), nameof(ILogClient.TopicIdAsync), nameof(Wrong.SameTopic)),
        },
        ["old-commit-believed"] = new("what was committed to a topic of the same name holds for the new one", CaughtBy: 7)
        {
            Rewrite = code => code.Body(typeof(TakeOver), "IsOfOlderLog", nameof(Wrong.NeverOlder)),
        },
        ["old-ids-forgotten"] = new("what the topic brought before it was recreated is not known any more", CaughtBy: 20)
        {
            Rewrite = code => code.Calls(typeof(StartFinder), typeof(ILedgerReader), nameof(ILedgerReader.EventIdsAsync), nameof(Wrong.NoEvents)),
        },
        ["version-of-the-day"] = new("a chunk counts by the newest config version that the worker knows, not by that of its first record")
        {
            Rewrite = code => code.Calls(typeof(Admission), typeof(IEventConfigs), nameof(IEventConfigs.At), nameof(Wrong.Newest)),
        },
        ["version-by-guess"] = new("a worker that has not looked at the config versions for long counts by those that it knows", CaughtBy: 170)
        {
            Rewrite = code => code.Calls(typeof(ConfigVersions), typeof(TimeProvider), nameof(TimeProvider.GetUtcNow), nameof(Wrong.LongAgo)),
        },
        ["tracker-not-cleared"] = new("chunks of a lost partition stay in the tracker", CaughtBy: 2)
        {
            Rewrite = code => code.Calls(typeof(PartitionReader), typeof(ChunkTracker), nameof(ChunkTracker.Forget), nameof(Wrong.Remember)),
        },
        ["pause-outlives-owner"] = new("a partition that comes back is not resumed when it went paused", CaughtBy: 6)
        {
            Rewrite = code => code.Calls(typeof(LogPump), typeof(ILogClient), nameof(ILogClient.Resume), nameof(Wrong.ResumeOwn)),
        },
    };

    // What is written, acknowledged, committed.
    private static Dictionary<string, Mutant> Writing { get; } = new(StringComparer.Ordinal)
    {
        ["flush-not-confirmed"] = new("what was read is written without a look whether the topic is still the log that it was", CaughtBy: 7)
        {
            Rewrite = code => code.Body(typeof(Chunk), nameof(Chunk.ConfirmAsync), nameof(Wrong.ConfirmedAtOnce)),
        },
        ["commit-before-writing"] = new("a chunk is committed when its rows are handed to the writer")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(FlushGathering), nameof(FlushGathering.Add), nameof(Wrong.AcknowledgeAtOnce)),
        },
        ["commit-before-ledger"] = new("a chunk is committed before its ledger row is acknowledged")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(HistoryWriter), "WriteLedgerAsync", nameof(Wrong.LedgerLater)),
        },
        ["commit-mid-chunk"] = new("every flush that is acknowledged is committed")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(IChunkReceipts), nameof(IChunkReceipts.Settled), nameof(Wrong.SealAlways)),
        },
        ["half-a-flush"] = new("a flush is acknowledged when one lane's rows are written")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(FlushGathering), nameof(FlushGathering.Add), nameof(Wrong.HalfAFlush)),
        },
        ["no-retry"] = new("a write that failed counts as written") { Rewrite = code => code.Body(typeof(WriteRetry), nameof(WriteRetry.UntilWrittenAsync), nameof(Wrong.OneTry)) },
        ["dead-letters-not-sent"] = new("rejected records are not sent to the dead-letter topic")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(DeadLetterWriter), nameof(DeadLetterWriter.WriteAsync), nameof(Wrong.NotSent)),
        },
        ["skipped-not-told"] = new("the ledger does not say which offsets hold no record")
        {
            Rewrite = code => code.Calls(typeof(HistoryWriter), typeof(ChunkCounts), "get_Skipped", nameof(Wrong.NoneSkipped)),
        },
        ["batch-returned-early"] = new("a batch goes back to its pool while lanes read it")
        {
            Rewrite = code => code.Body(typeof(EnrichedBatch), nameof(EnrichedBatch.Retain), nameof(Wrong.NotRetained)),
        },
        ["live-not-noted"] = new("a take-over believes that all before it stands in the live store", CaughtBy: 2)
        {
            Rewrite = code => code.Body(typeof(LiveWriter), nameof(LiveWriter.TakenOver), nameof(Wrong.NotTakenOver)),
        },
        ["live-noted-early"] = new("an owner notes a chunk's end in the live store when it has only handed it over", CaughtBy: 2)
        {
            Rewrite = code => code.Calls(typeof(LiveWriter), typeof(LivePending), nameof(LivePending.Take), nameof(Wrong.NoteAtOnce)),
        },
        ["live-settled-late"] = new("what ClickHouse has when figures have arrived may go, although it came there after the look at the live store, and a loss is marked once", CaughtBy: 716)
        {
            Rewrite = code =>
            {
                code.Calls(typeof(LiveWriter), typeof(LivePending), nameof(LivePending.Arrived), nameof(Wrong.NoteThenArrive));
                code.Calls(typeof(LiveWriter), typeof(ILiveStore), nameof(ILiveStore.MarkStaleAsync), nameof(Wrong.NotMarked));
            },
        },
        ["live-not-repeated"] = new("live figures that did not arrive are forgotten", CaughtBy: 72)
        {
            Rewrite = code => code.Body(typeof(LivePending), nameof(LivePending.Failed), nameof(Wrong.Forgotten)),
        },
    };

    // Settings, and what a store does with a second row.
    private static Dictionary<string, Mutant> Stores { get; } = new(StringComparer.Ordinal)
    {
        ["warm-up-one-short"] = new("a take-over warms one offset fewer than the horizon", CaughtBy: 110) { Twist = new Twist { ColdOffsets = 1 } },
        ["horizon-by-half"] = new("the filter knows half the horizon") { Twist = new Twist { HorizonDivisor = 2 } },
        ["lowest-version-wins"] = new("in the history the lower version wins") { Twist = new Twist { History = LowestWins } },
        ["last-write-wins"] = new("in the history the last write wins, of whatever version", CaughtBy: 6) { Twist = new Twist { History = LastWins } },
        ["increments"] = new("the history adds what comes to what it has") { Twist = new Twist { History = Increments } },
        ["live-lowest-version-wins"] = new("in the live store the lower version wins") { Twist = new Twist { Live = LowestWins } },
        ["live-last-write-wins"] = new("in the live store the last write wins, of whatever version", CaughtBy: 6) { Twist = new Twist { Live = LastWins } },
        ["live-increments"] = new("the live store adds what comes to what it has") { Twist = new Twist { Live = Increments } },
        ["rules-change-mid-chunk"] = new("a worker counts by the rules that it was started with, not by those of the chunk", CaughtBy: 8) { Twist = new Twist { ChangesRules = true } },
        ["chunk-size-not-recorded"] = new("workers with different chunk sizes share a topic") { Twist = new Twist { ForgetsChunkSize = true } },
    };

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, Mutant> All { get; } = Taking.Concat(Writing).Concat(Stores).ToDictionary(StringComparer.Ordinal);
}
