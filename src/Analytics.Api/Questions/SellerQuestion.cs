using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>What the questions of a seller's pages have in common: whose figures, of which period, compared with which.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Zone">Where days are cut.</param>
/// <param name="Range">The period asked for, whole even when it still runs.</param>
/// <param name="Now">The time of asking.</param>
/// <param name="Compare">The rule of comparison; null for none.</param>
/// <param name="WithBots">Whether events of bots count.</param>
internal sealed record SellerQuestion(Tenant Tenant, TimeZoneInfo Zone, TimeRange Range, DateTimeOffset Now, ComparisonMode? Compare, bool WithBots)
{
    /// <summary>What has elapsed of the period.</summary>
    public FigureScope Scope => ScopeOf(Range.Elapsed(Now));

    /// <summary>The period to compare with; null for none. One that still runs is compared with as much of the other.</summary>
    public TimeRange? Other => Compare is { } mode ? ComparisonRange.Of(mode, Range, Zone, Now) : null;

    /// <summary>Reads <c>start</c> and <c>end</c>, else <c>period</c> (by default the last 30 days), <c>compare</c> and <c>bots</c>.</summary>
    public static async Task<SellerQuestion> ReadAsync(IQueryCollection query, Tenant tenant, HistoryQueries history, DateTimeOffset now, CancellationToken cancel)
    {
        var range = query.ContainsKey("start") || query.ContainsKey("end")
            ? await Period.OfAsync(query, tenant, history, now, cancel).ConfigureAwait(false)
            : await Period.NamedAsync(query["period"].ToString() is { Length: > 0 } name ? name : "30d", tenant, history, now, cancel).ConfigureAwait(false);
        return new(tenant, Period.ZoneOf(tenant), range, now, HistoryQuestion.CompareOf(query["compare"].ToString()), HistoryQuestion.WithBotsOf(query["bots"].ToString()));
    }

    /// <summary>The figures of this seller in another range.</summary>
    public FigureScope ScopeOf(TimeRange range) => new(Tenant.Id, range, Zone, Tenant.Currency, WithBots);

    /// <summary>Reads <c>limit</c>.</summary>
    public static int LimitOf(IQueryCollection query, int usual, int most) =>
        query["limit"].ToString() is not { Length: > 0 } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most ? limit
        : throw Problem.Invalid("limit", $"Expected a number from 1 to {most}; found '{text}'.");
}
