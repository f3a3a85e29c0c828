using Analytics.Core.Chunks;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

public class PartitionReaderTests
{
    private const ulong Epoch = 9;
    private static readonly Start FromZero = new(Epoch, 0, 0, []);

    [Fact]
    public void Records_are_cut_at_the_borders_and_each_chunk_is_sealed_once()
    {
        using var owner = Own(Log(25), ChunksOf(10));

        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal([9L, 19L], owner.Sealed.Values);
        Assert.Equal([Id(0), Id(10), Id(20)], owner.Counted.Keys);
        Assert.Equal(Range(10, 10), owner.Counted[Id(10)]);
        Assert.All(owner.Batches, batch => Assert.Single(batch.Offsets.Take(batch.Count).Select(offset => offset / 10).Distinct()));
        Assert.Equal(20, owner.Committed());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_chunk_ends_when_it_has_its_bytes_from_whatever_border_it_is_read(long start)
    {
        // Records of eight bytes each.
        using var owner = Own(Log(15), new ConsumingOptions { ChunkSize = 100, ChunkBytes = 30 }, new Start(Epoch, start, 0, []));

        owner.ReadAll();

        Assert.Equal(new[] { 3L, 7, 11 }.Where(last => last > start), owner.Sealed.Values);
    }

    [Fact]
    public void A_record_that_is_delivered_again_is_ignored()
    {
        using var owner = Own(Log(8), ChunksOf(100));
        owner.Fetch(5);

        owner.Deliver(new(2, 0));
        owner.Deliver(new(4, 0));
        owner.Fetch(5);
        owner.Tick(1_000);

        Assert.Equal(Range(0, 8), owner.Counted[Id(0)]);
    }

    [Fact]
    public void A_forward_jump_is_read_again_and_nothing_is_lost_when_the_client_had_skipped()
    {
        using var owner = Own(Log(10), ChunksOf(100));
        owner.Fetch(3);

        owner.Deliver(new(6, 0));
        Assert.Equal(3, owner.Reader.SeekTo);
        owner.Fetch(10);
        owner.Tick(1_000);

        Assert.Equal(Range(0, 10), owner.Counted[Id(0)]);
        Assert.Equal(0, owner.Reader.Holes);
    }

    [Fact]
    public void A_small_hole_of_the_log_is_accepted_after_a_second_read()
    {
        using var owner = Own([.. Log(3), new(5, 0), new(6, 0)], ChunksOf(100));

        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal([0L, 1, 2, 5, 6], owner.Counted[Id(0)]);
        Assert.Equal(1, owner.Reader.Holes);
    }

    [Fact]
    public void A_flush_says_how_many_offsets_hold_no_record_and_a_seal_counts_those_up_to_the_next_chunk()
    {
        using var owner = Own([new(2, 0), new(3, 0), new(6, 0), new(8, 0), new(12, 0), new(13, 0)], ChunksOf(10));

        owner.ReadAll();
        owner.Tick(10_000);

        Assert.Equal(
            [(Id(2), 8L, 6L), (Id(12), 13L, 0L)],
            owner.Batches.Where(batch => batch.Flush.HasFlag(Flush.History)).Select(batch => (batch.Chunk.Id, batch.LastOffset, batch.Skipped)));
    }

    [Fact]
    public void An_owner_that_starts_behind_a_hole_says_the_same_of_its_chunk()
    {
        using var owner = Own([new(2, 0), new(3, 0), new(8, 0), new(12, 0), new(14, 0), new(20, 0)], ChunksOf(10), new Start(Epoch, 9, 0, []));

        owner.ReadAll();

        Assert.Equal((Id(12), 14L, 6L), owner.Batches.Where(batch => batch.Flush.HasFlag(Flush.Seal)).Select(batch => (batch.Chunk.Id, batch.LastOffset, batch.Skipped)).Single());
    }

    [Fact]
    public void A_last_record_that_the_client_has_skipped_is_read_at_once()
    {
        using var owner = Own(Log(10), ChunksOf(100));
        owner.Fetch(7);

        owner.SkipToEnd();
        Assert.Equal((7L, false), (owner.Reader.SeekTo, owner.Reader.IsDrained));
        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal(Range(0, 10), owner.Counted[Id(0)]);
        Assert.Equal((true, 0), (owner.Reader.IsDrained, owner.Reader.Holes));
    }

    [Fact]
    public void A_log_that_ends_without_a_record_is_drained_after_a_second_read()
    {
        using var owner = Own(Log(10), ChunksOf(100));
        owner.Controls = 1;

        owner.Fetch(10);
        Assert.Equal((10L, false), (owner.Reader.SeekTo, owner.Reader.IsDrained));
        owner.Fetch(10);
        Assert.Equal((-1L, true), (owner.Reader.SeekTo, owner.Reader.IsDrained));
        owner.Deliver(new(11, 0));

        Assert.Equal((-1L, 1), (owner.Reader.SeekTo, owner.Reader.Holes));
    }

    [Fact]
    public void A_log_that_ends_far_behind_its_last_record_is_not_drained()
    {
        using var owner = Own(Log(10), new ConsumingOptions { ChunkSize = 100, LargestHole = 40 });
        owner.Controls = 41;

        owner.Fetch(10);
        owner.Fetch(10);

        Assert.False(owner.Reader.IsDrained);
    }

    [Fact]
    public void Records_that_the_client_skips_at_the_end_of_the_warming_are_read_before_the_start()
    {
        using var owner = Own(Log(20), ChunksOf(10), new Start(Epoch, 20, 13, []));
        owner.Fetch(3);

        owner.SkipToEnd();
        Assert.Equal((ReaderState.Warming, 16L), (owner.Reader.State, owner.Reader.SeekTo));
        owner.ReadAll();

        Assert.Equal(Range(13, 7), owner.Batches.Where(batch => batch.WarmUp).SelectMany(batch => batch.Offsets.Take(batch.Count)));
    }

    [Fact]
    public void A_wide_hole_halts_and_says_what_to_do_and_what_was_read_is_flushed()
    {
        using var owner = Own([.. Log(3), new(50, 0)], new ConsumingOptions { ChunkSize = 100, LargestHole = 40 });

        owner.ReadAll();

        Assert.Equal(ReaderState.Halted, owner.Reader.State);
        Assert.Contains("47 records are missing", owner.Reader.Problem);
        Assert.False(owner.Reader.IsFetching);
        Assert.Equal(Range(0, 3), owner.Counted[Id(0)]);
        Assert.True(owner.Batches[^1].Flush.HasFlag(Flush.History));
        Assert.Null(owner.Committed());
    }

    [Fact]
    public void A_start_that_the_log_does_not_hold_halts_at_once()
    {
        using var owner = Own(Log(3), ChunksOf(10), FromZero with { Problem = "deleted" });

        owner.Fetch(10);

        Assert.Equal((ReaderState.Halted, "deleted"), (owner.Reader.State, owner.Reader.Problem));
        Assert.Empty(owner.Batches);
    }

    [Fact]
    public void The_offsets_before_the_start_warm_the_filter_and_are_not_counted()
    {
        using var owner = Own(Log(30), ChunksOf(10), new Start(Epoch, 20, 13, []));

        Assert.Equal(ReaderState.Warming, owner.Reader.State);
        owner.ReadAll();
        owner.Tick(1_000);

        var warm = owner.Batches.Where(batch => batch.WarmUp).SelectMany(batch => batch.Offsets.Take(batch.Count));
        Assert.Equal(Range(13, 7), warm);
        Assert.Equal([Id(20)], owner.Counted.Keys);
        Assert.Equal(ReaderState.Running, owner.Reader.State);
    }

    [Fact]
    public void A_client_that_skips_while_warming_is_sent_back()
    {
        using var owner = Own(Log(30), ChunksOf(10), new Start(Epoch, 20, 13, []));
        owner.Fetch(2);

        owner.Deliver(new(25, 0));
        Assert.Equal((ReaderState.Warming, 15L), (owner.Reader.State, owner.Reader.SeekTo));
        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal(Range(13, 7), owner.Batches.Where(batch => batch.WarmUp).SelectMany(batch => batch.Offsets.Take(batch.Count)));
        Assert.Equal(Range(20, 10), owner.Counted[Id(20)]);
    }

    [Fact]
    public void Warming_ends_at_the_end_of_the_log_too()
    {
        using var owner = Own(Log(20), ChunksOf(10), new Start(Epoch, 20, 13, []));

        owner.Fetch(100);

        Assert.Equal((ReaderState.Running, true), (owner.Reader.State, owner.Reader.IsDrained));
        Assert.Empty(owner.Counted);
    }

    [Fact]
    public void Records_whose_schema_was_unknown_when_they_were_counted_warm_nothing_whatever_the_registry_says_now()
    {
        using var owner = Own(Log(30), ChunksOf(10), new Start(Epoch, 20, 13, []) { Unread = new HashSet<long> { 15, 25 } });

        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal([15L], owner.Batches.SelectMany(batch => batch.Offsets.Take(batch.Count).Where((_, row) => batch.Lengths[row] < 0)));
    }

    [Fact]
    public void Ids_of_an_older_log_come_with_the_first_batch()
    {
        KnownId[] ids = [new(-2, 1, 2), new(-1, 3, 4)];
        using var owner = Own(Log(5), ChunksOf(10), FromZero with { KnownIds = ids });

        owner.ReadAll();

        Assert.True(owner.Batches[0].WarmUp);
        Assert.Equal(ids, owner.Batches[0].Chunk.KnownIds);
    }

    [Fact]
    public void Two_unsealed_chunks_pause_the_partition_until_the_first_is_acknowledged()
    {
        using var owner = Own(Log(35), ChunksOf(10));

        owner.Fetch(100);
        Assert.Equal((ReaderState.Paused, false), (owner.Reader.State, owner.Reader.IsFetching));
        Assert.Equal([9L, 19L], owner.Sealed.Values);
        Assert.False(owner.Counted.ContainsKey(Id(20)));

        owner.SettleOne();
        owner.Tick(1);
        Assert.Equal(20, owner.Reader.SeekTo);
        owner.Fetch(100);
        owner.Tick(1_000);
        Assert.Equal(Range(20, 10), owner.Counted[Id(20)]);
    }

    [Fact]
    public void What_was_dropped_while_the_graph_was_full_is_fetched_again()
    {
        using var owner = Own(Log(10), ChunksOf(100));
        owner.Fetch(4);

        owner.Reader.Hold();
        Assert.Equal(ReaderState.Paused, owner.Reader.State);
        owner.Fetch(3);
        owner.Reader.Release();
        Assert.Equal(4, owner.Reader.SeekTo);
        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal(Range(0, 10), owner.Counted[Id(0)]);
    }

    [Fact]
    public void A_batch_leaves_when_it_is_full_or_has_waited_long_enough()
    {
        using var owner = Own(Log(7), new ConsumingOptions { ChunkSize = 100, BatchRecords = 3 });

        owner.Fetch(7);
        Assert.Equal([3, 3], owner.Batches.Select(batch => batch.Count));
        owner.Tick(19);
        Assert.Equal(2, owner.Batches.Count);
        owner.Tick(1);

        Assert.Equal([3, 3, 1], owner.Batches.Select(batch => batch.Count));
    }

    [Fact]
    public void A_batch_holds_no_more_bytes_than_it_may()
    {
        using var owner = Own(Log(5), new ConsumingOptions { ChunkSize = 100, BatchBytes = 16 });

        owner.Fetch(5);

        Assert.Equal([2, 2], owner.Batches.Select(batch => batch.Count));
    }

    [Fact]
    public void Flushes_come_by_the_clock_while_there_is_something_new_and_never_twice_for_nothing()
    {
        using var owner = Own(Log(6), ChunksOf(100));
        owner.Fetch(5);

        owner.Tick(500);
        Assert.Equal(Flush.Live, owner.Batches[^1].Flush);
        owner.Tick(2_500);
        Assert.Equal(Flush.History, owner.Batches[^1].Flush);
        var before = owner.Batches.Count;
        owner.Tick(60_000);
        Assert.Equal(before, owner.Batches.Count);

        owner.Fetch(1);
        owner.Tick(3_000);
        Assert.Equal((Flush.Live | Flush.History, 5L), (owner.Batches[^1].Flush, owner.Batches[^1].LastOffset));
    }

    [Fact]
    public void Many_records_flush_the_history_early()
    {
        using var owner = Own(Log(6), new ConsumingOptions { ChunkSize = 100, HistoryRecords = 5 });

        owner.Fetch(6);
        owner.Tick(1);

        Assert.Equal(Flush.History, owner.Batches[^1].Flush);
    }

    [Fact]
    public void A_stop_flushes_what_was_read_as_an_open_chunk()
    {
        using var owner = Own(Log(15), ChunksOf(10));
        owner.Fetch(15);

        owner.Reader.Finish();
        owner.Collect();

        Assert.Equal((Flush.Live | Flush.History, 14L, 5), (owner.Batches[^1].Flush, owner.Batches[^1].LastOffset, owner.Batches[^1].Count));
        Assert.False(owner.Batches[^1].Chunk.Lost.IsCancellationRequested);
        Assert.Equal(ReaderState.Unowned, owner.Reader.State);
    }

    [Fact]
    public void A_lost_partition_cancels_its_chunks_and_hands_on_nothing()
    {
        using var owner = Own(Log(15), ChunksOf(10));
        owner.Fetch(15);
        var chunk = owner.Batches[^1].Chunk;
        var before = owner.Batches.Count;

        owner.Reader.Dispose();
        owner.Tick(10_000);

        Assert.True(chunk.Lost.IsCancellationRequested);
        Assert.Equal((before, 0), (owner.Batches.Count, owner.Tracker.Unsealed("events", 3)));
    }

    [Fact]
    public void An_offset_that_the_log_has_lost_sends_the_reader_to_find_its_start_anew()
    {
        using var owner = Own(Log(15), ChunksOf(10));
        owner.Fetch(15);

        owner.Reader.Restart();
        Assert.Equal(ReaderState.Resuming, owner.Reader.State);
        owner.Reader.Begin(new Start(Epoch + 1, 0, 0, []));
        owner.ReadAll();
        owner.Tick(1_000);

        Assert.Equal(Range(0, 10), owner.Counted[new ChunkId(Epoch + 1, "events", 3, 0)]);
    }

    private static PartitionOwner Own(List<LogRecord> log, ConsumingOptions options, Start? start = null) => new(log, options, start ?? FromZero);

    private static ConsumingOptions ChunksOf(long size) => new() { ChunkSize = size };

    private static List<LogRecord> Log(int records) => [.. Enumerable.Range(0, records).Select(offset => new LogRecord(offset, 0))];

    private static ChunkId Id(long first) => new(Epoch, "events", 3, first);

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);
}
