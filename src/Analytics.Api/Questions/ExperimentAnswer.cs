using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about experiments.</summary>
internal sealed class ExperimentAnswer(ExperimentQueries experiments, Completeness completeness)
{
    // By convention stricter than 5 %: with daily looks at many experiments, one in twenty would warn for nothing.
    private const double SuspiciousSplit = 0.001;

    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<ExperimentReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Experiment(node, context);
        var (variants, mixed, conversion) = await experiments.OfAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var control = question.Control is { } name ? variants.FirstOrDefault(variant => variant.Variant == name) : variants.Count > 0 ? variants[0] : null;
        return new(
            tenant.Id,
            tenant.Name,
            question.Scope.Range.Start,
            question.Scope.Range.End,
            tenant.Currency,
            control?.Variant,
            mixed,
            SampleRatio(question, variants),
            [.. variants.Select(Variant)],
            EventsOf("&figure=users_of_several"),
            RatesReply.Of(conversion),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "events");

        VariantReply Variant(VariantSums variant)
        {
            var own = "&variant=" + Uri.EscapeDataString(variant.Variant);
            return new(
                variant.Variant,
                variant.Users,
                variant == control,
                [.. question.Goals.Select((goal, index) => GoalOf(question, goal, index, variant, control) with { Events = EventsOf(FormattableString.Invariant($"{own}&goal={index + 1}&figure={{figure}}")) })],
                EventsOf(own + "&figure=users"));
        }

        string? EventsOf(string point) => BehindLink.Of(tenant.Id, "experiment", node, question.Scope.Range, context.Now, point);
    }

    private static SampleRatioReply SampleRatio(ExperimentQuestion question, IReadOnlyList<VariantSums> variants)
    {
        // Shares that are told are told for all of them: one without a share was not expected at all.
        if (question.Split.Count > 0 && variants.FirstOrDefault(variant => !question.Split.ContainsKey(variant.Variant)) is { } unexpected)
        {
            return new(null, $"Users saw the variant '{unexpected.Variant}', which has no share in the split.");
        }

        var probability = ExperimentStatistics.SampleRatio(
            [.. variants.Select(variant => variant.Users)], [.. variants.Select(variant => question.Split.Count == 0 ? 1 : question.Split[variant.Variant])]);
        return new(Rounded(probability), probability < SuspiciousSplit
            ? "Users are not split as expected: something keeps users of one variant from being counted, and the differences below cannot be trusted."
            : null);
    }

    private static GoalReply GoalOf(ExperimentQuestion question, ExperimentGoal goal, int index, VariantSums variant, VariantSums? control)
    {
        var isMoney = goal.Of?.Type == PropertyType.Money;
        var unit = isMoney ? Math.Pow(10, Currencies.Decimals(question.Scope.Currency)) : 1;
        var sums = variant.Goals[index];
        double? value = sums.IsKnown ? (goal.Of is null ? sums.Converted : sums.Sum / unit) / variant.Users : null;
        return new(
            goal.What.Name, goal.Of is null ? "share" : isMoney ? "money" : "number", sums.Converted, Rounded(value),
            control is null || variant == control || !sums.IsKnown || !control.Goals[index].IsKnown ? null : Against(goal, sums, variant.Users, control.Goals[index], control.Users, unit), Events: null);
    }

    private static DifferenceReply? Against(ExperimentGoal goal, GoalSums sums, long users, GoalSums control, long controls, double unit)
    {
        var found = goal.Of is null
            ? ExperimentStatistics.Shares(sums.Converted, users, control.Converted, controls)
            : ExperimentStatistics.Means(users, sums.Sum / unit, sums.SumOfSquares / (unit * unit), controls, control.Sum / unit, control.SumOfSquares / (unit * unit));
        if (found is not { } difference)
        {
            return null;
        }

        var before = (goal.Of is null ? control.Converted : control.Sum / unit) / controls;
        return new(
            Rounded(difference.Value)!.Value, Rounded(Measures.Change(before + difference.Value, before)), Rounded(difference.Low)!.Value, Rounded(difference.High)!.Value,
            Rounded(difference.PValue), goal.Of is null ? "two-proportion z" : "welch t");
    }

    private static double? Rounded(double? value) => MeasuresReply.Rate(value);
}
