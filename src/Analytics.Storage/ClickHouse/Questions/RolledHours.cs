using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which hours can be read from the sums of hours: those that a run wrote and that the ledger has not touched since. Asked for at most every few seconds.</summary>
/// <remarks>
/// A chunk that has counted more since a run began makes every hour from its earliest event on dirty: more than need be, never fewer. So an event that comes late is
/// read from the minutes at once, and from the hours when the next run has rewritten them. Any thread.
/// </remarks>
public sealed class RolledHours(ClickHouseClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    // The latest runs; what is not among them is read from the minutes.
    private const string Runs =
        """
        SELECT toUnixTimestamp(starts), toUnixTimestamp(ends), min(dirty) FROM
        (
            SELECT starts, ends, if(last_offset > if(mapContains(covered, part), covered[part], -1), assumeNotNull(first_event), 4294967295) AS dirty
            FROM (SELECT * FROM rollups FINAL ORDER BY ver DESC LIMIT 200) AS runs
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
    private IReadOnlyList<TimeRange> _hours = [];
    private DateTimeOffset _askedAt;

    /// <summary>The hours, as ranges that do not touch, in order.</summary>
    public async Task<IReadOnlyList<TimeRange>> AllAsync(CancellationToken cancel)
    {
        await _asking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (now >= _askedAt + Kept)
            {
                _hours = Joined(await client.QueryAsync(
                    Runs, row => Clean(row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt64()), cancel: cancel).ConfigureAwait(false));
                _askedAt = now;
            }

            return _hours;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Those of some hours that lie in a range, cut at whole hours.</summary>
    public static IReadOnlyList<TimeRange> Within(IReadOnlyList<TimeRange> hours, TimeRange range)
    {
        var first = new DateTimeOffset((range.Start.UtcTicks + TimeSpan.TicksPerHour - 1) / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        var last = new DateTimeOffset(range.End.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        return [.. hours.Select(some => new TimeRange(some.Start > first ? some.Start : first, some.End < last ? some.End : last)).Where(some => some.Length > TimeSpan.Zero)];
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private static TimeRange Clean(long start, long end, long dirty) => new(
        DateTimeOffset.FromUnixTimeSeconds(start), DateTimeOffset.FromUnixTimeSeconds(Math.Max(start, Math.Min(end, dirty / 3_600 * 3_600))));

    private static List<TimeRange> Joined(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.Where(range => range.Length > TimeSpan.Zero).OrderBy(range => range.Start))
        {
            if (joined.Count > 0 && range.Start <= joined[^1].End)
            {
                joined[^1] = new(joined[^1].Start, range.End > joined[^1].End ? range.End : joined[^1].End);
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
