using Analytics.Hosting;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>The pump against a broker that speaks the Kafka protocol, in a process of its own.</summary>
public sealed class LogPumpTests : IAsyncLifetime
{
    private const int Partitions = 4;
    private static int _topics;
    private readonly string _topic = $"pump-{Interlocked.Increment(ref _topics)}";
    private readonly MemoryHistory _history = new();
    private readonly long[] _produced = new long[Partitions];
    private KafkaBroker _broker = null!;

    public async Task InitializeAsync()
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        _broker = await KafkaBroker.StartAsync();
        await _broker.CreateTopicAsync(_topic, Partitions);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task Records_are_counted_in_order_and_without_a_gap()
    {
        Produce(50_000);
        await using var worker = Worker();

        await CountedAsync();
        await worker.StopAsync();

        AssertTiles();
        Assert.Contains(_history.Rows, row => row.Value.IsSealed);
    }

    [Fact]
    public async Task A_worker_that_stopped_goes_on_at_a_border_and_warms_the_filter_before_it()
    {
        Produce(25_000);
        await using (var first = Worker())
        {
            await CountedAsync();
            await first.StopAsync();
        }

        Produce(25_000);
        await using var second = Worker();
        await CountedAsync();
        await second.StopAsync();

        AssertTiles();

        // Committed: 20,000 of 25,000, the last border. Warmed: the 3,000 offsets before it, in each partition.
        Assert.Equal(Enumerable.Range(17_000, 3_000).SelectMany(offset => Enumerable.Repeat((long)offset, Partitions)), second.Writer.Warmed.Order());
    }

    [Fact]
    public async Task Two_workers_share_the_partitions_and_one_takes_over_when_the_other_leaves()
    {
        await using var first = Worker();
        Produce(20_000);
        await Eventually.HoldsAsync("the first owns all", () => first.Owned == Partitions);

        await using var second = Worker();
        Produce(20_000);
        await Eventually.HoldsAsync("each owns half", () => first.Owned == 2 && second.Owned == 2);
        Produce(20_000);
        await CountedAsync();

        await first.StopAsync();
        Produce(20_000);
        await Eventually.HoldsAsync("the second owns all", () => second.Owned == Partitions);
        await CountedAsync();
        await second.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_crash_costs_a_replay_and_nothing_else()
    {
        for (var life = 0; life < 3; life++)
        {
            await using var worker = Worker();
            Produce(15_000);
            await Eventually.HoldsAsync("it has counted something new", () => _history.Counted > life * 4 * 15_000);
            await worker.CrashAsync();
        }

        await using var last = Worker();
        await CountedAsync();
        await last.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_stalled_store_pauses_the_partitions_and_loses_and_reorders_nothing()
    {
        await using var worker = Worker();
        Produce(5_000);
        await CountedAsync();

        worker.Writer.Stall();
        Produce(60_000);
        await Eventually.HoldsAsync("all partitions are paused", () => worker.States.Count(at => at.State == ReaderState.Paused) == Partitions);
        var counted = _history.Counted;
        Produce(5_000);
        Assert.Equal(counted, _history.Counted);

        worker.Writer.GoOn();
        await CountedAsync();
        await worker.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_schema_that_nobody_can_give_holds_its_partition_and_no_other()
    {
        var gate = new ClosedGate(partition: 2);
        await using var worker = new PumpingWorker(_broker, _topic, _history, schemas: gate);
        Produce(25_000);

        await Eventually.HoldsAsync("the others are counted", () => _history.CountedOf(0) + _history.CountedOf(1) + _history.CountedOf(3) == 3 * 25_000, TimeSpan.FromSeconds(40));
        Assert.Equal(0, _history.CountedOf(2));
        var held = Assert.Single(worker.States, at => at.State == ReaderState.Paused);
        Assert.Equal(2, held.Partition);
        Assert.Contains("waits for schema 0", held.Problem, StringComparison.Ordinal);

        gate.IsOver = true;
        await CountedAsync();
        await worker.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task Partitions_that_were_paused_when_the_group_lost_them_are_read_on_when_they_come_back()
    {
        await using var worker = Worker();
        worker.Writer.Stall();
        Produce(50_000);
        await Eventually.HoldsAsync("all partitions are paused", () => worker.States.Count(at => at.State == ReaderState.Paused) == Partitions);

        // The start is found only at the fourth try: by then the store has gone on and nothing is paused any more.
        await _broker.FailAsync("OffsetFetch", (int)ErrorCode.NotCoordinatorForGroup, 3 * Partitions);
        await _broker.FailAsync("Heartbeat", (int)ErrorCode.UnknownMemberId);
        await Eventually.HoldsAsync("they come anew", () => worker.States.Any(at => at.State == ReaderState.Resuming));
        worker.Writer.GoOn();

        // Nothing new is sent: a record behind the end would show that the place was lost, and so hide it.
        await CountedAsync();
        await worker.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_lost_stretch_of_the_log_halts_the_partition_and_no_other()
    {
        Produce(15_000);
        await using (var first = Worker())
        {
            await CountedAsync();
            await first.StopAsync();
        }

        await _broker.DeleteRecordsAsync(_topic, 2, 10_100);
        await using var second = Worker();

        await Eventually.HoldsAsync("partition 2 is halted", () => second.States.Any(at => at is { Partition: 2, State: ReaderState.Halted }));
        await Eventually.HoldsAsync("the others run", () => second.Owned == Partitions - 1);
        Assert.Contains("100 records were deleted", second.States.Single(at => at.Partition == 2).Problem);
    }

    [Fact]
    public async Task Records_that_are_deleted_before_they_were_read_halt_the_partition()
    {
        await using var worker = Worker();
        Produce(5_000);
        await CountedAsync();
        worker.Writer.Stall();
        Produce(60_000);
        await Eventually.HoldsAsync("all partitions are paused", () => worker.States.Count(at => at.State == ReaderState.Paused) == Partitions);

        await _broker.DeleteRecordsAsync(_topic, 1, 64_000);
        worker.Writer.GoOn();

        await Eventually.HoldsAsync("partition 1 is halted", () => worker.States.Any(at => at is { Partition: 1, State: ReaderState.Halted }));
        await Eventually.HoldsAsync("the others are counted", () => _history.CountedOf(0) + _history.CountedOf(2) + _history.CountedOf(3) == 3 * 65_000);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(12_000)]
    [InlineData(30_000)]
    public async Task A_topic_that_is_recreated_while_it_is_read_is_a_new_log_however_long_it_is_already(int records)
    {
        await using var worker = Worker();
        Produce(12_000);
        await CountedAsync();

        await _broker.DeleteTopicAsync(_topic);
        await _broker.CreateTopicAsync(_topic, Partitions);
        Array.Clear(_produced);
        Produce(records);

        var old = _history.Rows.First().Key.Epoch;
        await Eventually.HoldsAsync("the new log is counted", () => _history.CountedBesides(old) == Partitions * records, TimeSpan.FromSeconds(40));
        await worker.StopAsync();
        Assert.Equal(Partitions * records, _history.CountedBesides(old));
        Assert.Equal(Partitions * 12_000, _history.CountedUnder(old));
        Assert.Equal(2, _history.Rows.Select(row => row.Key.Epoch).Distinct().Count());
    }

    [Fact]
    public async Task What_was_read_waits_until_a_look_is_answered()
    {
        await using var worker = Worker();
        Produce(12_000);
        await CountedAsync();

        worker.Client.IsSilent = true;
        Produce(5_000);
        await Eventually.HoldsAsync("a look is not answered", () => worker.Outage is not null);
        Assert.StartsWith($"Nothing more of {_topic} is written until Kafka has said", worker.Outage!.Reason, StringComparison.Ordinal);
        Assert.Equal(Partitions * 12_000, _history.Counted);

        worker.Client.IsSilent = false;
        await CountedAsync();
        Assert.Null(worker.Outage);
        await worker.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever_for_a_look_and_the_next_owner_counts_what_it_left()
    {
        await using (var first = Worker())
        {
            Produce(12_000);
            await CountedAsync();
            first.Client.IsSilent = true;
            Produce(5_000);
            await Eventually.HoldsAsync("a look is not answered", () => first.Outage is not null);
            await first.StopAsync();
            Assert.Equal(Partitions * 12_000, _history.Counted);
        }

        await using var second = Worker();
        await CountedAsync();
        await second.StopAsync();
        AssertTiles();
    }

    [Fact]
    public async Task A_recreated_topic_is_a_new_log()
    {
        Produce(2_000);
        await using (var first = Worker())
        {
            await CountedAsync();
            await first.StopAsync();
        }

        await _broker.DeleteTopicAsync(_topic);
        await _broker.CreateTopicAsync(_topic, Partitions);
        Array.Clear(_produced);
        Produce(1_000);
        await using var second = Worker();
        await Eventually.HoldsAsync("the new log is counted", () => _history.Counted == Partitions * 3_000);
        await second.StopAsync();

        Assert.Equal(2, _history.Rows.Select(row => row.Key.Epoch).Distinct().Count());

        // The horizon of 3,000 offsets reaches behind the beginning of the old log.
        Assert.Equal([-1_000L], _history.AskedForIds.Select(asked => asked.From).Distinct());
    }

    [Fact]
    public async Task Another_chunk_size_is_refused()
    {
        await _history.ChunkLimitsAsync(_topic, new(5_000, 0), CancellationToken.None);
        await using var worker = Worker();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(worker.EndAsync);

        Assert.Contains("chunks of 5000 records, but Consuming:ChunkSize is 10000", refusal.Message);
    }

    [Fact]
    public async Task Another_limit_of_bytes_is_refused()
    {
        await _history.ChunkLimitsAsync(_topic, new(10_000, 5_000_000), CancellationToken.None);
        await using var worker = Worker();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(worker.EndAsync);

        Assert.Contains("chunks of 5000000 bytes, but Consuming:ChunkBytes is 268435456", refusal.Message);
    }

    private PumpingWorker Worker() => new(_broker, _topic, _history);

    private Task CountedAsync() => Eventually.HoldsAsync(
        "all that was produced is counted", () => _history.Counted == _produced.Sum(), TimeSpan.FromSeconds(40));

    private void AssertTiles()
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            _history.AssertTiles(_topic, partition, _produced[partition]);
        }
    }

    private void Produce(int records) => NumberedRecords.Produce(_broker, _topic, _produced, records);

    /// <summary>Cannot read what one partition names, until it is over.</summary>
    private sealed class ClosedGate(int partition) : ISchemaGate
    {
        public volatile bool IsOver;

        public bool IsOpen(Chunk chunk, int schema, bool isWarmUp) => IsOver || chunk.Id.Partition != partition;
    }
}
