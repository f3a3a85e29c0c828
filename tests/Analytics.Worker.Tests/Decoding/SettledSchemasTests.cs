using System.Collections.Concurrent;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Npgsql;

namespace Analytics.Worker.Tests.Decoding;

/// <summary>Several decoders, as of several workers, over one registry and one place where answers are settled.</summary>
public sealed class SettledSchemasTests : IDisposable
{
    private static readonly ClickstreamEvent Click = new()
    {
        EventId = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        TenantId = 4,
        Name = "page_view",
        UserId = "u1",
        CreatedAt = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero),
    };

    private readonly DecoderBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_schema_that_is_registered_later_stays_unknown_for_the_chunk_whoever_counts_it_again()
    {
        var (chunk, verdicts) = (DecoderBench.Chunk(DecoderBench.Clicks), new MadeVerdicts());
        byte[] record = [0, 0, 0, 0, 50, .. DecoderBench.Record(1, Click)[5..]];
        Assert.Equal(Verdict.UnknownSchema, await VerdictAsync(_bench.Another(verdicts), chunk, record));
        _bench.Registry.Add(50, EventSchemas.TextOf(DecoderBench.Clicks));

        Assert.Equal(Verdict.UnknownSchema, await VerdictAsync(_bench.Another(verdicts), DecoderBench.Chunk(DecoderBench.Clicks), record));
        var later = new Chunk(chunk.Id with { FirstOffset = 100 }, 0, 1, default);
        Assert.Equal(Verdict.Accepted, await VerdictAsync(_bench.Another(verdicts), later, record));
    }

    [Fact]
    public async Task A_chunk_that_was_read_by_a_schema_waits_until_the_registry_gives_it_to_everyone()
    {
        var (chunk, verdicts) = (DecoderBench.Chunk(DecoderBench.Clicks), new MadeVerdicts());
        byte[] record = [0, 0, 0, 0, 50, .. DecoderBench.Record(1, Click)[5..]];
        Assert.True(await verdicts.SettleAsync(chunk.Id, 50, isKnown: true, default));
        var reading = VerdictAsync(_bench.Another(verdicts), chunk, record);
        await Eventually.HoldsAsync("it was asked for again", () => _bench.Registry.Asked.Count(one => one == "GET /schemas/ids/50") > 1);
        Assert.False(reading.IsCompleted);
        _bench.Registry.Add(50, EventSchemas.TextOf(DecoderBench.Clicks));
        Assert.Equal(Verdict.Accepted, await reading);
    }

    [Fact]
    public async Task While_nothing_can_be_settled_records_of_a_schema_that_was_just_learned_wait_and_long_known_ones_flow()
    {
        var (verdicts, record) = (new MadeVerdicts { IsAway = true }, DecoderBench.Record(1, Click));
        var decoder = _bench.Another(verdicts);
        var reading = VerdictAsync(decoder, DecoderBench.Chunk(DecoderBench.Clicks), record);
        await Eventually.HoldsAsync("it was tried again", () => verdicts.Asked > 1);
        Assert.False(reading.IsCompleted);
        var inAnHour = new Chunk(new(1, DecoderBench.Clicks, 0, 500), TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(), 1, default);
        Assert.Equal(Verdict.Accepted, await VerdictAsync(decoder, inAnHour, record));
        verdicts.IsAway = false;
        Assert.Equal(Verdict.Accepted, await reading);
    }

    [Fact]
    public async Task A_chunk_that_had_to_be_asked_for_is_forgotten_once_nobody_counts_it_any_more()
    {
        var decoder = _bench.Another(new MadeVerdicts());
        var chunk = await OpenAsync(decoder);
        await Eventually.HoldsAsync("the chunk, and the words of its records, are gone", () =>
        {
            GC.Collect();
            return !chunk.IsAlive;
        });
        GC.KeepAlive(decoder);
    }

    private static async Task<WeakReference> OpenAsync(AvroDecoder decoder)
    {
        var chunk = DecoderBench.Chunk(DecoderBench.Clicks);
        Assert.False(decoder.IsOpen(chunk, 1, isWarmUp: false));
        await Eventually.HoldsAsync("its schema is settled", () => decoder.IsOpen(chunk, 1, isWarmUp: false));
        return new(chunk);
    }

    private static async Task<Verdict> VerdictAsync(AvroDecoder decoder, Chunk chunk, byte[] record) =>
        (await decoder.ApplyAsync(DecoderBench.Batch(chunk, record), CancellationToken.None)).Columns.Verdicts[0];

    /// <summary>Verdicts in memory, shared by the workers of a test.</summary>
    private sealed class MadeVerdicts : ISchemaVerdicts
    {
        private readonly ConcurrentDictionary<(ChunkId, int), bool> _settled = new();
        private int _asked;

        public bool IsAway { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public Task<bool> SettleAsync(ChunkId chunk, int schema, bool isKnown, CancellationToken cancel)
        {
            Interlocked.Increment(ref _asked);
            return IsAway ? throw new NpgsqlException("PostgreSQL is away.") : Task.FromResult(_settled.GetOrAdd((chunk, schema), isKnown));
        }
    }
}
