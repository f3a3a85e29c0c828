using Analytics.Api.Replies;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about trends.</summary>
internal sealed class TrendAnswer(TrendQueries trends, Completeness completeness, Provenance provenance)
{
    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public Task<TrendReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel) => OfAsync(tenant, node, context, batch: null, cancel);

    /// <summary>Tells a batch what a question will ask.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public static void Announce(TrendBatch batch, QuestionNode node, QuestionContext context)
    {
        var question = TrendReader.Read(node, context);
        var (range, other) = RangesOf(question, context.Now);
        batch.Announce(question, range);
        if (other is { } then)
        {
            batch.Announce(question, then);
        }
    }

    /// <summary>As the other, one of several that are asked together.</summary>
    public async Task<TrendReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, TrendBatch? batch, CancellationToken cancel)
    {
        var question = TrendReader.Read(node, context);
        var whole = question.Scope.Range;
        var (range, other) = RangesOf(question, context.Now);
        var through = await completeness.ThroughAsync(cancel).ConfigureAwait(false);
        var asked = FiguresAsync(tenant.Id, question, range, other, batch, cancel);
        var ledger = provenance.OfAsync(tenant.Id, range, cancel);
        var (now, before) = await asked.ConfigureAwait(false);
        var users = question.Lines.Where(line => line.Formula.Names.Any(name => question.Metrics.First(metric => metric.Name == name).CountsUsers)).Select(line => line.Name);
        return new(
            tenant.Id,
            tenant.Name,
            whole.Start,
            whole.End,
            Granularities.NameOf(question.Granularity),
            Granularities.WeekStartOf(question.Granularity),
            question.Scope.Zone.Id,
            tenant.Currency,
            [.. question.Lines.Select(line => new TrendMetricReply(line.Name, TrendValues.IsMoney(question, line) ? "money" : "number"))],
            now.Starts,
            [.. now.Groups.Select(group => GroupOf(tenant.Id, question, group, now, before))],
            before is null ? null : new(TrendReader.NameOf(question.Compare!.Value), other!.Value.Start, other.Value.End, before.Starts),
            RatesReply.Of(now.Conversion, before?.Conversion),
            through,
            Stale: false,
            await ledger.ConfigureAwait(false),
            now.IsApproximate || before?.IsApproximate == true ? Approximation.OfUsers(users) : null,
            Source: string.Join('+', now.Sources.Concat(before?.Sources ?? []).Distinct().Order(StringComparer.Ordinal)));
    }

    private async Task<(TrendFigures Now, TrendFigures? Before)> FiguresAsync(
        long tenant, TrendQuestion question, TimeRange range, TimeRange? other, TrendBatch? batch, CancellationToken cancel) => other is { } then
        ? await trends.ComparedAsync(tenant, question, range, then, batch, cancel).ConfigureAwait(false)
        : (await trends.OfAsync(tenant, question, range, range, batch, cancel).ConfigureAwait(false), null);

    private static (TimeRange Range, TimeRange? Other) RangesOf(TrendQuestion question, DateTimeOffset now)
    {
        var (whole, step) = (question.Scope.Range, Granularities.StepOf(question.Granularity));
        return (
            whole.Elapsed(now).Whole(step),
            question.Compare is { } mode ? ComparisonRange.Of(mode, whole, question.Scope.Zone, now).Whole(step) : null);
    }

    private static TrendGroupReply GroupOf(long tenant, TrendQuestion question, TrendGroup group, TrendFigures now, TrendFigures? before)
    {
        var then = before?.Groups.FirstOrDefault(other => AreSame(other.Labels, group.Labels));
        var labels = group.Labels is null ? null : question.Breakdown.Select((property, index) => (property.Name, Label: group.Labels[index])).ToDictionary(pair => pair.Name, pair => pair.Label);
        return new(labels, group.Labels is null, question.Lines.ToDictionary(line => line.Name, line => SeriesOf(question, line, group, before, then) with
        {
            Events = EventLink.Of(tenant, question, line, group.Labels, now.Groups.Select(other => other.Labels).OfType<IReadOnlyList<string>>()),
        }));
    }

    private static TrendSeriesReply SeriesOf(TrendQuestion question, TrendLine line, TrendGroup group, TrendFigures? before, TrendGroup? then)
    {
        var total = TrendValues.Of(question, line, metric => group.Totals[metric]);
        double?[] values = [.. Enumerable.Range(0, group.Points[0].Length).Select(point => TrendValues.Of(question, line, metric => group.Points[metric][point]))];
        TrendComparedReply? compared = null;
        if (before is not null)
        {
            // A group that had no event before is compared with a range in which nothing happened.
            var totalThen = TrendValues.Of(question, line, metric => then is null ? NothingOf(question.Metrics[metric]) : then.Totals[metric]);
            var valuesThen = Enumerable.Range(0, before.Starts.Count)
                .Select(point => TrendValues.Of(question, line, metric => then is null ? NothingOf(question.Metrics[metric]) : then.Points[metric][point]));
            compared = new(Rounded(totalThen), Rounded(Measures.Change(total, totalThen)), [.. valuesThen.Select(Rounded)]);
        }

        return new(
            Rounded(total),
            [.. values.Select(Rounded)],
            question.MovingAverage == 0 ? null : [.. TrendValues.MovingAverage(values, question.MovingAverage).Select(Rounded)],
            compared,
            Events: null);
    }

    private static double? NothingOf(Metric metric) => metric.Measure is Measure.Count or Measure.Sum or Measure.Users ? 0 : null;

    private static bool AreSame(IReadOnlyList<string>? left, IReadOnlyList<string>? right) => left is null ? right is null : right is not null && left.SequenceEqual(right);

    private static double? Rounded(double? value) => MeasuresReply.Rate(value);
}
