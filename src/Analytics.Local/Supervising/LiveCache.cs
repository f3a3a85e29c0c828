using StackExchange.Redis;

namespace Analytics.Local.Supervising;

/// <summary>Keeps Redis's figures true over the end of the broker's log, which is in memory.</summary>
/// <remarks>
/// Redis has a record's count before ClickHouse has it. Whoever sends a record again after the log was lost is a duplicate for what ClickHouse knows, and
/// new for what it does not: such a record would stand in Redis twice. So Redis's folder outlives a stop only when all records were counted.
/// </remarks>
internal sealed class LiveCache(StackSettings settings)
{
    private string Folder => settings.PathOf("redis");

    private string Mark => settings.PathOf("drained");

    /// <summary>Makes the folder, empty unless the last stop counted everything. True when that took figures away.</summary>
    public bool PrepareFolder()
    {
        var isEmptied = Directory.Exists(Folder) && !File.Exists(Mark);
        if (isEmptied)
        {
            Directory.Delete(Folder, recursive: true);
        }

        File.Delete(Mark);
        Directory.CreateDirectory(Folder);
        return isEmptied;
    }

    /// <summary>Everything that Redis knows ClickHouse knows as well, and nothing is added any more.</summary>
    public void NoteDrained() => File.WriteAllText(Mark, "");

    /// <summary>Takes away everything that Redis holds: figures of records that are lost with the log among it. Workers rebuild it from ClickHouse.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    public async Task ForgetAsync()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(settings.Redis + ",allowAdmin=true");
        await Task.WhenAll(redis.GetEndPoints().Select(server => redis.GetServer(server).FlushAllDatabasesAsync()));
    }
}
