using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary><see cref="PeriodNumbers"/> in SQL. Needs the parameter <c>zone</c>.</summary>
internal static class PeriodSql
{
    /// <summary>The number of the period in which a time lies.</summary>
    public static Sql Number(Granularity period, string column) => new(period switch
    {
        Granularity.Day => $"toInt32(toUInt16(toDate({column}, {{zone:String}})))",
        Granularity.Week => $"toInt32(intDiv(toUInt16(toDate({column}, {{zone:String}})) + 3, 7))",
        Granularity.Month => $"toInt32(toYear({column}, {{zone:String}}) * 12 + toMonth({column}, {{zone:String}}))",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Expected days, weeks or months."),
    });
}
