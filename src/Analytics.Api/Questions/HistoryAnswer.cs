using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about history.</summary>
internal sealed class HistoryAnswer(HistoryQueries history, Completeness completeness, Provenance provenance, TimeProvider time)
{
    /// <summary>The figures asked for.</summary>
    public async Task<HistoryReply> OfAsync(HistoryQuestion question, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var asked = FiguresAsync(question, question.Range.Elapsed(now), cancel);
        var other = question.Compare is { } mode ? ComparisonRange.Of(mode, question.Range, question.Zone, now) : (TimeRange?)null;
        var compared = other is { } range ? FiguresAsync(question, range, cancel) : null;
        var ledger = provenance.OfAsync(question.Tenant.Id, question.Range.Elapsed(now).WholeMinutes(), cancel);
        var completeThrough = completeness.ThroughAsync(cancel);
        var (totals, points, sources, conversion) = await asked.ConfigureAwait(false);
        var before = compared is null ? null : await compared.ConfigureAwait(false);
        var tenant = question.Tenant;
        return new(
            tenant.Id,
            tenant.Name,
            question.Range.Start,
            question.Range.End,
            Granularities.NameOf(question.Granularity),
            Granularities.WeekStartOf(question.Granularity),
            tenant.TimeZone,
            tenant.Currency,
            MeasuresReply.Of(totals, tenant.Currency),
            points,
            before is null ? null : Compare(question, other!.Value, totals, before),
            SellerEvents.OfHistory(tenant.Id, question.WithBots),
            RatesReply.Of(conversion, before?.Conversion),
            await completeThrough.ConfigureAwait(false),
            Stale: false,
            await ledger.ConfigureAwait(false),
            Approximation.OfClickHouse(totals.Visitors, before?.Totals.Visitors ?? 0),
            Source: string.Join('+', sources.Concat(before?.Sources ?? []).Distinct().Order(StringComparer.Ordinal)));
    }

    private static CompareReply Compare(HistoryQuestion question, TimeRange range, Measures totals, Figures other) => new(
        HistoryQuestion.NameOf(question.Compare!.Value),
        range.Start,
        range.End,
        MeasuresReply.Of(other.Totals, question.Tenant.Currency),
        other.Points,
        CompareReply.ChangeOf(totals, other.Totals));

    private async Task<Figures> FiguresAsync(HistoryQuestion question, TimeRange range, CancellationToken cancel)
    {
        if (range.Length <= TimeSpan.Zero)
        {
            return new(Measures.None, [], [], null);
        }

        var currency = question.Tenant.Currency;
        var found = await history.FiguresAsync(new(question.Tenant.Id, range, question.Zone, currency, question.WithBots), question.Granularity, cancel).ConfigureAwait(false);
        foreach (var start in Buckets.Of(range, question.Granularity, question.Zone))
        {
            found.Points.TryAdd(start, Measures.None);
        }

        return new(found.Totals, [.. found.Points.Select(point => PointReply.Of(point.Key, point.Value, currency))], found.Sources, found.Conversion);
    }

    private sealed record Figures(Measures Totals, IReadOnlyList<PointReply> Points, IReadOnlyList<string> Sources, Conversion? Conversion);
}
