using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about history.</summary>
internal sealed class HistoryAnswer(HistoryQueries history, Completeness completeness, TimeProvider time)
{
    /// <summary>The figures asked for.</summary>
    public async Task<HistoryReply> OfAsync(HistoryQuestion question, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var asked = FiguresAsync(question, question.Range.Elapsed(now), cancel);
        var other = question.Compare is { } mode ? ComparisonRange.Of(mode, question.Range, question.Zone, now) : (TimeRange?)null;
        var compared = other is { } range ? FiguresAsync(question, range, cancel) : null;
        var completeThrough = completeness.ThroughAsync(cancel);
        var (totals, points) = await asked.ConfigureAwait(false);
        var tenant = question.Tenant;
        return new(
            tenant.Id,
            tenant.Name,
            question.Range.Start,
            question.Range.End,
            HistoryQuestion.NameOf(question.Granularity),
            tenant.TimeZone,
            tenant.Currency,
            MeasuresReply.Of(totals, tenant.Currency),
            points,
            compared is null ? null : Compare(question, other!.Value, totals, await compared.ConfigureAwait(false)),
            await completeThrough.ConfigureAwait(false),
            Stale: false,
            Approximation.OfClickHouse(totals.Visitors),
            Source: "clickhouse");
    }

    private static CompareReply Compare(HistoryQuestion question, TimeRange range, Measures totals, (Measures Totals, List<PointReply> Points) other) => new(
        HistoryQuestion.NameOf(question.Compare!.Value),
        range.Start,
        range.End,
        MeasuresReply.Of(other.Totals, question.Tenant.Currency),
        other.Points,
        CompareReply.ChangeOf(totals, other.Totals));

    private async Task<(Measures Totals, List<PointReply> Points)> FiguresAsync(HistoryQuestion question, TimeRange range, CancellationToken cancel)
    {
        if (range.Length <= TimeSpan.Zero)
        {
            return (Measures.None, []);
        }

        var currency = question.Tenant.Currency;
        var scope = new FigureScope(question.Tenant.Id, range, question.Zone, currency, question.WithBots);
        var totals = history.TotalsAsync(scope, cancel);
        var found = await history.PointsAsync(scope, question.Granularity, cancel).ConfigureAwait(false);
        foreach (var start in Buckets.Of(range, question.Granularity, question.Zone))
        {
            found.TryAdd(start, Measures.None);
        }

        return (await totals.ConfigureAwait(false), [.. found.Select(point => PointReply.Of(point.Key, point.Value, currency))]);
    }
}
