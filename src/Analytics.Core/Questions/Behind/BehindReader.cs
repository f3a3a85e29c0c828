namespace Analytics.Core.Questions.Behind;

/// <summary>Reads which figure of which point of an answer is looked behind.</summary>
public static class BehindReader
{
    /// <summary>The fields that every kind has.</summary>
    public static readonly string[] Fields = ["of", "question", "figure", "as_of", "limit", "cursor"];

    private const int LongestLabel = 8_192;

    private static readonly Dictionary<string, FunnelFigure> FunnelFigures = new(StringComparer.Ordinal)
    {
        ["users"] = FunnelFigure.Users,
        ["dropped"] = FunnelFigure.Dropped,
        ["open"] = FunnelFigure.Open,
    };

    private static readonly Dictionary<string, LifecycleKind> Kinds = new(StringComparer.Ordinal)
    {
        ["new"] = LifecycleKind.New,
        ["returning"] = LifecycleKind.Returning,
        ["resurrected"] = LifecycleKind.Resurrected,
        ["dormant"] = LifecycleKind.Dormant,
    };

    private static readonly Dictionary<string, bool> Users = new(StringComparer.Ordinal) { ["users"] = true };
    private static readonly Dictionary<string, bool> PathFigures = new(StringComparer.Ordinal) { ["paths"] = false, ["count"] = true };

    private static readonly Dictionary<string, ExperimentFigure> ExperimentFigures = new(StringComparer.Ordinal)
    {
        ["users"] = ExperimentFigure.Users,
        ["converted"] = ExperimentFigure.Converted,
        ["not_converted"] = ExperimentFigure.NotConverted,
        ["users_of_several"] = ExperimentFigure.UsersOfSeveral,
    };

    private enum ExperimentFigure
    {
        Users,
        Converted,
        NotConverted,
        UsersOfSeveral,
    }

    /// <summary>A figure of a funnel.</summary>
    public static FunnelPoint Funnel(QuestionNode node, FunnelQuestion question)
    {
        node.Only([.. Fields, "step", "label", "is_other"]);
        return new(Needed(node["step"], 1, question.Steps.Count), node["figure"].Word(FunnelFigures, FunnelFigure.Users), Group(node, question.Breakdown));
    }

    /// <summary>A figure of retention.</summary>
    public static RetentionPoint Retention(QuestionNode node, RetentionQuestion question)
    {
        node.Only([.. Fields, "start", "after", "label", "is_other"]);
        _ = node["figure"].Word(Users, true);
        int? after = node.Has("after") ? node["after"].Whole(0, question.Periods, 0) : null;
        return new(Period(node["start"], question.Period, question.Scope), after, Group(node, question.Breakdown));
    }

    /// <summary>A figure of a lifecycle.</summary>
    public static LifecyclePoint Lifecycle(QuestionNode node, ActivityQuestion question)
    {
        node.Only([.. Fields, "start", "label", "is_other"]);
        if (!node.Has("figure"))
        {
            node["figure"].Expected("new, returning, resurrected or dormant");
        }

        return new(Period(node["start"], question.Period, question.Scope), node["figure"].Word(Kinds, LifecycleKind.New), Group(node, question.Breakdown));
    }

    /// <summary>A figure of stickiness.</summary>
    public static StickinessPoint Stickiness(QuestionNode node, ActivityQuestion question)
    {
        node.Only([.. Fields, "periods", "label", "is_other"]);
        _ = node["figure"].Word(Users, true);
        return new(Needed(node["periods"], 1, int.MaxValue), Group(node, question.Breakdown));
    }

    /// <summary>A link of paths; null for all paths.</summary>
    public static PathLink? Path(QuestionNode node, PathQuestion question)
    {
        node.Only([.. Fields, "step", "from", "to", "is_end", "is_other"]);
        if (!node["figure"].Word(PathFigures, true))
        {
            return null;
        }

        var (step, from) = (Needed(node["step"], 1, question.Depth), node["from"].Scalar(LongestLabel) ?? "");
        var (isEnd, isOther) = (node["is_end"].Truth(false), node["is_other"].Truth(false));
        return new(step, from, isEnd ? "" : isOther ? null : node["to"].Scalar(LongestLabel) ?? "", 0);
    }

    /// <summary>A figure of an experiment.</summary>
    public static ExperimentPoint Experiment(QuestionNode node, ExperimentQuestion question)
    {
        node.Only([.. Fields, "variant", "goal"]);
        var figure = node["figure"].Word(ExperimentFigures, ExperimentFigure.Users);
        if (figure == ExperimentFigure.UsersOfSeveral)
        {
            return new(null, null, false);
        }

        var variant = node["variant"].Scalar(LongestLabel) ?? "";
        return figure == ExperimentFigure.Users
            ? new(variant, null, false)
            : new(variant, Needed(node["goal"], 1, question.Goals.Count) - 1, figure == ExperimentFigure.Converted);
    }

    /// <summary>The group.</summary>
    public static PointGroup Group(QuestionNode node, Property? breakdown)
    {
        var group = new PointGroup(node.Has("label") ? node["label"].Scalar(LongestLabel) : null, node["is_other"].Truth(false));
        if (!group.IsAll && breakdown is null)
        {
            node[group.IsOther ? "is_other" : "label"].Fault("Expected no group, as the question has no breakdown; found one.");
        }

        return group;
    }

    private static int Needed(QuestionNode node, int least, int most)
    {
        if (!node.IsSet)
        {
            node.Expected($"a whole number from {least} to {most}");
        }

        return node.Whole(least, most, least);
    }

    private static int Period(QuestionNode node, Granularity period, QuestionScope scope) =>
        QuestionTime.Instant(node) is { } start ? PeriodNumbers.Of(start, period, scope.Zone) : PeriodNumbers.Of(scope.Range.Start, period, scope.Zone);
}
