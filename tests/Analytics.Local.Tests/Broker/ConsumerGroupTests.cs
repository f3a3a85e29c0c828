using System.Diagnostics;
using Confluent.Kafka;

namespace Analytics.Local.Tests.Broker;

/// <summary>Groups of consumers: what the worker's take-over rests on.</summary>
public sealed class ConsumerGroupTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private string Bootstrap => fixture.Broker.BootstrapServers;

    [Fact]
    public async Task A_group_that_comes_back_goes_on_at_its_commit()
    {
        var topic = await fixture.NewTopicAsync(1);
        await ProduceAsync(topic, 10);
        using (var first = BrokerFixture.Consumer(Bootstrap, topic))
        {
            first.Subscribe(topic);
            var read = BrokerFixture.Read(first, 4);
            first.Commit([new TopicPartitionOffset(topic, 0, read[^1].Offset + 1)]);
            first.Close();
        }

        using var second = BrokerFixture.Consumer(Bootstrap, topic);
        second.Subscribe(topic);

        Assert.Equal([4, 5, 6, 7, 8, 9], BrokerFixture.Read(second, 6).Select(record => record.Offset.Value));
        Assert.Equal(4, second.Committed([new TopicPartition(topic, 0)], Limit)[0].Offset.Value);
    }

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Partitions_are_shared_with_a_newcomer_and_taken_back_when_it_leaves(PartitionAssignmentStrategy strategy)
    {
        var topic = await fixture.NewTopicAsync(4);
        using var first = Member(topic, strategy);
        await Until(() => first.Assignment.Count == 4, first);
        var start = Stopwatch.GetTimestamp();
        using (var second = Member(topic, strategy))
        {
            await Until(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
            second.Close();
        }

        await Until(() => first.Assignment.Count == 4, first);

        // Well below the session timeout of 30 s: nobody waited for a member that was not there.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task A_member_commits_what_it_has_while_its_partitions_are_taken()
    {
        var topic = await fixture.NewTopicAsync(2);
        await ProduceAsync(topic, 10);
        Exception? refused = null;
        var config = new ConsumerConfig { BootstrapServers = Bootstrap, GroupId = topic, EnableAutoCommit = false, HeartbeatIntervalMs = 200, SessionTimeoutMs = 30_000 };
        using var first = new ConsumerBuilder<string, string>(config)
            .SetLogHandler((_, _) => { })
            .SetPartitionsRevokedHandler((consumer, partitions) => refused = Record.Exception(() =>
                consumer.Commit(partitions.Select(partition => new TopicPartitionOffset(partition.TopicPartition, 3)))))
            .Build();
        first.Subscribe(topic);
        await Until(() => first.Assignment.Count == 2, first);

        using var second = Member(topic, PartitionAssignmentStrategy.Range);
        await Until(() => second.Assignment.Count == 1, first, second);

        Assert.Null(refused);
        Assert.All(second.Committed([new TopicPartition(topic, 0), new TopicPartition(topic, 1)], Limit), one => Assert.Equal(3, one.Offset.Value));
    }

    [Fact]
    public async Task A_member_that_was_left_behind_may_not_commit()
    {
        var topic = await fixture.NewTopicAsync(1);
        await ProduceAsync(topic, 2);
        using var zombie = Member(topic, PartitionAssignmentStrategy.Range, config => (config.SessionTimeoutMs, config.MaxPollIntervalMs) = (6000, 6000));
        await Until(() => zombie.Assignment.Count == 1, zombie);

        using var heir = Member(topic, PartitionAssignmentStrategy.Range, config => config.SessionTimeoutMs = 6000);
        await Until(() => heir.Assignment.Count == 1, heir);

        var fault = Assert.Throws<KafkaException>(() => zombie.Commit([new TopicPartitionOffset(topic, 0, 1)]));
        Assert.Contains(fault.Error.Code, new[] { ErrorCode.IllegalGeneration, ErrorCode.UnknownMemberId, ErrorCode.RebalanceInProgress, ErrorCode.Local_NoOffset, ErrorCode.Local_Fenced });
        Assert.Equal(Offset.Unset, heir.Committed([new TopicPartition(topic, 0)], Limit)[0].Offset);
    }

    [Fact]
    public async Task A_member_with_another_way_of_sharing_is_refused_and_the_others_stay()
    {
        var topic = await fixture.NewTopicAsync(2);
        using var first = Member(topic, PartitionAssignmentStrategy.Range);
        await Until(() => first.Assignment.Count == 2, first);

        using var other = Member(topic, PartitionAssignmentStrategy.RoundRobin);
        var fault = Assert.Throws<ConsumeException>(() => other.Consume(Limit));

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, fault.Error.Code);
        Assert.Equal(2, first.Assignment.Count);
    }

    private async Task ProduceAsync(string topic, int count)
    {
        using var producer = BrokerFixture.Producer(Bootstrap);
        for (var i = 0; i < count; i++)
        {
            await producer.ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "v" });
        }
    }

    private IConsumer<string, string> Member(string topic, PartitionAssignmentStrategy strategy, Action<ConsumerConfig>? change = null)
    {
        var consumer = BrokerFixture.Consumer(Bootstrap, topic, config =>
        {
            config.PartitionAssignmentStrategy = strategy;
            change?.Invoke(config);
        });
        consumer.Subscribe(topic);
        return consumer;
    }

    // Polls the members in turn, as their own loops would, until the condition holds.
    private static Task Until(Func<bool> holds, params IConsumer<string, string>[] members) => Task.Run(() =>
    {
        var start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "the group did not settle within a minute");
            foreach (var member in members)
            {
                member.Consume(TimeSpan.FromMilliseconds(50));
            }
        }
    });
}
