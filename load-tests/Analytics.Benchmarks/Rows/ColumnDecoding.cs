using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Avro;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.Registry;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;

namespace Analytics.Benchmarks.Rows;

/// <summary>Our side of Avro → columns: every field of every record into the worker's columns, in batches, on one thread.</summary>
internal sealed class ColumnDecoding : IContender
{
    private const int BatchSize = 4_096;

    // One pass takes a few hundredths of a second: too short beside the reference's second, any other work of the machine would fall on one side only.
    private const int Passes = 10;
    private static readonly TopicLayout Layout = TopicLayout.Of(Topics.Clickstream);

    private readonly Clickstream _clickstream;
    private readonly AvroPlan _plan;
    private readonly DecodedBatch _batch = new(Layout);
    private readonly RawBatch _raw = new();
    private readonly int[] _starts;
    private readonly int[] _lengths;

    /// <summary>Compiles the plan of the topic's schema read as itself.</summary>
    public ColumnDecoding(Clickstream clickstream)
    {
        _clickstream = clickstream;
        _starts = [.. Enumerable.Range(0, clickstream.Count).Select(clickstream.StartOf)];
        _lengths = [.. Enumerable.Range(0, clickstream.Count).Select(clickstream.LengthOf)];
        var schema = EventSchemas.Of(Topics.Clickstream);
        _plan = AvroPlan.TryCompile(schema, schema, Layout.Bindings, out var reasons)
            ?? throw new InvalidOperationException("the topic's schema does not read itself: " + string.Join("; ", reasons));
    }

    /// <inheritdoc/>
    public Task<string> FingerprintAsync()
    {
        long count = 0, tenants = 0, users = 0, names = 0, countries = 0, products = 0;
        Int128 created = 0;
        DecodeAll((columns, words, rows) =>
        {
            count += rows;
            for (var row = 0; row < rows; row++)
            {
                tenants += columns.Tenant.Values[row];
                created += columns.Created.Values[row];
                users += columns.User.Length[row];
                names += words[columns.Name.Ids[row]].Length;
                countries += columns.Country.Ids[row] == 0 ? 0 : 1;
                products += words[columns.Product.Ids[row]].Length;
            }
        });
        return Task.FromResult($"{count} {tenants} {created} {users} {names} {countries} {products}");
    }

    /// <inheritdoc/>
    public Task<Timing> RunAsync()
    {
        var stretch = Stretch.Start();
        for (var pass = 0; pass < Passes; pass++)
        {
            DecodeAll(null);
        }

        return Task.FromResult(stretch.End() / Passes);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void DecodeAll(Action<EventColumns, Words, int>? look)
    {
        var chunk = new Chunk(new ChunkId(1, Topics.Clickstream, 0, 0), Clickstream.Start, 1, CancellationToken.None);
        for (var first = 0; first < _clickstream.Count; first += BatchSize)
        {
            var rows = Math.Min(BatchSize, _clickstream.Count - first);
            _raw.Chunk = chunk;
            _raw.Count = rows;
            _batch.Begin(_raw);
            var records = new FramedRecords
            {
                Bytes = _clickstream.Bytes,
                Starts = _starts.AsSpan(first, rows),
                Lengths = _lengths.AsSpan(first, rows),
                Verdicts = _batch.Columns.Verdicts.AsSpan(0, rows),
            };
            var read = _plan.Read(records, Clickstream.SchemaId, 0, _batch.Target!);
            if (read != rows || records.Verdicts.ContainsAnyExcept(Verdict.Accepted))
            {
                throw new InvalidOperationException($"of the {rows} records from {first} on, {read} were read, and not all were accepted");
            }

            look?.Invoke(_batch.Columns, chunk.Words, rows);
        }
    }
}
