using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>Whose figures are asked for, and when.</summary>
/// <param name="Tenant">The tenant; every statement is bound to it.</param>
/// <param name="Range">The minutes whose start lies in it.</param>
/// <param name="Zone">The zone in which hours, days and months are cut.</param>
/// <param name="Currency">Into which amounts of other currencies are converted.</param>
/// <param name="WithBots">Whether events of bots count.</param>
public sealed record FigureScope(long Tenant, TimeRange Range, TimeZoneInfo Zone, string Currency, bool WithBots = true)
{
    /// <summary>Settings of every question: a table's day partitions hold no row of another's, so FINAL need not merge across them.</summary>
    internal static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["do_not_merge_across_partitions_select_final"] = "1",
        ["max_execution_time"] = "30",
    };

    internal Dictionary<string, object?> Parameters() => new()
    {
        ["tenant"] = Tenant,
        ["start"] = WholeSecond(Range.Start),
        ["end"] = WholeSecond(Range.End),
        ["zone"] = Zone.Id,
        ["currency"] = Currency,
        ["bots"] = WithBots ? 1 : 0,
    };

    // A minute belongs to the range when its start does: rounding a bound up to the second changes nothing.
    // The period before a long one may begin before 1970, where ClickHouse's DateTime does and no event lies.
    internal static DateTimeOffset WholeSecond(DateTimeOffset instant) => instant <= DateTimeOffset.UnixEpoch
        ? DateTimeOffset.UnixEpoch
        : new((instant.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
