using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>A client whose questions for a topic's id get no answer while it is told so; all else goes to the broker.</summary>
internal sealed class SilencedClient(ILogClient client) : ILogClient
{
    private volatile bool _isSilent;

    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public void Subscribe(IEnumerable<string> topics) => client.Subscribe(topics);

    public int Poll(TimeSpan wait, long now) => client.Poll(wait, now);

    public bool TrySeek(string topic, int partition, long offset) => client.TrySeek(topic, partition, offset);

    public void Reassign(string topic, int partition, long offset) => client.Reassign(topic, partition, offset);

    public void Pause(string topic, int partition) => client.Pause(topic, partition);

    public void Resume(string topic, int partition) => client.Resume(topic, partition);

    public void Commit(IEnumerable<(string Topic, int Partition, long Offset)> offsets) => client.Commit(offsets);

    public long? Committed(string topic, int partition) => client.Committed(topic, partition);

    public (long Start, long End) Bounds(string topic, int partition) => client.Bounds(topic, partition);

    public Task<(long High, long Low)?> TopicIdAsync(string topic) =>
        IsSilent ? Task.FromException<(long High, long Low)?>(new KafkaException(new Error(ErrorCode.Local_TimedOut, "no answer"))) : client.TopicIdAsync(topic);

    public void Dispose() => client.Dispose();
}
