using Analytics.Testing;
using Dapper;
using Npgsql;

namespace Analytics.Local.Tests.Fixtures;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task Every_test_gets_an_empty_database_of_its_own()
    {
        await using var one = new NpgsqlConnection(await PostgresServer.NewDatabaseAsync());
        await using var other = new NpgsqlConnection(await PostgresServer.NewDatabaseAsync());

        await one.ExecuteAsync("CREATE TABLE things (id integer)");

        Assert.Equal(0, await other.ExecuteScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE tablename = 'things'"));
    }

    [Fact]
    public async Task Data_outlive_an_outage()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync() + ";Pooling=false";
        await using (var before = new NpgsqlConnection(database))
        {
            await before.ExecuteAsync("CREATE TABLE things AS SELECT 7 AS id");
        }

        await server.StopAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => new NpgsqlConnection(database).OpenAsync());
        await server.RestartAsync();

        await using var after = new NpgsqlConnection(database);
        Assert.Equal(7, await after.ExecuteScalarAsync<int>("SELECT id FROM things"));
    }
}
