namespace Analytics.Core.Questions;

/// <summary>Reads questions about users over time: retention, lifecycle, stickiness, paths.</summary>
public static class UserReaders
{
    private const int MostPeriods = 400;

    // A matrix of its own for each.
    private const int MostGroups = 50;

    private static readonly Dictionary<string, Granularity> Periods = new(StringComparer.Ordinal)
    {
        ["day"] = Granularity.Day,
        ["week"] = Granularity.Week,
        ["month"] = Granularity.Month,
    };

    private static readonly Dictionary<string, bool> Modes = new(StringComparer.Ordinal) { ["recurring"] = false, ["first_time"] = true };
    private static readonly Dictionary<string, bool> Clocks = new(StringComparer.Ordinal) { ["calendar"] = false, ["rolling"] = true };
    private static readonly Dictionary<string, bool> Directions = new(StringComparer.Ordinal) { ["next"] = false, ["previous"] = true };

    /// <summary>A question about retention.</summary>
    /// <exception cref="InvalidQuestionException">It has faults.</exception>
    public static RetentionQuestion Retention(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "start_event", "return_event", "mode", "period", "clock", "periods", "filter", "breakdown", "limit"]);
        var (period, isRolling) = (node["period"].Word(Periods, Granularity.Day), node["clock"].Word(Clocks, false));
        if (isRolling && period != Granularity.Day)
        {
            node["clock"].Fault("Expected calendar for weeks and months; found rolling, which is made for days of 24 hours.");
        }

        var start = StepOr(node["start_event"]);
        var question = new RetentionQuestion(
            Scope(node, context, period), start, node.Has("return_event") ? FunnelReader.Step(node["return_event"]) : start, node["mode"].Word(Modes, false), period, isRolling,
            node["periods"].Whole(1, 90, 8), FunnelReader.OfEvents(node["filter"]), Breakdown(node), node["limit"].Whole(1, MostGroups, 10));
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>A question about lifecycle or stickiness.</summary>
    /// <exception cref="InvalidQuestionException">It has faults.</exception>
    public static ActivityQuestion Activity(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "event", "period", "filter", "breakdown", "limit"]);
        var period = node["period"].Word(Periods, Granularity.Day);
        var question = new ActivityQuestion(
            Scope(node, context, period), StepOr(node["event"]), period, FunnelReader.OfEvents(node["filter"]), Breakdown(node), node["limit"].Whole(1, MostGroups, 10));
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>A question about paths.</summary>
    /// <exception cref="InvalidQuestionException">It has faults.</exception>
    public static PathQuestion Path(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "from", "by", "direction", "depth", "limit", "gap", "filter"]);
        var by = node.Has("by") ? FunnelReader.EventProperty(node["by"]) : Catalogue.Find("name");
        if (by is not null && by.Type != PropertyType.Text)
        {
            node["by"].Expected("a text, such as name or page");
        }

        var question = new PathQuestion(
            QuestionTime.Scope(node, context), FunnelReader.Step(node["from"]), by ?? Catalogue.Find("name")!, node["direction"].Word(Directions, false),
            node["depth"].Whole(1, 5, 3), node["limit"].Whole(1, 100, 10), QuestionTime.Duration(node["gap"], TimeSpan.FromDays(1)) ?? TimeSpan.FromMinutes(30),
            FunnelReader.OfEvents(node["filter"]));
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>A question about an experiment.</summary>
    /// <exception cref="InvalidQuestionException">It has faults.</exception>
    public static ExperimentQuestion Experiment(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "exposure", "variant", "control", "goals", "window", "split", "filter"]);
        var variant = FunnelReader.EventProperty(node["variant"]);
        ExperimentGoal[] goals = [.. node["goals"].Items(10).Select(Goal)];
        if (goals.Length == 0)
        {
            node["goals"].Expected("at least one goal, such as [\"order_placed\", {\"event\": \"order_placed\", \"property\": \"revenue\"}]");
        }

        var question = new ExperimentQuestion(
            QuestionTime.Scope(node, context), FunnelReader.Step(node["exposure"]), variant ?? Catalogue.Find("name")!,
            node.Has("control") ? node["control"].Text("the name of a variant") : null, goals,
            QuestionTime.Duration(node["window"], TimeSpan.FromDays(366)) ?? TimeSpan.FromDays(14), Split(node["split"]), FunnelReader.OfEvents(node["filter"]));
        node.ThrowIfFaulty();
        return question;
    }

    private static ExperimentGoal Goal(QuestionNode node)
    {
        var step = FunnelReader.Step(node, "property");
        var property = !node.IsText && node.Has("property") ? FunnelReader.EventProperty(node["property"]) : null;
        if (property is not null && property.Type is not (PropertyType.Number or PropertyType.Money) && !property.IsCustom)
        {
            node["property"].Expected("a property that is a number: revenue, units or one of your own");
        }

        return new(step, property);
    }

    private static Dictionary<string, double> Split(QuestionNode node)
    {
        var split = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var share in node.Items(20).Where(_ => node.IsSet))
        {
            share.Only("variant", "share");
            if (share["variant"].Text("the name of a variant") is { } variant && share["share"].Number() is { } number)
            {
                if (number <= 0 || !split.TryAdd(variant, number))
                {
                    share["share"].Expected("a share above 0, once for each variant");
                }
            }
        }

        return split;
    }

    private static Property? Breakdown(QuestionNode node) => node.Has("breakdown") ? FunnelReader.EventProperty(node["breakdown"]) : null;

    private static FunnelStep StepOr(QuestionNode node) => node.IsSet ? FunnelReader.Step(node) : new("any event", null, null);

    // Periods are whole: half a week would be a cohort of another kind.
    private static QuestionScope Scope(QuestionNode node, QuestionContext context, Granularity period)
    {
        var scope = QuestionTime.Scope(node, context);
        if (Buckets.AtMost(scope.Range, period) > MostPeriods)
        {
            node["range"].Fault($"Expected at most {MostPeriods} periods; found about {Buckets.AtMost(scope.Range, period)}. Ask for a shorter range or longer periods.");
            return scope;
        }

        var starts = Buckets.Of(scope.Range, period, scope.Zone).ToList();
        return starts.Count == 0 ? scope : scope with { Range = new(starts[0], Buckets.Next(starts[^1], period, scope.Zone)) };
    }
}
