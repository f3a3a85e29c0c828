namespace Analytics.Worker.Consuming;

/// <summary>Asks Kafka and the ledger where a partition starts, and asks again until both have answered: a store that is away is never an answer.</summary>
internal sealed class StartFinder(ILogClient consumer, ILedgerReader ledger, ConsumingOptions options, Retry retry)
{
    /// <summary>The start of one partition.</summary>
    public Task<Start> FindAsync(string topic, int partition, CancellationToken cancellation) => retry.UntilDoneAsync(
        $"find the start of {topic} [{partition}]", () => AskAsync(topic, partition, cancellation), cancellation);

    /// <summary>Refuses a chunk size that differs from the one that the topic's chunks were cut with.</summary>
    /// <exception cref="InvalidOperationException">It differs.</exception>
    public async Task CheckChunkSizeAsync(string topic, CancellationToken cancellation)
    {
        var recorded = await retry.UntilDoneAsync(
            $"read the chunk size of {topic}", () => ledger.ChunkSizeAsync(topic, options.ChunkSize, cancellation), cancellation).ConfigureAwait(false);
        if (recorded != options.ChunkSize)
        {
            throw new InvalidOperationException($"Topic {topic} has been cut into chunks of {recorded} records, but Consuming:ChunkSize is {options.ChunkSize}. "
                + $"Chunks name every row, so set it to {recorded}; another size needs a new topic.");
        }
    }

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
