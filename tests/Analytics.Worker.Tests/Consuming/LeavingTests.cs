using Analytics.Hosting;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>Goal: whoever is told to stop ends. Method: members leave at the moments and in the states in which a client is known to wait for ever.</summary>
public sealed class LeavingTests : IAsyncLifetime
{
    private const int Partitions = 9;
    private const string Topic = "leaving";

    // What a supervisor grants a whole worker.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private KafkaBroker _broker = null!;

    public async Task InitializeAsync()
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        _broker = await KafkaBroker.StartAsync();
        await _broker.CreateTopicAsync(Topic, Partitions);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task A_member_that_has_not_polled_since_a_rebalance_began_leaves_all_the_same()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async group =>
        {
            var first = new Member(_broker, $"group-{group}");
            await Eventually.HoldsAsync("the first owns all", () => first.Owned == Partitions);
            await first.FreezeAsync();
            var second = new Member(_broker, $"group-{group}");

            // The next heartbeat tells the first that it has to give some of its partitions away.
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            await first.LeaveAsync();

            await Eventually.HoldsAsync("the second owns all", () => second.Owned == Partitions);
            await second.FreezeAsync();
            await second.LeaveAsync();
            Assert.Equal((0, 0), (first.Owned, second.Owned));
        }));
    }

    [Theory]
    [InlineData("refuses connections", false)]
    [InlineData("refuses connections", true)]
    [InlineData("does not answer", false)]
    [InlineData("does not answer", true)]
    public async Task A_worker_ends_in_time_while_the_broker(string does, bool hasToCommit)
    {
        const int records = 12_000;
        var history = new MemoryHistory();
        var worker = new PumpingWorker(_broker, Topic, history);
        if (hasToCommit)
        {
            await _broker.FailAsync("OffsetCommit", (int)ErrorCode.GroupLoadInProgress, 1_000);
        }

        NumberedRecords.Produce(_broker, Topic, new long[Partitions], records);
        await Eventually.HoldsAsync("a chunk is sealed in each partition, and its end to be committed", () => history.Counted == Partitions * records, TimeSpan.FromSeconds(40));
        await (does == "does not answer" ? _broker.SetRoundTripAsync(TimeSpan.FromMinutes(5)) : _broker.GoDownAsync());

        await worker.StopAsync().WaitAsync(Grace);
    }

    /// <summary>A client of the log alone, polled by a thread of its own.</summary>
    private sealed class Member : IConsumerEvents
    {
        private readonly BatchConsumer _consumer;
        private readonly Task _polling;
        private volatile bool _isFrozen;
        private int _owned;

        public Member(KafkaBroker broker, string group)
        {
            var options = new ConsumingOptions { Topics = Topic, SessionTimeout = TimeSpan.FromSeconds(2) };
            _consumer = new BatchConsumer(new KafkaAddress { BootstrapServers = broker.BootstrapServers, Group = group }, options, this);
            _consumer.Subscribe([Topic]);
            _polling = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public int Owned => Volatile.Read(ref _owned);

        /// <summary>Polls no more; gives nothing away meanwhile.</summary>
        public Task FreezeAsync()
        {
            _isFrozen = true;
            return _polling;
        }

        public async Task LeaveAsync()
        {
            await Task.Factory.StartNew(_consumer.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Grace);
            await _consumer.Closing.WaitAsync(Grace);
        }

        public PartitionReader? ReaderOf(string topic, int partition) => null;

        public void OutOfRange(string topic, int partition)
        {
        }

        public void Assigned(IReadOnlyList<TopicPartition> partitions) => Interlocked.Add(ref _owned, partitions.Count);

        public void Revoked(IReadOnlyList<TopicPartition> partitions) => Interlocked.Add(ref _owned, -partitions.Count);

        public void Lost(IReadOnlyList<TopicPartition> partitions) => Revoked(partitions);

        public void Trouble(string what)
        {
        }

        private void Run()
        {
            while (!_isFrozen)
            {
                _consumer.Poll(TimeSpan.FromMilliseconds(20), 0);
            }
        }
    }
}
