using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>The functions that queries may call, by name.</summary>
internal static class QueryFunctions
{
    /// <summary>Points of a series.</summary>
    public static readonly Dictionary<string, Granularity> Buckets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["minute"] = Granularity.Minute,
        ["hour"] = Granularity.Hour,
        ["day"] = Granularity.Day,
        ["week"] = Granularity.Week,
        ["month"] = Granularity.Month,
    };

    /// <summary>Functions of a row.</summary>
    public static readonly Dictionary<string, ScalarFunction> Scalars = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lower"] = ScalarFunction.Lower,
        ["upper"] = ScalarFunction.Upper,
        ["length"] = ScalarFunction.Length,
        ["weekday"] = ScalarFunction.Weekday,
        ["hour_of_day"] = ScalarFunction.HourOfDay,
        ["round"] = ScalarFunction.Round,
    };

    /// <summary>Functions of the rows of a group, and the level of those that are quantiles.</summary>
    public static readonly Dictionary<string, (AggregateFunction Function, double Level)> Aggregates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["count"] = (AggregateFunction.Count, 0),
        ["sum"] = (AggregateFunction.Sum, 0),
        ["avg"] = (AggregateFunction.Average, 0),
        ["min"] = (AggregateFunction.Min, 0),
        ["max"] = (AggregateFunction.Max, 0),
        ["uniq"] = (AggregateFunction.Uniq, 0),
        ["median"] = (AggregateFunction.Quantile, 0.5),
        ["quantile"] = (AggregateFunction.Quantile, -1),
        ["p50"] = (AggregateFunction.Quantile, 0.5),
        ["p75"] = (AggregateFunction.Quantile, 0.75),
        ["p90"] = (AggregateFunction.Quantile, 0.9),
        ["p95"] = (AggregateFunction.Quantile, 0.95),
        ["p99"] = (AggregateFunction.Quantile, 0.99),
    };

    /// <summary>What ends the name of a function of those rows only that fit its last argument.</summary>
    public const string If = "if";

    /// <summary>Every name, for hints and documents.</summary>
    public static IEnumerable<string> Names =>
        [.. Aggregates.Keys, .. Aggregates.Keys.Select(name => name + "If"), .. Buckets.Keys, .. Scalars.Keys, "number", "now", "today"];

    /// <summary>The function of the rows of a group, or of those that fit; null where the name is another's.</summary>
    public static (AggregateFunction Function, double Level, bool IsConditional)? Aggregate(string name)
    {
        if (Aggregates.TryGetValue(name, out var found))
        {
            return (found.Function, found.Level, false);
        }

        return name.EndsWith(If, StringComparison.OrdinalIgnoreCase) && Aggregates.TryGetValue(name[..^If.Length], out found)
            ? (found.Function, found.Level, true)
            : null;
    }
}
