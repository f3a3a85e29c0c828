using Analytics.Core.Chunks;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Consuming;

public sealed class TopicWatchTests : IDisposable
{
    private readonly WorkerMetrics _metrics = new();
    private readonly Queue<Func<ulong>> _answers = new();
    private readonly TopicWatch _watch;

    public TopicWatchTests() => _watch = new TopicWatch(
        _ => Task.FromResult(_answers.TryDequeue(out var answer) ? answer() : 1), new ConsumingOptions { TopicCheck = TimeSpan.FromHours(1) }, TimeProvider.System);

    public void Dispose()
    {
        _watch.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_chunk_of_a_topic_that_is_still_there_may_be_written()
    {
        var chunk = ChunkOf(epoch: 1);
        await chunk.ConfirmAsync();
        Assert.False(chunk.IsLost);
        Assert.Empty(_watch.Recreated([SeatOf(epoch: 1)]));
    }

    [Fact]
    public async Task A_chunk_of_another_log_is_lost_for_good_and_its_partition_is_told_once()
    {
        var (chunk, old, fresh) = (ChunkOf(epoch: 1), SeatOf(epoch: 1), SeatOf(epoch: 2));
        _answers.Enqueue(() => 2);
        await chunk.ConfirmAsync();
        Assert.True(chunk.IsLost);
        Assert.Equal([old], _watch.Recreated([old, fresh]));
        Assert.Empty(_watch.Recreated([old, fresh]));

        await chunk.ConfirmAsync();
        Assert.True(chunk.IsLost);
    }

    [Fact]
    public async Task A_chunk_of_a_topic_that_is_deleted_is_lost()
    {
        var (chunk, seat) = (ChunkOf(epoch: 1), SeatOf(epoch: 1));
        _answers.Enqueue(() => throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, "no such topic")));
        await chunk.ConfirmAsync();
        Assert.True(chunk.IsLost);
        Assert.Equal([seat], _watch.Recreated([seat]));
        Assert.Null(_watch.Outage);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_waited_for_and_readiness_can_say_why()
    {
        var isAway = true;
        _answers.Enqueue(() => throw new KafkaException(new Error(ErrorCode.Local_Transport, "connection refused")));
        _answers.Enqueue(() => isAway ? throw new KafkaException(new Error(ErrorCode.Local_Transport, "connection refused")) : 1UL);
        var chunk = ChunkOf(epoch: 1);
        var confirmed = chunk.ConfirmAsync();
        Assert.False(confirmed.IsCompleted);
        Assert.Equal(
            "Nothing more of events is written until Kafka has said that it is the topic that was read: connection refused", _watch.Outage?.Reason);

        isAway = false;
        await confirmed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(chunk.IsLost);
        Assert.Null(_watch.Outage);
    }

    [Fact]
    public async Task A_topic_of_which_nothing_is_written_is_looked_at_all_the_same()
    {
        using var often = new TopicWatch(_ => Task.FromResult(2UL), new ConsumingOptions { TopicCheck = TimeSpan.Zero }, TimeProvider.System);
        var seat = SeatOf(epoch: 1);
        await Eventually.HoldsAsync("it is seen to be another", () => often.Recreated([seat]).Any());
    }

    private Chunk ChunkOf(ulong epoch) => new(new ChunkId(epoch, "events", 0, 0), 0, 1, CancellationToken.None) { Watch = _watch };

    private Seat SeatOf(ulong epoch) => new(
        new PartitionReader("events", 0, new ConsumingOptions(), new ChunkTracker(_metrics), new Pool<RawBatch>(() => new RawBatch(), 0), new Queue<RawBatch>()), 0)
    {
        Epoch = epoch,
    };
}
