using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Points of a series in SQL. A point goes over the wire as a number, never 0.</summary>
internal static class BucketSql
{
    /// <summary>
    /// The number of the point in which a time lies: Unix seconds of five seconds, minutes and hours (an hour that autumn repeats is two), days since 1970 of local days, weeks,
    /// months and quarters. Needs the parameter <c>zone</c>.
    /// </summary>
    public static string Number(Granularity granularity, string column) => granularity switch
    {
        Granularity.FiveSeconds => $"toUInt32(intDiv(toUnixTimestamp({column}), 5) * 5)",
        Granularity.Minute => $"toUnixTimestamp(toStartOfMinute({column}))",
        Granularity.Hour => $"toUnixTimestamp(toStartOfHour({column}, {{zone:String}}))",
        Granularity.Day => $"toUInt32(toUInt16(toDate({column}, {{zone:String}})))",
        Granularity.Week => $"toUInt32(toUInt16(toStartOfWeek({column}, 1, {{zone:String}})))",
        Granularity.WeekFromSunday => $"toUInt32(toUInt16(toStartOfWeek({column}, 0, {{zone:String}})))",
        Granularity.Month => $"toUInt32(toUInt16(toStartOfMonth({column}, {{zone:String}})))",
        Granularity.Quarter => $"toUInt32(toUInt16(toStartOfQuarter({column}, {{zone:String}})))",
        _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "Not a granularity."),
    };

    /// <summary>The start of the point of this number.</summary>
    public static DateTimeOffset StartOf(long number, Granularity granularity, TimeZoneInfo zone) =>
        granularity is Granularity.FiveSeconds or Granularity.Minute or Granularity.Hour
            ? DateTimeOffset.FromUnixTimeSeconds(number)
            : ZonedTime.Instant(DateTime.UnixEpoch.AddDays(number), zone);
}
