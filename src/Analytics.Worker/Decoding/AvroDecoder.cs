using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Decoding;

/// <summary>Reads the records of a batch into columns, by the schema that each record names.</summary>
/// <remarks>
/// The first step of the path. A registry that is away is never a verdict: the records of a schema that was not met before wait for its answer, however long that takes.
/// They wait in their partition, which asks before it hands a record on (<see cref="IsOpen"/>), so that others go on; only a batch that nobody has asked for waits here. A bad record is a verdict in its row, whose columns then hold
/// absent values, but for an event id that was read before the fault. What the registry does not know is rejected, and stays so for the chunk: every
/// record of a chunk meets the same answer, and the next chunk asks again. That answer is settled among all who may count the chunk (<see cref="ISchemaVerdicts"/>)
/// before any of its records goes on. Any number of threads may call it, each with its own batch.
/// </remarks>
internal sealed class AvroDecoder : IStage<RawBatch, DecodedBatch>, ISchemaGate
{
    private readonly SchemaRegistryClient _registry;
    private readonly DecodingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AvroDecoder> _logger;
    private readonly ChunkSchemas _schemas;
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Chunk, ConcurrentDictionary<int, Task>> _asking = [];
    private readonly Func<string, Topic> _open;

    /// <summary>A decoder that has met no schema yet.</summary>
    /// <param name="registry">Says what an id stands for.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock of pauses, and of when an id was learned.</param>
    /// <param name="logger">Told of stores that are away, and of schemas that cannot be read.</param>
    /// <param name="verdicts">Settles what a chunk goes by; null where nobody else counts it: then this process remembers.</param>
    public AvroDecoder(SchemaRegistryClient registry, DecodingOptions options, TimeProvider time, ILogger<AvroDecoder> logger, ISchemaVerdicts? verdicts = null)
    {
        (_registry, _options, _time, _logger, _schemas) = (registry, options, time, logger, new ChunkSchemas(verdicts, logger));
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

    /// <inheritdoc/>
    public bool IsOpen(Chunk chunk, int schema, bool isWarmUp)
    {
        var plans = _topics.GetOrAdd(chunk.Id.Topic, _open).Plans;
        if (_schemas.Find(plans, chunk, schema) is not null)
        {
            return true;
        }

        // Kept no longer than the chunk: its words may be many.
        var ofChunk = _asking.GetOrCreateValue(chunk);
        var asking = ofChunk.GetOrAdd(schema, static (id, ask) => ask.Self.AskAsync(ask.Plans, ask.Chunk, id, ask.IsWarmUp), (Self: this, Plans: plans, Chunk: chunk, IsWarmUp: isWarmUp));
        if (!asking.IsCompleted)
        {
            return false;
        }

        ofChunk.TryRemove(schema, out _);
        asking.GetAwaiter().GetResult();
        return _schemas.Find(plans, chunk, schema) is not null;
    }

    private async Task AskAsync(SchemaPlans plans, Chunk chunk, int schema, bool isWarmUp)
    {
        try
        {
            await _schemas.SettleAsync(plans, chunk, schema, isWarmUp, chunk.Lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (chunk.Lost.IsCancellationRequested)
        {
            // Nobody asks for a lost chunk again.
        }
    }

    private async ValueTask<DecodedBatch> AwaitAsync(Run run, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, run.Chunk.Lost);
        try
        {
            do
            {
                await _schemas.SettleAsync(run.Topic.Plans, run.Chunk, run.Missing, run.Decoded.Raw.WarmUp, either.Token).ConfigureAwait(false);
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

    /// <summary>What belongs to a topic.</summary>
    private sealed record Topic(SchemaPlans Plans, Pool<DecodedBatch> Pool);

    /// <summary>One batch on its way: stops at a record whose schema is not known, and goes on from there.</summary>
    private struct Run(AvroDecoder decoder, Topic topic, DecodedBatch decoded)
    {
        private readonly EventNames _names = new(topic.Plans.Layout.Names, decoded.Raw.Chunk.Words);
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
            while (_next < raw.Count)
            {
                var verdict = Frame(raw, _next, out var id);
                if (verdict == Verdict.Accepted)
                {
                    if (decoder._schemas.Find(topic.Plans, raw.Chunk, id) is not { } plan)
                    {
                        Missing = id;
                        return false;
                    }

                    if (plan.Plan is not null)
                    {
                        Read(plan.Plan, id);
                        continue;
                    }

                    verdict = plan.Verdict;
                }

                LeaveOut(id, verdict);
            }

            return true;
        }

        /// <summary>Leaves the rest of the records out.</summary>
        public void Abandon()
        {
            while (_next < decoded.Raw.Count)
            {
                LeaveOut(-1, Verdict.Filtered);
            }
        }

        // A stretch of records of one schema.
        private void Read(AvroPlan plan, int id)
        {
            var (raw, columns, first) = (decoded.Raw, decoded.Columns, _next);
            var records = new FramedRecords
            {
                Bytes = raw.Bytes,
                Starts = raw.Starts.AsSpan(0, raw.Count),
                Lengths = raw.Lengths.AsSpan(0, raw.Count),
                Verdicts = columns.Verdicts.AsSpan(0, raw.Count),
                Longest = decoder._options.MaxRecordBytes,
                Keep = TopicLayout.EventIdSlot,
            };
            _next = plan.Read(records, id, first, decoded.Target!);
            columns.SchemaIds.AsSpan(first.._next).Fill(id);
            _names.Set(columns, first, _next);
        }

        // One record that no plan reads.
        private void LeaveOut(int id, Verdict verdict)
        {
            decoded.Columns.Verdicts[_next] = verdict;
            decoded.Columns.SchemaIds[_next] = id;
            AvroPlan.Clear(_next, decoded.Target!);
            _names.Set(decoded.Columns, _next, ++_next);
        }

        private readonly Verdict Frame(RawBatch raw, int row, out int id)
        {
            id = -1;
            var length = raw.Lengths[row];
            return length < 0 ? Verdict.Filtered
                : length > decoder._options.MaxRecordBytes ? Verdict.Oversized
                : WireFormat.Read(raw.Bytes.AsSpan(raw.Starts[row], length), out id);
        }
    }
}
