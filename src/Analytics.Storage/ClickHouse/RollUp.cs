using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>Rewrites the sums of hours from the minutes, absolutely: again and again, by several at once, for the same hours, with the same outcome.</summary>
/// <remarks>
/// First the ledger is asked how far the minutes are whole, then the minutes are read, then the run is written down. So an hour that a run names holds at least what the run
/// says it covers. A row's version is the number of its events, which only grows: neither a run that read earlier nor one that comes when some of the minutes have
/// expired takes anything back. What the ledger counts later makes the hours it touches dirty (<see cref="Questions.RolledHours"/>). Any thread; <see cref="ClickHouseUnavailableException"/> passes.
/// </remarks>
public sealed class RollUp(ClickHouseClient client, TimeProvider time)
{
    // Rows of minutes that one statement groups: some hundreds of megabytes at most.
    private const long BatchRows = 2_000_000;

    // Two years after the hour, or as long as its minutes live: there is nothing above the hours yet.
    private const string KeepUntil = "greatest(max(keep_until), toDateTime(least(toUnixTimestamp(hour) + 63072000, 4294967295), 'UTC'))";

    // A chunk that is not sealed is whole up to its own last offset, and the chunks behind it may be written already.
    private const string Covered =
        """
        SELECT concat(topic, '/', toString(epoch), '/', toString(kafka_partition)), if(countIf(sealed = 0) > 0, minIf(last_offset, sealed = 0), max(last_offset))
        FROM ledger FINAL GROUP BY topic, epoch, kafka_partition
        """;

    private const string Run =
        """
        INSERT INTO rollups SELECT {start:DateTime('UTC')}, {end:DateTime('UTC')}, {ver:Int64}, mapFromArrays({parts:Array(String)}, {offsets:Array(Int64)})
        """;

    private const string Cells =
        $$"""
        INSERT INTO cells_1h
        SELECT tenant, toStartOfHour(window, 'UTC') AS hour, name, country, device, source, currency, is_bot, sum(events) AS ver,
            sum(events), sum(units), sum(revenue), sum(discount), {{KeepUntil}}
        FROM cells FINAL WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
        GROUP BY tenant, hour, name, country, device, source, currency, is_bot
        """;

    private const string Uniques =
        $$"""
        INSERT INTO uniques_1h
        SELECT tenant, toStartOfHour(window, 'UTC') AS hour, name, country, device, source, is_bot, uniqCombined64MergeState(17)(users), {{KeepUntil}}
        FROM uniques WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
        GROUP BY tenant, hour, name, country, device, source, is_bot
        """;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["do_not_merge_across_partitions_select_final"] = "1",
        ["max_partitions_per_insert_block"] = "1000",
    };

    /// <summary>From the first hour that has minutes to the last whole one before now; null without minutes.</summary>
    public async Task<TimeRange?> ExtentAsync(CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            "SELECT toUnixTimestamp(toStartOfHour(min(window), 'UTC')), toUnixTimestamp(toStartOfHour(max(window), 'UTC')), count() FROM cells",
            row => (First: row[0].GetInt64(), Last: row[1].GetInt64(), Count: row[2].GetInt64()), cancel: cancel).ConfigureAwait(false);
        var end = DateTimeOffset.FromUnixTimeSeconds(Math.Min(rows[0].Last + 3_600, time.GetUtcNow().ToUnixTimeSeconds() / 3_600 * 3_600));
        var start = DateTimeOffset.FromUnixTimeSeconds(rows[0].First);
        return rows[0].Count > 0 && start < end ? new(start, end) : null;
    }

    /// <summary>Rewrites the hours of a range.</summary>
    /// <param name="range">Whole hours of UTC.</param>
    /// <param name="cancel">Gives up; what was written counts for nothing until a run is whole.</param>
    /// <exception cref="ArgumentException">The range is not made of whole hours.</exception>
    public async Task RunAsync(TimeRange range, CancellationToken cancel)
    {
        if (range.Start.UtcTicks % TimeSpan.TicksPerHour != 0 || range.End.UtcTicks % TimeSpan.TicksPerHour != 0 || range.Length <= TimeSpan.Zero)
        {
            throw new ArgumentException($"Expected a range of whole hours of UTC; found {range.Start:O} to {range.End:O}.", nameof(range));
        }

        var ver = time.GetUtcNow().ToUnixTimeMilliseconds();
        var covered = await client.QueryAsync(Covered, row => (Part: row[0].GetString()!, Offset: row[1].GetInt64()), cancel: cancel).ConfigureAwait(false);
        foreach (var days in await BatchesAsync(range, cancel).ConfigureAwait(false))
        {
            var parameters = new Dictionary<string, object?> { ["start"] = days.Start, ["end"] = days.End };
            await client.ExecuteAsync(Cells, parameters, Settings, cancel).ConfigureAwait(false);
            await client.ExecuteAsync(Uniques, parameters, Settings, cancel).ConfigureAwait(false);
        }

        await client.ExecuteAsync(
            Run,
            new Dictionary<string, object?>
            {
                ["start"] = range.Start,
                ["end"] = range.End,
                ["ver"] = ver,
                ["parts"] = covered.Select(part => part.Part).ToArray(),
                ["offsets"] = covered.Select(part => part.Offset).ToArray(),
            },
            cancel: cancel).ConfigureAwait(false);
    }

    // Days that have minutes, as many at once as a statement has room for.
    private async Task<List<TimeRange>> BatchesAsync(TimeRange range, CancellationToken cancel)
    {
        var days = await client.QueryAsync(
            """
            SELECT toUnixTimestamp(toStartOfDay(window, 'UTC')) AS day, count() FROM cells
            WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} GROUP BY day ORDER BY day
            """,
            row => (Start: DateTimeOffset.FromUnixTimeSeconds(row[0].GetInt64()), Rows: row[1].GetInt64()),
            new Dictionary<string, object?> { ["start"] = range.Start, ["end"] = range.End },
            cancel: cancel).ConfigureAwait(false);
        var batches = new List<TimeRange>();
        var rows = long.MaxValue;
        foreach (var day in days)
        {
            var (start, end) = (day.Start > range.Start ? day.Start : range.Start, day.Start.AddDays(1) < range.End ? day.Start.AddDays(1) : range.End);
            var isNew = rows >= BatchRows || day.Rows > BatchRows - rows;
            rows = isNew ? day.Rows : rows + day.Rows;
            batches.Add(new(isNew ? start : batches[^1].Start, end));
            if (!isNew)
            {
                batches.RemoveAt(batches.Count - 2);
            }
        }

        return batches;
    }
}
