using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Api.Questions;

/// <summary>Answers where visitors come from and what they do.</summary>
internal sealed class TrafficAnswer(TrafficQueries traffic, SessionQueries sessions, Completeness completeness, Provenance provenance)
{
    // A channel is one of seven words.
    private const int MostSources = 100;

    /// <summary>The figures asked for.</summary>
    public async Task<TrafficReply> OfAsync(SellerQuestion question, CancellationToken cancel)
    {
        var asked = VisitsAsync(question.Scope, cancel);
        var other = question.Other;
        var compared = other is { } range ? VisitsAsync(question.ScopeOf(range), cancel) : null;
        var ledger = provenance.OfAsync(question.Tenant.Id, question.Scope.Range.WholeMinutes(), cancel);
        var completeThrough = completeness.ThroughAsync(cancel);
        var now = await asked.ConfigureAwait(false);
        var before = compared is null ? null : await compared.ConfigureAwait(false);
        var (tenant, totals) = (question.Tenant, TotalsOf(now, question));
        return new(
            tenant.Id,
            tenant.Name,
            question.Range.Start,
            question.Range.End,
            tenant.TimeZone,
            tenant.Currency,
            totals,
            PartsOf(TrafficPart.Source, now, before, question),
            PartsOf(TrafficPart.Country, now, before, question),
            PartsOf(TrafficPart.Device, now, before, question),
            before is null ? null : TrafficCompareReply.Of(HistoryQuestion.NameOf(question.Compare!.Value), other!.Value, totals, TotalsOf(before, question)),
            RatesReply.Of(now.Traffic.Conversion, before?.Traffic.Conversion),
            await completeThrough.ConfigureAwait(false),
            Stale: false,
            await ledger.ConfigureAwait(false),
            Approximation.OfClickHouse(now.Traffic.All.Visitors, before?.Traffic.All.Visitors ?? 0),
            Source: string.Join('+', now.Traffic.Sources.Concat(before?.Traffic.Sources ?? []).Append("session_cells").Distinct().Order(StringComparer.Ordinal)));
    }

    private static TrafficTotalsReply TotalsOf(Visits visits, SellerQuestion question) =>
        TrafficTotalsReply.Of(visits.Traffic.All, VisitsReply.Of(visits.Sessions), question.Tenant.Currency);

    private static IReadOnlyList<TrafficPartReply> PartsOf(TrafficPart part, Visits now, Visits? before, SellerQuestion question)
    {
        var then = before?.Traffic.Parts[part].ToDictionary(figures => figures.Value, figures => figures.Visitors);
        return
        [
            .. now.Traffic.Parts[part].Select(figures => TrafficPartReply.Of(
                figures,
                now.Traffic.All.Visitors,
                then is null ? null : Measures.Change(figures.Visitors, then.GetValueOrDefault(figures.Value)),
                part == TrafficPart.Source ? VisitsReply.Of(now.BySource.GetValueOrDefault(figures.Value)) : null,
                question.Tenant.Currency) with { Events = SellerEvents.OfTraffic(question, PropertyOf(part), figures.Value) }),
        ];
    }

    private static string PropertyOf(TrafficPart part) => part switch
    {
        TrafficPart.Source => "source",
        TrafficPart.Country => "country",
        TrafficPart.Device => "device",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Not a part of traffic."),
    };

    private async Task<Visits> VisitsAsync(FigureScope scope, CancellationToken cancel)
    {
        if (scope.Range.Length <= TimeSpan.Zero)
        {
            return new(new(TrafficFigures.None, new Dictionary<TrafficPart, IReadOnlyList<TrafficFigures>> { [TrafficPart.Source] = [], [TrafficPart.Country] = [], [TrafficPart.Device] = [] }, []), null, []);
        }

        var visitors = traffic.OfAsync(scope, cancel);
        var all = sessions.FiguresAsync(scope, SessionGroup.All, 1, cancel);
        var bySource = await sessions.FiguresAsync(scope, SessionGroup.Source, MostSources, cancel).ConfigureAwait(false);
        return new(await visitors.ConfigureAwait(false), (await all.ConfigureAwait(false)).FirstOrDefault(), bySource.ToDictionary(group => group.Group));
    }

    private sealed record Visits(Traffic Traffic, SessionFigures? Sessions, Dictionary<string, SessionFigures> BySource);
}
