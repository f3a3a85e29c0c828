using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.Registry;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Decoding;

/// <summary>Reads the records of a batch into columns, by the schema that each record names.</summary>
/// <remarks>
/// The first step of the path. It completes at once unless a record names a schema that was not met before: then it asks the registry and waits for its
/// answer, however long that takes, because a registry that is away is never a verdict. A bad record is a verdict in its row, whose columns then hold
/// absent values, but for an event id that was read before the fault. What the registry does not know is rejected, and stays so for the chunk: every
/// record of a chunk meets the same answer, and the next chunk asks again. Any number of threads may call it, each with its own batch.
/// </remarks>
internal sealed class AvroDecoder : IStage<RawBatch, DecodedBatch>
{
    private readonly SchemaRegistryClient _registry;
    private readonly DecodingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AvroDecoder> _logger;
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Chunk, ConcurrentDictionary<int, SchemaPlan>> _unknown = [];
    private readonly Func<string, Topic> _open;

    public AvroDecoder(SchemaRegistryClient registry, DecodingOptions options, TimeProvider time, ILogger<AvroDecoder> logger)
    {
        (_registry, _options, _time, _logger) = (registry, options, time, logger);
        _open = Open;
    }

    /// <inheritdoc/>
    public ValueTask<DecodedBatch> ApplyAsync(RawBatch batch, CancellationToken cancellation)
    {
        var topic = _topics.GetOrAdd(batch.Chunk.Id.Topic, _open);
        var decoded = topic.Pool.Rent();
        decoded.Begin(batch);
        var run = new Run(this, topic, decoded);
        return run.Go() ? new(decoded) : AwaitAsync(run, cancellation);
    }

    /// <summary>Takes a batch back; the caller has taken its <see cref="DecodedBatch.Raw"/> first, which goes back to its own pool.</summary>
    public void Return(DecodedBatch batch)
    {
        var topic = _topics.GetOrAdd(batch.Raw.Chunk.Id.Topic, _open);
        batch.Raw = null!;
        batch.Target!.Words = null!;
        topic.Pool.Return(batch);
    }

    private Topic Open(string name)
    {
        var layout = TopicLayout.Of(name);
        return new(new(layout, _registry, _options, _time, _logger), new(() => new DecodedBatch(layout), _options.PooledBatches));
    }

    private async ValueTask<DecodedBatch> AwaitAsync(Run run, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, run.Chunk.Lost);
        try
        {
            do
            {
                var plan = await run.Topic.Plans.LearnAsync(run.Missing, either.Token).ConfigureAwait(false);
                if (plan == SchemaPlan.Unknown && _unknown.GetOrCreateValue(run.Chunk).TryAdd(run.Missing, plan))
                {
                    _logger.SchemaUnknown(run.Missing, run.Topic.Plans.Layout.Topic, run.Chunk.Id.Partition);
                }
            }
            while (!run.Go());
        }
        catch (OperationCanceledException) when (run.Chunk.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Nobody counts a lost chunk's records any more; the batch goes on so that its owner gets it back.
            run.Abandon();
        }

        return run.Decoded;
    }

    private SchemaPlan? PlanFor(Topic topic, Chunk chunk, int id) =>
        topic.Plans.Known(id) ?? (_unknown.TryGetValue(chunk, out var unknown) ? unknown.GetValueOrDefault(id) : null);

    /// <summary>What belongs to a topic.</summary>
    private sealed record Topic(SchemaPlans Plans, Pool<DecodedBatch> Pool);

    /// <summary>One batch on its way: stops at a record whose schema is not known, and goes on from there.</summary>
    private struct Run(AvroDecoder decoder, Topic topic, DecodedBatch decoded)
    {
        private readonly EventNames _names = new(topic.Plans.Layout.Names, decoded.Raw.Chunk.Words);
        private SchemaPlan _plan = SchemaPlan.Unknown;
        private int _next;

        public readonly Topic Topic => topic;

        public readonly DecodedBatch Decoded => decoded;

        public readonly Chunk Chunk => decoded.Raw.Chunk;

        /// <summary>The schema id that stopped it.</summary>
        public int Missing { get; private set; } = -1;

        /// <summary>Reads on; false when it stops at <see cref="Missing"/>.</summary>
        public bool Go()
        {
            var raw = decoded.Raw;
            var columns = decoded.Columns;
            var last = -1;
            for (; _next < raw.Count; _next++)
            {
                var row = _next;
                var (start, length) = (raw.Starts[row], raw.Lengths[row]);
                columns.EventId.Clear(row);
                columns.SchemaIds[row] = -1;
                var verdict = Frame(raw.Bytes, start, length, out var id);
                if (verdict == Verdict.Accepted)
                {
                    if (id != last)
                    {
                        if (decoder.PlanFor(topic, raw.Chunk, id) is not { } plan)
                        {
                            Missing = id;
                            return false;
                        }

                        (_plan, last) = (plan, id);
                    }

                    columns.SchemaIds[row] = id;
                    verdict = _plan.Plan is null
                        ? _plan.Verdict
                        : _plan.Plan.Read(raw.Bytes, start + WireFormat.HeaderLength, length - WireFormat.HeaderLength, row, decoded.Target!);
                }

                columns.Verdicts[row] = verdict;
                if (verdict != Verdict.Accepted)
                {
                    AvroPlan.Clear(row, decoded.Target!, keep: TopicLayout.EventIdSlot);
                }

                _names.Set(columns, row, verdict);
            }

            return true;
        }

        /// <summary>Leaves the rest of the records out.</summary>
        public void Abandon()
        {
            for (; _next < decoded.Raw.Count; _next++)
            {
                decoded.Columns.Verdicts[_next] = Verdict.Filtered;
                decoded.Columns.SchemaIds[_next] = -1;
                AvroPlan.Clear(_next, decoded.Target!);
                _names.Set(decoded.Columns, _next, Verdict.Filtered);
            }
        }

        private readonly Verdict Frame(byte[] bytes, int start, int length, out int id)
        {
            id = -1;
            return length < 0 ? Verdict.Filtered
                : length > decoder._options.MaxRecordBytes ? Verdict.Oversized
                : WireFormat.Read(bytes.AsSpan(start, length), out id);
        }
    }
}
