using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>What the ledger and the rejected inbox say of a range.</summary>
/// <param name="DuplicateShare">Resent records among those of the chunks that hold events of the range, of all tenants together; null without such a chunk.</param>
/// <param name="Revision">Chunks that began after the range had ended and brought events of it, or of the time before: how often late events may have changed its figures.</param>
/// <param name="RevisedAt">When the last of them began; null without any.</param>
/// <param name="Rejected">By tenant the records that came in the range and were rejected, as far back as they are kept.</param>
/// <param name="HasAll">Whether a tenant that is not among these has none.</param>
public sealed record RangeRecord(double? DuplicateShare, long Revision, DateTimeOffset? RevisedAt, IReadOnlyDictionary<ulong, long> Rejected, bool HasAll)
{
    /// <summary>The tenant's rejected records; null where so many tenants have some that this one's were not asked for.</summary>
    public long? RejectedOf(long tenant) => Rejected.TryGetValue((ulong)tenant, out var count) ? count : HasAll ? 0 : null;
}

/// <summary>Asks for them, for all tenants at once, as many ask about the same range. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
/// <remarks>A chunk counts for all tenants of its partition, so what is resent is told as a share: a sum would tell one tenant how much the others send.</remarks>
public sealed class RangeRecords(ClickHouseClient client)
{
    // Some 300 KB of memory for each range that is asked about.
    private const int MostTenants = 10_000;

    // Rows of tenants, and one of the ledger, whose tenant is 0: that of records in which none could be read.
    private const string Sql =
        """
        SELECT 0, sum(read), sum(duplicate), countIf(kafka_time >= {end:DateTime('UTC')}), toUnixTimestamp64Milli(max(kafka_time))
        FROM ledger FINAL WHERE min_event_time < {end:DateTime('UTC')} AND max_event_time >= {start:DateTime('UTC')}
        UNION ALL
        SELECT * FROM
        (
            SELECT tenant, toInt64(count()), toInt64(0), 0, toInt64(0) FROM rejected FINAL
            WHERE tenant != 0 AND kafka_time >= {start:DateTime('UTC')} AND kafka_time < {end:DateTime('UTC')}
            GROUP BY tenant ORDER BY count() DESC, tenant LIMIT {most:UInt32}
        )
        """;

    /// <summary>The record of a range that has elapsed, or of the elapsed part of one.</summary>
    public async Task<RangeRecord> OfAsync(TimeRange range, CancellationToken cancel)
    {
        var parameters = new Dictionary<string, object?>
        {
            ["start"] = FigureScope.WholeSecond(range.Start),
            ["end"] = FigureScope.WholeSecond(range.End),
            ["most"] = MostTenants,
        };
        var rows = await client.QueryAsync(
            Sql,
            row => (Tenant: row[0].GetUInt64(), Read: row[1].GetInt64(), Duplicate: row[2].GetInt64(), Late: row[3].GetInt64(), Last: row[4].GetInt64()),
            parameters, FigureScope.Settings, cancel).ConfigureAwait(false);
        var found = rows.Find(row => row.Tenant == 0);
        var rejected = rows.Where(row => row.Tenant != 0).ToDictionary(row => row.Tenant, row => row.Read);
        return new(
            found.Read == 0 ? null : (double)found.Duplicate / found.Read,
            found.Late,
            found.Late == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(found.Last),
            rejected,
            rejected.Count < MostTenants);
    }
}
