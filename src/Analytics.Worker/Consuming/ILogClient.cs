namespace Analytics.Worker.Consuming;

/// <summary>What reading asks of the client of the log. An interface because this is where a test cuts the wire.</summary>
/// <remarks>One thread polls, seeks, pauses and assigns; <see cref="Commit"/> and the look-ups may come from any. Failures are thrown as <c>KafkaException</c>.</remarks>
internal interface ILogClient : IDisposable
{
    /// <summary>Joins the group.</summary>
    void Subscribe(IEnumerable<string> topics);

    /// <summary>Waits until a batch is full or the time is over, and gives each record to its partition's reader. Callbacks run inside.</summary>
    /// <returns>Records taken.</returns>
    int Poll(TimeSpan wait, long now);

    /// <summary>Fetches from <paramref name="offset"/> on. False when the partition is not ready for it yet: ask again.</summary>
    bool TrySeek(string topic, int partition, long offset);

    /// <summary>Fetches from <paramref name="offset"/> on a partition that the client has stopped: a seek would be refused, so it is assigned anew.</summary>
    void Reassign(string topic, int partition, long offset);

    /// <summary>Stops fetching a partition, and throws away what was prefetched of it.</summary>
    void Pause(string topic, int partition);

    /// <summary>Fetches a partition again.</summary>
    void Resume(string topic, int partition);

    /// <summary>States that everything below the offsets is counted for good; waits for the group's coordinator.</summary>
    void Commit(IEnumerable<(string Topic, int Partition, long Offset)> offsets);

    /// <summary>The group's committed offset; null when there is none.</summary>
    long? Committed(string topic, int partition);

    /// <summary>The oldest offset of a partition, and the one after the newest.</summary>
    (long Start, long End) Bounds(string topic, int partition);

    /// <summary>
    /// The id of a topic, new when it is recreated and never seen before; null where the cluster has none. Asked of the cluster at each call; <c>UnknownTopicOrPart</c>
    /// where there is no such topic.
    /// </summary>
    Task<(long High, long Low)?> TopicIdAsync(string topic);
}
