using Analytics.Core.Chunks;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>A record whose schema nobody can give now holds its partition, and is taken in its place when somebody can.</summary>
public sealed class AdmissionTests
{
    private const ulong Epoch = 9;
    private static readonly Start FromZero = new(Epoch, 0, 0, []);
    private readonly MadeGate _gate = new();

    [Fact]
    public void A_record_whose_schema_cannot_be_read_yet_holds_its_partition_there()
    {
        using var owner = Own(Log(8, of: offset => offset < 5 ? 1 : 2), chunkSize: 100);
        owner.Fetch(8);
        owner.Tick(1_000);

        Assert.Equal(ReaderState.Paused, owner.Reader.State);
        Assert.Contains("schema 2", owner.Reader.Wait, StringComparison.Ordinal);
        Assert.Equal(Range(0, 5), owner.Counted[Id(0)]);
        Assert.False(owner.Reader.IsDrained);

        _gate.Open.Add(2);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal((ReaderState.Running, null), (owner.Reader.State, owner.Reader.Wait));
        Assert.Equal(Range(0, 8), owner.Counted[Id(0)]);
    }

    [Fact]
    public void A_chunk_whose_first_record_waits_is_opened_once_and_sealed_with_its_records()
    {
        using var owner = Own(Log(25, of: offset => offset < 10 ? 1 : 2), chunkSize: 10);
        for (var tries = 0; tries < 3; tries++)
        {
            owner.Fetch(25);
            owner.Tick(10_000);
        }

        Assert.Equal([Id(0)], owner.Sealed.Keys);
        Assert.Equal([Id(0)], owner.Counted.Keys);

        _gate.Open.Add(2);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal([9L, 19L], owner.Sealed.Values);
        Assert.Equal([Id(0), Id(10), Id(20)], owner.Counted.Keys);
        Assert.Equal(Range(10, 10), owner.Counted[Id(10)]);
    }

    [Fact]
    public void A_gap_before_a_record_that_waits_is_told_with_the_record_and_not_before()
    {
        List<LogRecord> log = [new(0, 0, 1), new(1, 0, 1), new(5, 0, 2), new(6, 0, 1)];
        using var owner = Own(log, chunkSize: 100);
        ReadUntilHeld(owner);
        owner.Tick(3_000);
        Assert.Equal((1L, 0L), (owner.Batches[^1].LastOffset, owner.Batches[^1].Skipped));

        _gate.Open.Add(2);
        owner.ReadAll();
        owner.Tick(3_000);
        Assert.Equal((6L, 3L), (owner.Batches[^1].LastOffset, owner.Batches[^1].Skipped));
        Assert.Equal(1, owner.Reader.Holes);
    }

    [Fact]
    public void A_gap_that_lies_before_a_chunk_whose_first_record_waits_stands_with_the_chunk_before_it_alone()
    {
        List<LogRecord> log = [.. Log(8, of: _ => 1), new(11, 0, 2), .. Enumerable.Range(12, 9).Select(offset => new LogRecord(offset, 0, 1))];
        using var owner = Own(log, chunkSize: 10);
        ReadUntilHeld(owner);
        _gate.Open.Add(2);
        owner.ReadAll();

        Assert.Equal([(7L, 3L), (19L, 0L)], owner.Batches.Where(batch => batch.Flush.HasFlag(Flush.Seal)).Select(batch => (batch.LastOffset, batch.Skipped)));
    }

    [Fact]
    public void What_one_chunk_can_read_is_asked_for_again_in_the_next()
    {
        using var owner = Own(Log(20, of: _ => 1), chunkSize: 10);
        owner.ReadAll();

        Assert.Equal([Id(0), Id(10)], _gate.Asked.Distinct());
        Assert.Equal(2, _gate.Asked.Count);

        // Nor is what the chunk before has read last taken for readable once another schema has been asked for.
        _gate.Open.Clear();
        owner.Deliver(new LogRecord(20, 0, 2));
        _gate.Open.Add(2);
        owner.Tick(1);
        owner.Reader.Sought();
        owner.Deliver(new LogRecord(20, 0, 1));
        Assert.Contains("schema 1", owner.Reader.Wait, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_before_the_start_wait_as_well_but_for_those_that_were_never_read()
    {
        var start = new Start(Epoch, 10, 4, []) { Unread = new HashSet<long> { 5 } };
        using var owner = Own(Log(12, of: offset => offset switch { 5 => 3, 7 => 2, _ => 1 }), chunkSize: 10, start);
        ReadUntilHeld(owner);

        Assert.Contains("schema 2", owner.Reader.Wait, StringComparison.Ordinal);
        Assert.Equal([4L, 5, 6], owner.Batches.SelectMany(batch => batch.Offsets.Take(batch.Count)));

        _gate.Open.Add(2);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal(Range(10, 2), owner.Counted[Id(10)]);
        Assert.Equal(Range(4, 6), owner.Batches.Where(batch => batch.WarmUp).SelectMany(batch => batch.Offsets.Take(batch.Count)));
    }

    [Fact]
    public void A_partition_that_starts_anew_waits_for_nothing()
    {
        using var owner = Own(Log(8, of: offset => offset < 5 ? 1 : 2), chunkSize: 100);
        ReadUntilHeld(owner);

        owner.Reader.Restart();
        owner.Reader.Begin(new Start(Epoch + 1, 0, 0, []));

        Assert.Equal((ReaderState.Running, null), (owner.Reader.State, owner.Reader.Wait));
    }

    private static void ReadUntilHeld(PartitionOwner owner)
    {
        for (var tries = 0; tries < 10 && owner.Reader.State != ReaderState.Paused; tries++)
        {
            owner.Fetch(100);
            owner.Tick(100);
        }

        Assert.Equal(ReaderState.Paused, owner.Reader.State);
    }

    private PartitionOwner Own(List<LogRecord> log, long chunkSize, Start? start = null) =>
        new(log, new ConsumingOptions { ChunkSize = chunkSize }, start ?? FromZero, schemas: _gate);

    private static List<LogRecord> Log(int records, Func<int, int> of) => [.. Enumerable.Range(0, records).Select(offset => new LogRecord(offset, 0, of(offset)))];

    private static ChunkId Id(long first) => new(Epoch, "events", 3, first);

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);

    /// <summary>Can read schema 1, and others once they are added.</summary>
    private sealed class MadeGate : ISchemaGate
    {
        public HashSet<int> Open { get; } = [1];

        /// <summary>The chunks for which it was asked.</summary>
        public List<ChunkId> Asked { get; } = [];

        public bool IsOpen(Chunk chunk, int schema, bool isWarmUp)
        {
            Asked.Add(chunk.Id);
            return Open.Contains(schema);
        }
    }
}
