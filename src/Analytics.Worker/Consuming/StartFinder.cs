using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Consuming;

/// <summary>Asks Kafka and the ledger where a partition starts, and asks again until both have answered: a store that is away is never an answer.</summary>
internal sealed class StartFinder(ILogClient consumer, ILedgerReader ledger, ConsumingOptions options, Retry retry)
{
    /// <summary>The start of one partition.</summary>
    public Task<Start> FindAsync(string topic, int partition, CancellationToken cancellation) => retry.UntilDoneAsync(
        $"find the start of {topic} [{partition}]", () => AskAsync(topic, partition, cancellation), cancellation);

    /// <summary>The limits that a topic's chunks are cut by; refuses to go on where the settings differ.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public async Task<ChunkLimits> LimitsAsync(string topic, CancellationToken cancellation)
    {
        var limits = options.ChunkLimits;
        var recorded = await retry.UntilDoneAsync(
            $"read the limits of the chunks of {topic}", () => ledger.ChunkLimitsAsync(topic, limits, cancellation), cancellation).ConfigureAwait(false);

        if (recorded.Records != limits.Records)
        {
            throw Differs(topic, $"{recorded.Records} records", $"Consuming:ChunkSize is {limits.Records}", recorded.Records);
        }

        // A topic that was first cut when there was no limit of bytes goes on without one.
        return recorded.Bytes == 0 || recorded.Bytes == limits.Bytes
            ? recorded
            : throw Differs(topic, $"{recorded.Bytes} bytes", $"Consuming:ChunkBytes is {limits.Bytes}", recorded.Bytes);
    }

    private static InvalidOperationException Differs(string topic, string cut, string setting, long wanted) => new(
        $"Topic {topic} has been cut into chunks of {cut}, but {setting}. Chunks name every row, so set it to {wanted}; another limit needs a new topic.");

    private async Task<Start> AskAsync(string topic, int partition, CancellationToken cancellation)
    {
        var (epoch, committed, bounds) = await LogAsync(topic, partition, cancellation).ConfigureAwait(false);
        var tail = await ledger.TailAsync(epoch, topic, partition, committed, cancellation).ConfigureAwait(false);
        var older = await ledger.OlderLogsAsync(epoch, topic, partition, committed, cancellation).ConfigureAwait(false);
        var start = TakeOver.Choose(epoch, committed, tail, older, bounds.Start, bounds.End, options.WarmUpRecords);

        if (start.Problem is null && start.WarmFrom < start.At)
        {
            start = start with { Unread = await ledger.UnreadAsync(epoch, topic, partition, start.WarmFrom, start.At, cancellation).ConfigureAwait(false) };
        }

        // Near the beginning of a log the filter's horizon reaches back into the logs before it.
        return start.Problem is null && start.At < options.WarmUpRecords && older.Count > 0
            ? start with { Older = older[0], KnownIds = await KnownIdsAsync(older, topic, partition, options.WarmUpRecords - start.At, cancellation).ConfigureAwait(false) }
            : start;
    }

    // Answers go by the topic's name: where it was recreated between two of them, they are not of one log.
    private async Task<(ulong Epoch, long? Committed, (long Start, long End) Bounds)> LogAsync(string topic, int partition, CancellationToken cancellation)
    {
        while (true)
        {
            var epoch = await EpochAsync(topic).ConfigureAwait(false);
            var (committed, bounds) = await Task.Run(() => (consumer.Committed(topic, partition), consumer.Bounds(topic, partition)), cancellation).ConfigureAwait(false);
            if (await EpochAsync(topic).ConfigureAwait(false) == epoch)
            {
                return (epoch, committed, bounds);
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    // Of so many offsets before the log, had the older ones not been deleted. What stands behind the end that the ledger knows was never counted for certain.
    private async Task<IReadOnlyList<KnownId>> KnownIdsAsync(IReadOnlyList<OlderLog> older, string topic, int partition, long offsets, CancellationToken cancellation)
    {
        var known = new List<KnownId>();
        var end = 0L;
        foreach (var log in older)
        {
            if (end <= -offsets)
            {
                break;
            }

            var ids = await ledger.EventIdsAsync(log.Epoch, topic, partition, log.End - offsets - end, log.End, cancellation).ConfigureAwait(false);
            known.InsertRange(0, ids.Select(one => KnownId.Of(one.Offset - log.End + end, one.Id)));
            end -= log.End;
        }

        return known;
    }

    /// <summary>The epoch of the topic as it is now.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">The broker is away, or there is no such topic.</exception>
    public async Task<ulong> EpochAsync(string topic)
    {
        if (options.LogEpoch is { Length: > 0 } setting)
        {
            return LogEpoch.Of(topic, setting);
        }

        var id = await consumer.TopicIdAsync(topic).ConfigureAwait(false) ?? throw new InvalidOperationException(
            $"The cluster gives no id for topic {topic} (Kafka 2.8 or later does). Set Consuming:LogEpoch, and change it whenever the topic is recreated.");
        return LogEpoch.Of(topic, id.High, id.Low);
    }
}
