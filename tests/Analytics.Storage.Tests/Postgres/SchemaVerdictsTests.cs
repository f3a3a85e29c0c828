using Analytics.Core.Chunks;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Storage.Tests.Postgres;

public sealed class SchemaVerdictsTests : IAsyncLifetime
{
    private static readonly ChunkId Chunk = new(ulong.MaxValue, "order-events", 3, 1_048_576);
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync() => _source = await PostgresServer.NewMigratedAsync();

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task The_first_answer_holds_for_the_chunk_and_the_schema_whoever_asks()
    {
        var (one, other) = (new SchemaVerdicts(_source), new SchemaVerdicts(_source));
        Assert.False(await one.SettleAsync(Chunk, 7, isKnown: false, default));
        Assert.False(await other.SettleAsync(Chunk, 7, isKnown: true, default));
        Assert.True(await other.SettleAsync(Chunk with { FirstOffset = 2_097_152 }, 7, isKnown: true, default));
        Assert.True(await one.SettleAsync(Chunk with { FirstOffset = 2_097_152 }, 7, isKnown: false, default));
        Assert.True(await one.SettleAsync(Chunk with { Epoch = 1 }, 7, isKnown: true, default));
        Assert.True(await one.SettleAsync(Chunk, 8, isKnown: true, default));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_all_hear_the_same()
    {
        var asked = Enumerable.Range(0, 16).Select(i => new SchemaVerdicts(_source).SettleAsync(Chunk, 7, i % 2 == 0, default));
        Assert.Single((await Task.WhenAll(asked)).Distinct());
    }

    [Fact]
    public async Task Rows_of_chunks_that_nobody_counts_any_more_are_taken_away()
    {
        Assert.False(await new SchemaVerdicts(_source).SettleAsync(Chunk, 7, isKnown: false, default));
        await using var age = _source.CreateCommand("UPDATE schema_verdicts SET recorded_at = now() - interval '91 days'");
        await age.ExecuteNonQueryAsync();
        Assert.True(await new SchemaVerdicts(_source).SettleAsync(Chunk, 7, isKnown: true, default));
    }
}
