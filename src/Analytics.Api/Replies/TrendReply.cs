using System.Text.Json.Serialization;
using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Numbers over time. Amounts are in major units of the currency.</summary>
internal sealed record TrendReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Granularity,
    string? WeekStart,
    string TimeZone,
    string Currency,
    IReadOnlyList<TrendMetricReply> Metrics,
    IReadOnlyList<DateTimeOffset> Points,
    IReadOnlyList<TrendGroupReply> Groups,
    TrendCompareReply? Compare,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    LedgerReply? Ledger,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>What a line is: money or a number.</summary>
internal sealed record TrendMetricReply(string Name, string Unit);

/// <summary>One group: its values of the breakdown (none without one, null for the others together), and every line.</summary>
internal sealed record TrendGroupReply(IReadOnlyDictionary<string, string>? Labels, bool IsOther, IReadOnlyDictionary<string, TrendSeriesReply> Series);

/// <summary>One line: the whole range, and each point; and where the events behind a point are listed, its bounds in the place of {start} and {end}.</summary>
internal sealed record TrendSeriesReply(double? Total, IReadOnlyList<double?> Values, IReadOnlyList<double?>? MovingAverage, TrendComparedReply? Compared, string? Events);

/// <summary>The same line in the range compared with; the change is 0.1 for a tenth more, null where there was nothing.</summary>
internal sealed record TrendComparedReply(double? Total, double? Change, IReadOnlyList<double?> Values);

/// <summary>The range compared with.</summary>
internal sealed record TrendCompareReply(string Mode, DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<DateTimeOffset> Points);
