using Analytics.Core.Chunks;

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
        var epoch = await EpochAsync(topic).ConfigureAwait(false);
        var (committed, bounds) = await Task.Run(() => (consumer.Committed(topic, partition), consumer.Bounds(topic, partition)), cancellation).ConfigureAwait(false);
        var tail = await ledger.TailAsync(epoch, topic, partition, committed, cancellation).ConfigureAwait(false);
        var start = TakeOver.Choose(epoch, committed, tail, bounds.Start, bounds.End, options.WarmUpRecords);

        if (start.Problem is null && start.WarmFrom < start.At)
        {
            start = start with { Unread = await ledger.UnreadAsync(epoch, topic, partition, start.WarmFrom, start.At, cancellation).ConfigureAwait(false) };
        }

        // Near the beginning of a log the filter's horizon reaches back into the log before it.
        return start.Problem is null && start.At < options.WarmUpRecords
            ? start with
            {
                KnownIds = await ledger.KnownIdsAsync(epoch, topic, partition, (int)(options.WarmUpRecords - start.At), cancellation).ConfigureAwait(false),
            }
            : start;
    }

    private async Task<ulong> EpochAsync(string topic)
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
