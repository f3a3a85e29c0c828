using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Storage.Tests.Postgres;

public sealed class PostgresMigrationsTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync() => _source = NpgsqlDataSource.Create(await PostgresServer.NewDatabaseAsync());

    [Fact]
    public async Task Every_file_is_applied_once_in_order()
    {
        var first = await PostgresMigrations.ApplyAsync(_source);
        var second = await PostgresMigrations.ApplyAsync(_source);

        Assert.Equal(["0001_tenants.sql", "0002_registry.sql"], first.Take(2));
        Assert.Empty(second);
    }

    [Fact]
    public async Task Processes_that_start_together_do_not_meet()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostgresMigrations.ApplyAsync(_source)));

        Assert.Single(applied, files => files.Count > 0);
    }

    [Fact]
    public async Task A_file_that_changed_after_it_was_applied_is_refused()
    {
        await PostgresMigrations.ApplyAsync(_source);
        await using var command = _source.CreateCommand("UPDATE schema_migrations SET sha256 = sha256('older'::bytea) WHERE file = '0001_tenants.sql'");
        await command.ExecuteNonQueryAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresMigrations.ApplyAsync(_source));

        Assert.Contains("0001_tenants.sql is not the file", error.Message, StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();
}
