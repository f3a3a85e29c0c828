using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>The figures of a trend; amounts in minor units.</summary>
/// <param name="Starts">Where the points start.</param>
/// <param name="Groups">Groups, the largest first and the others last.</param>
/// <param name="Sources">The tables that were read, as answers call them.</param>
/// <param name="IsApproximate">Whether some count of users is an estimate.</param>
/// <param name="Conversion">How amounts of other currencies were converted; null where there were none.</param>
public sealed record TrendFigures(IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<TrendGroup> Groups, IReadOnlyList<string> Sources, bool IsApproximate, Conversion? Conversion = null);

/// <summary>One group.</summary>
/// <param name="Labels">Its values of the breakdown; empty where there is none, null for the others together.</param>
/// <param name="Totals">Each metric over the whole range.</param>
/// <param name="Points">Each metric, point by point.</param>
public sealed record TrendGroup(IReadOnlyList<string>? Labels, double?[] Totals, double?[][] Points);
