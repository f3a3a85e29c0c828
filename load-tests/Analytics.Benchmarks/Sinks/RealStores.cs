using Analytics.Storage.ClickHouse;
using Analytics.Testing;
using StackExchange.Redis;

namespace Analytics.Benchmarks.Sinks;

/// <summary>ClickHouse's engine behind its port and a Redis server, each in a process of its own, with empty tables.</summary>
internal sealed class RealStores : IAsyncDisposable
{
    /// <summary>The tables that the worker writes.</summary>
    public static readonly IReadOnlyList<TableShape> Written =
        [Tables.Events, Tables.OrderLines, Tables.StockLevels, Tables.Rejected, Tables.Cells, Tables.ProductCells, Tables.Uniques, Tables.SessionCells, Tables.Ledger];

    private readonly ConnectionMultiplexer _administrator;

    private RealStores(ClickHouseServer clickHouse, ClickHouseClient client, RedisServer redis, ConnectionMultiplexer administrator) =>
        (ClickHouse, Client, Redis, _administrator) = (clickHouse, client, redis, administrator);

    /// <summary>The server of the history.</summary>
    public ClickHouseServer ClickHouse { get; }

    /// <summary>A client of it, in the database that holds the tables.</summary>
    public ClickHouseClient Client { get; }

    /// <summary>The server of the live figures.</summary>
    public RedisServer Redis { get; }

    /// <summary>A connection to it that may do everything.</summary>
    public IDatabase Database => _administrator.GetDatabase();

    /// <summary>CPU seconds of ClickHouse so far.</summary>
    public double ClickHouseCpu => ProcessUsage.CpuSecondsOf(ClickHouse.ProcessId);

    /// <summary>CPU seconds of Redis so far, by its own count.</summary>
    public double RedisCpu => Server.Info("cpu").SelectMany(section => section)
        .Where(pair => pair.Key is "used_cpu_sys" or "used_cpu_user")
        .Sum(pair => double.Parse(pair.Value, System.Globalization.CultureInfo.InvariantCulture));

    private IServer Server => _administrator.GetServer(_administrator.GetEndPoints()[0]);

    /// <summary>Starts both.</summary>
    public static async Task<RealStores> StartAsync(string database = "bench")
    {
        var clickHouse = await ClickHouseServer.StartAsync();
        var client = new ClickHouseClient(new ClickHouseOptions { Url = clickHouse.Url, Database = database, TimeoutSeconds = 300 }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
        var redis = await RedisServer.StartAsync();
        return new RealStores(clickHouse, client, redis, await ConnectionMultiplexer.ConnectAsync(redis.Connection + ",allowAdmin=true"));
    }

    /// <summary>Forgets all rows and figures.</summary>
    public async Task ClearAsync()
    {
        foreach (var table in Written)
        {
            await Client.ExecuteAsync($"TRUNCATE TABLE {table.Table}");
        }

        await Server.FlushAllDatabasesAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _administrator.Dispose();
        Client.Dispose();
        await Redis.DisposeAsync();
        await ClickHouse.DisposeAsync();
    }
}
