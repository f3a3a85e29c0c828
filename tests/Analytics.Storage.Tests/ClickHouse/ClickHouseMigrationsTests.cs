using System.Text;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class ClickHouseMigrationsTests : IAsyncLifetime
{
    private ClickHouseClient _client = null!;
    private ClickHouseMigrations _migrations = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _client = new(new() { Url = server.Url, Database = "migrated_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        _migrations = new(_client, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _client.ExecuteOutsideAsync($"DROP DATABASE IF EXISTS {_client.Database}", default);
        _client.Dispose();
    }

    [Fact]
    public async Task All_files_of_this_build_are_applied_once()
    {
        var files = ClickHouseMigrations.Embedded().Keys;
        Assert.Contains("0001_counting.sql", files);
        Assert.Equal(files, await _migrations.ApplyAsync());
        Assert.Empty(await _migrations.ApplyAsync());
        var tables = await _client.QueryAsync("SELECT name FROM system.tables WHERE database = currentDatabase()", row => row[0].GetString()!);
        string[] expected = ["cells", "product_cells", "uniques", "events", "order_lines", "stock_levels", "ledger", "rejected", "chunk_sizes", "migrations"];
        Assert.Empty(expected.Except(tables));
    }

    [Fact]
    public async Task Processes_that_start_together_both_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _migrations.ApplyAsync()));
        Assert.Equal([ClickHouseMigrations.Embedded().Count], await _client.QueryAsync("SELECT count() FROM migrations FINAL", row => row[0].GetInt32()));
    }

    [Fact]
    public async Task A_file_that_changed_after_it_was_applied_is_refused_before_anything_is_done()
    {
        await _migrations.ApplyAsync(Files(("0001_a.sql", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory")), default);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _migrations.ApplyAsync(
            Files(("0001_a.sql", "CREATE TABLE IF NOT EXISTS a (x Int16) ENGINE = Memory"), ("0000_b.sql", "CREATE TABLE b (x Int8) ENGINE = Memory")), default));
        Assert.StartsWith("schemas/clickhouse/0001_a.sql has changed", error.Message, StringComparison.Ordinal);
        Assert.Equal([0], await _client.QueryAsync("SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'b'", row => row[0].GetInt32()));
    }

    [Fact]
    public async Task A_file_that_failed_in_the_middle_is_applied_again()
    {
        var broken = Files(("0001_a.sql", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory; CREATE TABLE nonsense"));
        await Assert.ThrowsAsync<ClickHouseException>(() => _migrations.ApplyAsync(broken, default));
        var mended = Files(("0001_a.sql", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory; CREATE TABLE IF NOT EXISTS b (x Int8) ENGINE = Memory;"));
        Assert.Equal(["0001_a.sql"], await _migrations.ApplyAsync(mended, default));
    }

    [Theory]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("SELECT 1;\n\nSELECT 2;\n-- done;\n", "SELECT 1|SELECT 2")]
    [InlineData("-- first; comment\nSELECT ';' AS a /* ; */;;SELECT `b;c`", "SELECT ';' AS a /* ; */|SELECT `b;c`")]
    [InlineData(" \n-- nothing\n", "")]
    public void Statements_end_at_semicolons_outside_of_quotes_and_comments(string sql, string expected) =>
        Assert.Equal(expected, string.Join('|', ClickHouseMigrations.Split(Encoding.UTF8.GetBytes(sql))));

    private static SortedDictionary<string, byte[]> Files(params (string Name, string Sql)[] files)
    {
        var sorted = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, sql) in files)
        {
            sorted[name] = Encoding.UTF8.GetBytes(sql);
        }

        return sorted;
    }
}
