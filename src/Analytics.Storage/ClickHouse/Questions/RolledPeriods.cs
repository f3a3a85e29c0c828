using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which hours and days can be read from their sums: those that a run wrote and that the ledger has not touched since. Asked for at most every few seconds.</summary>
/// <remarks>
/// A chunk that has counted more since a run began makes everything from its earliest event on dirty: more than need be, never less. So an event that comes late is
/// read from the minutes at once, and from the sums when the next run has rewritten them. A run writes the days that lie in it as a whole: a day that two runs share
/// has hours and no day. Any thread.
/// </remarks>
public sealed class RolledPeriods(ClickHouseClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

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

    private readonly SemaphoreSlim _asking = new(1, 1);
    private Rolled _rolled = Rolled.None;
    private DateTimeOffset _askedAt;

    /// <summary>What may be read.</summary>
    public async Task<Rolled> AllAsync(CancellationToken cancel)
    {
        await _asking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (now >= _askedAt + Kept)
            {
                var clean = await client.QueryAsync(Runs, row => Clean(row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt64()), cancel: cancel).ConfigureAwait(false);
                _rolled = new(Cover.Joined(clean), Cover.Joined(clean.Select(run => run.Inner(TimeSpan.FromDays(1)))));
                _askedAt = now;
            }

            return _rolled;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    // Up to the hour in which the earliest event lies that came since.
    private static TimeRange Clean(long start, long end, long dirty) => new(
        DateTimeOffset.FromUnixTimeSeconds(start), DateTimeOffset.FromUnixTimeSeconds(Math.Max(start, Math.Min(end, dirty / 3_600 * 3_600))));
}
