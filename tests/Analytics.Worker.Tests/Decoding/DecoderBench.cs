using Analytics.Core.Avro;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Worker.Tests.Decoding;

/// <summary>A decoder with a registry that knows our schemas: clickstream 1, orders 2, inventory 3.</summary>
internal sealed class DecoderBench : IDisposable
{
    public const string Clicks = "clickstream-events";
    public const string Orders = "order-events";
    public const string Stock = "inventory-events";

    private readonly SchemaRegistryClient _client;
    private readonly DecodingOptions _options;

    public DecoderBench(int maxRecordBytes = 4096)
    {
        Registry.Add(1, EventSchemas.TextOf(Clicks));
        Registry.Add(2, EventSchemas.TextOf(Orders));
        Registry.Add(3, EventSchemas.TextOf(Stock));
        _client = new SchemaRegistryClient(new SchemaRegistryOptions { Url = Registry.Url, TimeoutSeconds = 2 });
        _options = new DecodingOptions { MaxRecordBytes = maxRecordBytes, RegistryRetryMilliseconds = 200 };
        Decoder = Another(null);
    }

    public ScriptedRegistry Registry { get; } = new();

    public AvroDecoder Decoder { get; }

    /// <summary>The decoder of another worker, which has met no schema yet.</summary>
    public AvroDecoder Another(ISchemaVerdicts? verdicts) => new(_client, _options, TimeProvider.System, NullLogger<AvroDecoder>.Instance, verdicts);

    public void Dispose()
    {
        _client.Dispose();
        Registry.Dispose();
    }

    public static Chunk Chunk(string topic, CancellationToken lost = default) => new(new ChunkId(1, topic, 0, 0), 0, 1, lost);

    public static RawBatch Batch(Chunk chunk, params byte[]?[] records)
    {
        var batch = new RawBatch();
        batch.Begin(chunk, warmUp: false);
        for (var i = 0; i < records.Length; i++)
        {
            batch.Add(i, 1_790_000_000_000, records[i] ?? [], records[i] is null);
        }

        return batch;
    }

    public static byte[] Record(int schemaId, ProducedEvent produced)
    {
        var writer = new AvroWriter();
        WireFormat.Begin(writer, schemaId);
        EventEncoding.Write(writer, produced);
        return writer.Written.ToArray();
    }

    public static byte[] Framed(int schemaId, params byte[] record) => [0, 0, 0, 0, (byte)schemaId, .. record];

    public async Task<DecodedBatch> DecodeAsync(Chunk chunk, params byte[]?[] records) =>
        await Decoder.ApplyAsync(Batch(chunk, records), CancellationToken.None);

    public static string Word(DecodedBatch batch, WordColumn column, int row) =>
        System.Text.Encoding.UTF8.GetString(batch.Raw.Chunk.Words[column.Ids[row]]);

    public static string? Text(DecodedBatch batch, SpanColumn column, int row) =>
        column.Length[row] < 0 ? null : System.Text.Encoding.UTF8.GetString(column.Of(row, batch.Raw.Bytes));
}
