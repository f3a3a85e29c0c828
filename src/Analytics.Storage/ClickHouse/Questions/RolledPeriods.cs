using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which hours and days can be read from their sums: those that a run wrote and that the ledger has not touched since. As it was some seconds ago.</summary>
/// <remarks>
/// A chunk that has counted more since a run began makes everything from its earliest event on dirty: more than need be, never less. So an event that comes late is
/// read from the minutes within seconds, and from the sums when the next run has rewritten them. A run writes the days that lie in it as a whole: a day that two runs share
/// has hours and no day. Any thread.
/// </remarks>
public sealed class RolledPeriods
{
    // A run that goes on from the one before it reaches back to 1971 and holds all that earlier ones do: it and what was repaired since are enough, as a rule one row to hold the
    // ledger against. What is not among them is read from the minutes.
    private const string Runs =
        """
        SELECT toUnixTimestamp(starts), toUnixTimestamp(ends), min(dirty) FROM
        (
            SELECT starts, ends, if(last_offset > if(mapContains(covered, part), covered[part], -1), assumeNotNull(first_event), 4294967295) AS dirty
            FROM
            (
                SELECT * FROM rollups FINAL WHERE ver >= (SELECT max(ver) FROM rollups WHERE starts = toDateTime('1971-01-01 00:00:00', 'UTC')) ORDER BY ver DESC LIMIT 20
            ) AS runs
            CROSS JOIN
            (
                SELECT '' AS part, toInt64(-2) AS last_offset, toNullable(toUInt32(0)) AS first_event
                UNION ALL
                SELECT concat(topic, '/', toString(epoch), '/', toString(kafka_partition)), last_offset, toNullable(toUnixTimestamp(assumeNotNull(min_event_time)))
                FROM ledger FINAL WHERE min_event_time IS NOT NULL
            ) AS chunks
        )
        GROUP BY starts, ends
        """;

    private readonly ClickHouseClient _client;
    private readonly Revalidated<Rolled> _rolled;

    /// <summary>What a store has.</summary>
    public RolledPeriods(ClickHouseClient client, TimeProvider time)
    {
        _client = client;
        _rolled = new(AskAsync, fresh: TimeSpan.FromSeconds(5), stale: TimeSpan.FromSeconds(10), time);
    }

    /// <summary>What may be read.</summary>
    public Task<Rolled> AllAsync(CancellationToken cancel) => _rolled.GetAsync(cancel);

    private async Task<Rolled> AskAsync()
    {
        var clean = await _client.QueryAsync(Runs, row => Clean(row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt64())).ConfigureAwait(false);
        return new(Cover.Joined(clean), Cover.Joined(clean.Select(run => run.Inner(TimeSpan.FromDays(1)))));
    }

    // Up to the hour in which the earliest event lies that came since.
    private static TimeRange Clean(long start, long end, long dirty) => new(
        DateTimeOffset.FromUnixTimeSeconds(start), DateTimeOffset.FromUnixTimeSeconds(Math.Max(start, Math.Min(end, dirty / 3_600 * 3_600))));
}
