using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about funnels.</summary>
internal sealed class FunnelAnswer(FunnelQueries funnels, Completeness completeness)
{
    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<FunnelReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = FunnelReader.Read(node, context);
        var through = await completeness.ThroughAsync(cancel).ConfigureAwait(false);
        var figures = await funnels.OfAsync(tenant.Id, question, context.Now, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            question.Scope.Range.Start,
            question.Scope.Range.End,
            question.Scope.Zone.Id,
            FunnelReader.NameOf(question.Order),
            question.Window.TotalSeconds,
            RateOf(figures.Steps),
            Steps(question, figures.Steps),
            [.. figures.Groups.Select(group => new FunnelGroupReply(group.Label, group.Label is null, RateOf(group.Steps), Steps(question, group.Steps), EventsOf(new(group.Label, group.Label is null))))],
            EventsOf(PointGroup.All),
            through,
            Stale: false,
            Approximate: null,
            Source: "events");

        string? EventsOf(PointGroup group) =>
            BehindLink.Of(tenant.Id, "funnel", node, question.Scope.Range, context.Now, BehindLink.Of(group) + "&figure={figure}&step={step}");
    }

    private static List<FunnelStepReply> Steps(FunnelQuestion question, IReadOnlyList<FunnelStepFigures> steps) =>
    [
        .. steps.Select((step, index) => new FunnelStepReply(
            index + 1,
            // Where steps have no order, the second is any two of them.
            question.Order == FunnelOrder.Unordered ? FormattableString.Invariant($"{index + 1} of {steps.Count}") : question.Steps[index].Name,
            step.Users,
            index == steps.Count - 1 ? 0 : step.Users - steps[index + 1].Users - step.Open,
            step.Open,
            index == 0 ? null : Ratio(step.Users, steps[index - 1].Users),
            Ratio(step.Users, steps[0].Users),
            step.FromPrevious?.Median.TotalSeconds,
            MeasuresReply.Rate(step.FromPrevious?.Mean.TotalSeconds),
            step.FromFirst?.Median.TotalSeconds,
            MeasuresReply.Rate(step.FromFirst?.Mean.TotalSeconds))),
    ];

    private static double? RateOf(IReadOnlyList<FunnelStepFigures> steps) => Ratio(steps[^1].Users, steps[0].Users);

    private static double? Ratio(long some, long all) => all == 0 ? null : MeasuresReply.Rate((double)some / all);
}
