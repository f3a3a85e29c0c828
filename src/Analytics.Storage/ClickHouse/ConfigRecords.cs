using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>A config version as the workers know it of each other.</summary>
/// <param name="Version">Its number.</param>
/// <param name="ActivatesAt">Kafka timestamp from which on chunks count by it, Unix milliseconds.</param>
/// <param name="Sha256">Hash of its content.</param>
public sealed record ConfigRecord(uint Version, long ActivatesAt, string Sha256);

/// <summary>The config versions that some worker has loaded. Any thread; failures are <see cref="ClickHouseException"/>.</summary>
public sealed class ConfigRecords(ClickHouseClient clickHouse)
{
    /// <summary>Every version, as it was recorded first, in order of its number.</summary>
    public Task<List<ConfigRecord>> AllAsync(CancellationToken cancel = default) => clickHouse.QueryAsync(
        "SELECT version, toUnixTimestamp64Milli(first.2), first.3 FROM "
            + "(SELECT version, min((recorded_at, activates_at, sha256)) AS first FROM configs GROUP BY version) ORDER BY version",
        (JsonElement row) => new ConfigRecord(row[0].GetUInt32(), row[1].GetInt64(), row[2].GetString()!), cancel: cancel);

    /// <summary>Whether a chunk has been counted by anything yet.</summary>
    public async Task<bool> HasChunksAsync(CancellationToken cancel = default) =>
        (await clickHouse.QueryAsync("SELECT count() FROM (SELECT 1 FROM ledger LIMIT 1)", row => row[0].GetInt64(), cancel: cancel).ConfigureAwait(false)) is [> 0];

    /// <summary>Records a version. Another worker may do so at the same time: the first row holds.</summary>
    public Task RecordAsync(ConfigRecord config, CancellationToken cancel = default) => clickHouse.ExecuteAsync(
        "INSERT INTO configs (version, activates_at, sha256, recorded_at) SELECT {version:UInt32}, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {hash:String}, now64(3)",
        new Dictionary<string, object?> { ["version"] = config.Version, ["at"] = config.ActivatesAt, ["hash"] = config.Sha256 }, cancel: cancel);
}
