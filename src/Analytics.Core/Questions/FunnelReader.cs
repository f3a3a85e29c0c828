namespace Analytics.Core.Questions;

/// <summary>Reads questions about funnels from JSON.</summary>
public static class FunnelReader
{
    private const int MostSteps = 12;
    private const int MostUnordered = 8;
    private const int MostExclusions = 8;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(366);

    private static readonly Dictionary<string, FunnelOrder> Orders = new(StringComparer.Ordinal)
    {
        ["ordered"] = FunnelOrder.Ordered,
        ["strict"] = FunnelOrder.Strict,
        ["unordered"] = FunnelOrder.Unordered,
    };

    private static readonly Dictionary<string, FunnelAttribution> Attributions = new(StringComparer.Ordinal)
    {
        ["first"] = FunnelAttribution.First,
        ["last"] = FunnelAttribution.Last,
        ["all"] = FunnelAttribution.All,
    };

    /// <summary>The question, whole and possible.</summary>
    /// <exception cref="InvalidQuestionException">It is not: every fault by its path.</exception>
    public static FunnelQuestion Read(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "steps", "exclusions", "order", "window", "filter", "breakdown", "attribution", "limit"]);
        var order = node["order"].Word(Orders, FunnelOrder.Ordered);
        var steps = Steps(node["steps"], order);
        var question = new FunnelQuestion
        {
            Scope = QuestionTime.Scope(node, context),
            Steps = steps,
            Exclusions = [.. node["exclusions"].Items(MostExclusions).Select(item => Exclusion(item, steps.Length))],
            Order = order,
            Window = QuestionTime.Duration(node["window"], LongestWindow) ?? TimeSpan.FromDays(14),
            Filter = OfEvents(node["filter"]),
            Breakdown = node.Has("breakdown") ? EventProperty(node["breakdown"]) : null,
            Attribution = node["attribution"].Word(Attributions, FunnelAttribution.First),
            Limit = node["limit"].Whole(1, 200, 10),
        };
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>An order's word.</summary>
    public static string NameOf(FunnelOrder order) => Orders.First(pair => pair.Value == order).Key;

    /// <summary>A filter over properties of events.</summary>
    internal static Filter? OfEvents(QuestionNode node)
    {
        var filter = FilterReader.Read(node);
        if (filter?.Properties.FirstOrDefault(property => !property.In.HasFlag(Facts.Events)) is { } other)
        {
            node.Fault($"Expected properties of events; found {other.Name}, which lines of orders have.");
        }

        return filter;
    }

    /// <summary>A property that events have.</summary>
    internal static Property? EventProperty(QuestionNode node)
    {
        // A list of one, as breakdowns of trends are written.
        var item = node.IsList && node.Items(1) is [var only] ? only : node;
        if (Catalogue.Read(item) is not { } property)
        {
            return null;
        }

        if (property.In.HasFlag(Facts.Events))
        {
            return property;
        }

        item.Fault($"Expected a property of events; found {property.Name}, which lines of orders have.");
        return null;
    }

    /// <summary>Events of a name: <c>"signup"</c>, or <c>{"event": "signup", "filter": …}</c>.</summary>
    /// <param name="node">Where it stands.</param>
    /// <param name="more">Fields beside event, name and filter.</param>
    internal static FunnelStep Step(QuestionNode node, params ReadOnlySpan<string> more)
    {
        if (node.IsText)
        {
            var text = node.Text("the name of an event") ?? "";
            return new(text, text, null);
        }

        node.Only(["event", "name", "filter", .. more]);
        var name = node.Has("event") ? node["event"].Text("the name of an event") : null;
        var within = more.Contains("within") ? QuestionTime.Duration(node["within"], LongestWindow) : null;
        return new(node.Has("name") ? node["name"].Text("a name for people") ?? "" : name ?? "any event", name, OfEvents(node["filter"]), within);
    }

    private static FunnelStep[] Steps(QuestionNode node, FunnelOrder order)
    {
        var most = order == FunnelOrder.Unordered ? MostUnordered : MostSteps;
        FunnelStep[] steps = [.. node.Items(most).Select(item => Step(item, "within"))];
        if (steps.Length < 2)
        {
            node.Expected($"two to {most} steps, such as [\"product_view\", \"add_to_cart\", \"order_placed\"]");
        }

        return steps;
    }

    private static FunnelExclusion Exclusion(QuestionNode node, int steps)
    {
        var what = Step(node, "from_step", "to_step");
        if (node.IsText)
        {
            return new(what, 1, steps);
        }

        var from = node["from_step"].Whole(1, Math.Max(1, steps - 1), 1);
        var to = node["to_step"].Whole(2, Math.Max(2, steps), Math.Max(2, steps));
        if (to <= from)
        {
            node["to_step"].Fault($"Expected a step after step {from}; found {to}.");
        }

        return new(what, from, to);
    }
}
