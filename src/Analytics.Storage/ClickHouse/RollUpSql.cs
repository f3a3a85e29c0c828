namespace Analytics.Storage.ClickHouse;

/// <summary>The statements of <see cref="RollUp"/>.</summary>
internal static class RollUpSql
{
    /// <summary>By topic/epoch/partition the offset up to which the minutes are whole. A chunk that is not sealed is whole up to its own last offset, and the chunks behind it may be written already.</summary>
    public const string Covered =
        """
        SELECT concat(topic, '/', toString(epoch), '/', toString(kafka_partition)), if(countIf(sealed = 0) > 0, minIf(last_offset, sealed = 0), max(last_offset))
        FROM ledger FINAL GROUP BY topic, epoch, kafka_partition
        """;

    /// <summary>The version of the latest run, also of one that did not end.</summary>
    public const string LastVersion = "SELECT greatest((SELECT max(ver) FROM rollups), (SELECT max(ver) FROM cells_1h))";

    /// <summary>The run to go on from.</summary>
    public const string LastRun = "SELECT toUnixTimestamp(starts), toUnixTimestamp(ends), covered FROM rollups FINAL ORDER BY starts, ver DESC LIMIT 1";

    /// <summary>Writes a run down.</summary>
    public const string Run =
        """
        INSERT INTO rollups SELECT {start:DateTime('UTC')}, {end:DateTime('UTC')}, {ver:Int64}, mapFromArrays({parts:Array(String)}, {offsets:Array(Int64)})
        """;

    /// <summary>The days of a range that have minutes, with their rows.</summary>
    public const string Within =
        """
        SELECT toUnixTimestamp(toStartOfDay(window, 'UTC')) AS day, count() FROM cells
        WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} GROUP BY day ORDER BY day
        """;

    /// <summary>The days before the end with minutes that the last run, from start to done, does not have: of hours outside of it, and written since.</summary>
    public const string Changed =
        """
        WITH mapFromArrays(arrayMap(part -> cityHash64(toUInt64(splitByChar('/', part)[1]), toUInt32(splitByChar('/', part)[2])), {parts:Array(String)}), {offsets:Array(Int64)}) AS covered
        SELECT toUnixTimestamp(toStartOfDay(window, 'UTC')) AS day, count() FROM cells
        WHERE window < {end:DateTime('UTC')}
        GROUP BY day
        HAVING max(window < {start:DateTime('UTC')} OR window >= {done:DateTime('UTC')}
            OR ver > if(mapContains(covered, cityHash64(epoch, kafka_partition)), covered[cityHash64(epoch, kafka_partition)], -1))
        ORDER BY day
        """;

    /// <summary>
    /// The hours of some days. A group of dimensions that has no minutes any more becomes 0. Where the minutes of the row that is there may have expired, the figures with more
    /// events stay.
    /// </summary>
    public const string Hours =
        $$"""
        INSERT INTO cells_1h (tenant, window, name, country, device, source, currency, is_bot, ver, events, units, revenue, discount, keep_until, minutes_until)
        SELECT tenant, hour, name, country, device, source, currency, is_bot, {ver:Int64}, figures.1, figures.2, figures.3, figures.4, until, whole_until
        FROM
        (
            SELECT tenant, hour, name, country, device, source, currency, is_bot,
                (sumIf(events, NOT was), sumIf(units, NOT was), sumIf(revenue, NOT was), sumIf(discount, NOT was)) AS counted,
                (sumIf(events, was), sumIf(units, was), sumIf(revenue, was), sumIf(discount, was)) AS kept,
                countIf(was) > 0 AND maxIf(minutes_until, was) < {expired:DateTime('UTC')} AND kept.1 > counted.1 AS has_expired,
                if(has_expired, kept, counted) AS figures,
                if(has_expired, maxIf(minutes_until, was), minIf(minutes_until, NOT was)) AS whole_until,
                max(row_until) AS until
            FROM
            (
                SELECT tenant, toStartOfHour(window, 'UTC') AS hour, name, country, device, source, currency, is_bot, events, units, revenue, discount,
                    {{KeepUntil}} AS row_until, keep_until AS minutes_until, 0 AS was
                FROM cells FINAL WHERE {{Minutes}}
                UNION ALL
                SELECT tenant, window AS hour, name, country, device, source, currency, is_bot, events, units, revenue, discount, keep_until AS row_until, minutes_until, 1 AS was
                FROM cells_1h FINAL WHERE {{Minutes}}
            )
            GROUP BY tenant, hour, name, country, device, source, currency, is_bot
        )
        """;

    /// <summary>The sketches of the same hours: unions take nothing away.</summary>
    public const string HourUsers =
        $$"""
        INSERT INTO uniques_1h
        SELECT tenant, toStartOfHour(window, 'UTC') AS hour, name, country, device, source, is_bot, uniqCombined64MergeState(17)(users), max({{KeepUntil}})
        FROM uniques WHERE {{Minutes}}
        GROUP BY tenant, hour, name, country, device, source, is_bot
        """;

    /// <summary>Days, of their hours.</summary>
    public const string Days =
        $$"""
        INSERT INTO cells_1d (tenant, window, name, country, device, source, currency, is_bot, ver, events, units, revenue, discount, keep_until)
        SELECT tenant, toStartOfDay(window, 'UTC') AS day, name, country, device, source, currency, is_bot, {ver:Int64}, sum(events), sum(units), sum(revenue), sum(discount), max(keep_until)
        FROM cells_1h FINAL WHERE {{Minutes}}
        GROUP BY tenant, day, name, country, device, source, currency, is_bot
        """;

    /// <summary>The sketches of the same days.</summary>
    public const string DayUsers =
        $$"""
        INSERT INTO uniques_1d
        SELECT tenant, toStartOfDay(window, 'UTC') AS day, name, country, device, source, is_bot, uniqCombined64MergeState(17)(users), max(keep_until)
        FROM uniques_1h WHERE {{Minutes}}
        GROUP BY tenant, day, name, country, device, source, is_bot
        """;

    // Ten years longer than the minutes, which live from the event or from its arrival, whichever was later.
    private const string KeepUntil = "toDateTime(least(toUnixTimestamp(keep_until) + 315360000, 4294967295), 'UTC')";

    private const string Minutes =
        "window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND toStartOfDay(window, 'UTC') IN {days:Array(DateTime('UTC'))}";
}
