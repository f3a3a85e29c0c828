using Analytics.Core.Events;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>What a run did.</summary>
/// <param name="Range">What can be read from its sums since: all of it, not only what was rewritten.</param>
/// <param name="Days">Days of UTC that were rewritten, whole or as far as they have elapsed.</param>
public sealed record RolledUp(TimeRange Range, int Days);

/// <summary>Rewrites the sums of hours and days from the minutes, absolutely: again and again, by several at once, for the same hours, with the same outcome.</summary>
/// <remarks>
/// First the ledger is asked how far the minutes are whole, then the minutes are read, then the run is written down: what a run names holds at least what the run says it
/// covers. A row's version is the time at which its run began, so the later truth wins, be it more or less; where some of an hour's minutes may have expired, the
/// rewrite takes nothing away. A run goes on from the one before it: it rewrites the days that have elapsed since and those of which a chunk has written minutes since. What the
/// ledger counts later makes dirty what it touches (<see cref="Questions.RolledPeriods"/>). Any thread; <see cref="ClickHouseUnavailableException"/> passes.
/// </remarks>
public sealed class RollUp(ClickHouseClient client, TimeProvider time)
{
    // Rows of minutes that one statement groups: some hundreds of megabytes at most.
    private const long BatchRows = 2_000_000;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["do_not_merge_across_partitions_select_final"] = "1",
        ["max_partitions_per_insert_block"] = "1000",
    };

    /// <summary>Rewrites what has changed since the last run, up to the last whole hour; null where there are no minutes.</summary>
    /// <param name="isWhole">Rewrites everything that has minutes.</param>
    /// <param name="cancel">Gives up; what was written counts for nothing until a run is whole.</param>
    public async Task<RolledUp?> RunAsync(bool isWhole, CancellationToken cancel)
    {
        var (ver, covered) = await BeginAsync(cancel).ConfigureAwait(false);
        var end = TimeRange.Down(time.GetUtcNow(), Hour);
        var last = isWhole ? null : await LastAsync(cancel).ConfigureAwait(false);
        // Everything where there is none. A run of before the clock was set back ends later than now.
        var known = last is { } run ? new TimeRange(run.Start, run.End < end ? run.End : end) : new(end, end);
        // The days at both of its ends have no sum of their own yet, unless it holds them as a whole.
        var days = await DaysAsync(RollUpSql.Changed, last?.Covered ?? [], known.Inner(Day), end, cancel).ConfigureAwait(false);
        if (last is null && days.Count == 0)
        {
            return null;
        }

        // From the beginning of time: where there are no minutes, the sums are those of nothing.
        var range = new TimeRange(TimeRange.Down(EventLimits.Earliest, Day), end);
        await RewriteAsync(range, days, ver, cancel).ConfigureAwait(false);
        await EndAsync(range, ver, covered, cancel).ConfigureAwait(false);
        return new(range, days.Count);
    }

    /// <summary>Rewrites the hours of a range, and the days that lie in it as a whole.</summary>
    /// <param name="range">Whole hours of UTC.</param>
    /// <param name="cancel">Gives up; what was written counts for nothing until a run is whole.</param>
    /// <exception cref="ArgumentException">The range is not made of whole hours.</exception>
    public async Task<RolledUp> RunAsync(TimeRange range, CancellationToken cancel)
    {
        if (range.Inner(Hour) != range || range.Length <= TimeSpan.Zero)
        {
            throw new ArgumentException($"Expected a range of whole hours of UTC; found {range.Start:O} to {range.End:O}.", nameof(range));
        }

        var (ver, covered) = await BeginAsync(cancel).ConfigureAwait(false);
        var days = await DaysAsync(RollUpSql.Within, [], range, range.End, cancel).ConfigureAwait(false);
        await RewriteAsync(range, days, ver, cancel).ConfigureAwait(false);
        await EndAsync(range, ver, covered, cancel).ConfigureAwait(false);
        return new(range, days.Count);
    }

    // The version before any minute is read, and above every other's, whatever the clock says.
    private async Task<(long Ver, List<(string Part, long Offset)> Covered)> BeginAsync(CancellationToken cancel)
    {
        var latest = await client.QueryAsync(RollUpSql.LastVersion, row => row[0].GetInt64(), cancel: cancel).ConfigureAwait(false);
        var covered = await client.QueryAsync(RollUpSql.Covered, row => (row[0].GetString()!, row[1].GetInt64()), cancel: cancel).ConfigureAwait(false);
        return (Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), latest[0] + 1), covered);
    }

    // Of all runs the one that reaches back furthest: the others only repaired parts of it.
    private async Task<(DateTimeOffset Start, DateTimeOffset End, Dictionary<string, long> Covered)?> LastAsync(CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            RollUpSql.LastRun,
            row => (
                DateTimeOffset.FromUnixTimeSeconds(row[0].GetInt64()), DateTimeOffset.FromUnixTimeSeconds(row[1].GetInt64()),
                row[2].EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetInt64(), StringComparer.Ordinal)),
            cancel: cancel).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    private Task<List<DirtyDay>> DaysAsync(string sql, IEnumerable<KeyValuePair<string, long>> covered, TimeRange range, DateTimeOffset end, CancellationToken cancel)
    {
        var parts = covered.ToList();
        return client.QueryAsync(
            sql,
            row => new DirtyDay(DateTimeOffset.FromUnixTimeSeconds(row[0].GetInt64()), row[1].GetInt64()),
            new Dictionary<string, object?>
            {
                // Cells name a log by its epoch alone, which belongs to one topic.
                ["parts"] = parts.Select(part => part.Key[(part.Key.IndexOf('/', StringComparison.Ordinal) + 1)..]).ToArray(),
                ["offsets"] = parts.Select(part => part.Value).ToArray(),
                ["start"] = range.Start,
                ["done"] = range.End,
                ["end"] = end,
            },
            cancel: cancel);
    }

    private async Task RewriteAsync(TimeRange range, List<DirtyDay> dirty, long ver, CancellationToken cancel)
    {
        foreach (var batch in Batches(dirty))
        {
            var parameters = new Dictionary<string, object?>
            {
                ["start"] = range.Start > batch[0] ? range.Start : batch[0],
                ["end"] = range.End < batch[^1] + Day ? range.End : batch[^1] + Day,
                ["days"] = batch,
                ["ver"] = ver,
                // A day early, for a clock of ClickHouse that is ahead of ours.
                ["expired"] = TimeRange.Down(time.GetUtcNow(), TimeSpan.FromSeconds(1)) + Day,
            };
            await client.ExecuteAsync(RollUpSql.Hours, parameters, Settings, cancel).ConfigureAwait(false);
            await client.ExecuteAsync(RollUpSql.HourUsers, parameters, Settings, cancel).ConfigureAwait(false);
            // Days of their hours, which are whole now: what has been kept of expired minutes is in them.
            if (batch.Where(day => day >= range.Start && day + Day <= range.End).ToArray() is not { Length: > 0 } days)
            {
                continue;
            }

            parameters["days"] = days;
            await client.ExecuteAsync(RollUpSql.Days, parameters, Settings, cancel).ConfigureAwait(false);
            await client.ExecuteAsync(RollUpSql.DayUsers, parameters, Settings, cancel).ConfigureAwait(false);
        }
    }

    private Task<ClickHouseSummary> EndAsync(TimeRange range, long ver, List<(string Part, long Offset)> covered, CancellationToken cancel) => client.ExecuteAsync(
        RollUpSql.Run,
        new Dictionary<string, object?>
        {
            ["start"] = range.Start,
            ["end"] = range.End,
            ["ver"] = ver,
            ["parts"] = covered.Select(part => part.Part).ToArray(),
            ["offsets"] = covered.Select(part => part.Offset).ToArray(),
        },
        cancel: cancel);

    // As many days at once as a statement has room for.
    private static IEnumerable<DateTimeOffset[]> Batches(List<DirtyDay> days)
    {
        var (batch, rows) = (new List<DateTimeOffset>(), 0L);
        foreach (var day in days)
        {
            if (batch.Count > 0 && rows + day.Rows > BatchRows)
            {
                yield return [.. batch];
                (batch, rows) = ([], 0);
            }

            batch.Add(day.Start);
            rows += day.Rows;
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    private readonly record struct DirtyDay(DateTimeOffset Start, long Rows);
}
