using System.Globalization;

namespace Analytics.Core.Questions;

/// <summary>
/// Reads metrics: <c>"revenue"</c>, <c>{"metric": "revenue", "filter": …, "name": "a"}</c>, or
/// <c>{"name": "a", "event": "signup", "measure": "p95", "property": "properties.age", "from": "events", "filter": …}</c>.
/// </summary>
internal static class MetricReader
{
    /// <summary>How the names of metrics that only a formula needs begin; no name of a question can.</summary>
    public const string Hidden = "$";

    private static readonly Dictionary<string, Measure> Measures = new(StringComparer.Ordinal)
    {
        ["count"] = Measure.Count,
        ["sum"] = Measure.Sum,
        ["average"] = Measure.Average,
        ["min"] = Measure.Min,
        ["max"] = Measure.Max,
        ["median"] = Measure.Percentile,
        ["unique_users"] = Measure.Users,
        ["per_user"] = Measure.PerUser,
    };

    private static readonly Dictionary<string, Subject> Subjects = new(StringComparer.Ordinal) { ["events"] = Subject.Events, ["order_lines"] = Subject.OrderLines };

    /// <summary>Adds what stands here to the metrics and lines of a question.</summary>
    /// <param name="node">A metric.</param>
    /// <param name="needed">The properties that the question needs besides.</param>
    /// <param name="byDefault">Its name where it has none.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="lines">What is answered.</param>
    public static void Read(QuestionNode node, IReadOnlyCollection<Property> needed, string byDefault, List<Metric> metrics, List<TrendLine> lines)
    {
        if (node.IsText)
        {
            if (node.Text("the name of a metric") is { } known)
            {
                Named(node, known, known, null, needed, metrics, lines);
            }

            return;
        }

        if (node.Has("metric"))
        {
            node.Only("metric", "name", "filter");
            var metric = node["metric"].Text("the name of a metric") ?? "";
            Named(node["metric"], metric, node.Has("name") ? Name(node["name"]) : metric, FilterReader.Read(node["filter"]), needed, metrics, lines);
            return;
        }

        node.Only("name", "event", "measure", "property", "from", "filter");
        var name = node.Has("name") ? Name(node["name"]) : byDefault;
        if (Measured(node, name) is { } made)
        {
            metrics.Add(made);
            lines.Add(new(name, Formula.Name(name)));
            CheckReadable(node, made, needed);
        }
    }

    /// <summary>A name of a metric or formula; letters, digits and _.</summary>
    public static string Name(QuestionNode node)
    {
        const string Expected = "a name of letters, digits and _, at most 64";
        var name = node.Text(Expected, 64) ?? "unnamed";
        if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            node.Expected(Expected);
            return "unnamed";
        }

        return name;
    }

    private static void Named(
        QuestionNode node, string metric, string name, Filter? filter, IReadOnlyCollection<Property> needed, List<Metric> metrics, List<TrendLine> lines)
    {
        IReadOnlyCollection<Property> all = [.. needed, .. filter?.Properties ?? []];
        if (NamedMetrics.Find(metric, all) is { } found)
        {
            var made = found with { Name = name, Filter = filter };
            metrics.Add(made);
            lines.Add(new(name, Formula.Name(name)));
            CheckReadable(node, made, needed);
        }
        else if (NamedMetrics.Ratio(metric) is { } ratio)
        {
            foreach (var part in ratio.Names)
            {
                var made = NamedMetrics.Find(part, all)! with { Name = Hidden + name + Hidden + part, Filter = filter };
                metrics.Add(made);
                CheckReadable(node, made, needed);
            }

            lines.Add(new(name, ratio.Renamed(part => Hidden + name + Hidden + part)));
        }
        else
        {
            node.Fault($"Expected one of the metrics {string.Join(", ", NamedMetrics.Names)}; found '{metric}'. For others say event and measure.");
        }
    }

    private static Metric? Measured(QuestionNode node, string name)
    {
        var subject = node["from"].Word(Subjects, Subject.Events);
        var level = LevelOf(node["measure"]);
        var measure = level is not null ? Measure.Percentile : node["measure"].Word(Measures, Measure.Count);
        var of = node.Has("property") ? Catalogue.Read(node["property"]) : null;
        var needs = measure is not (Measure.Count or Measure.Users or Measure.PerUser);
        if (needs && !node.Has("property"))
        {
            node["property"].Expected("the property that is measured");
        }
        else if (!needs && of is not null)
        {
            node["property"].Fault("Expected no property where events or users are counted; found one. To count the events that have it, filter by \"set\".");
        }

        if (of is not null && of.Type is not (PropertyType.Number or PropertyType.Money) && !of.IsCustom)
        {
            node["property"].Expected("a property that is a number: revenue, units, discount, quantity, unit_price or one of your own");
        }

        var eventName = node.Has("event") ? node["event"].Text("the name of an event, or the status of an order's lines") : null;
        return node.IsFaulty ? null : new(name, subject, eventName, measure, of, level ?? (measure == Measure.Percentile ? 0.5 : 0), FilterReader.Read(node["filter"]));
    }

    // p1 to p99; also p99.9.
    private static double? LevelOf(QuestionNode node)
    {
        if (node is not { IsSet: true, IsText: true } || node.Text("a measure") is not { Length: > 1 } text || text[0] != 'p'
            || !double.TryParse(text.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
        {
            return null;
        }

        if (percent is > 0 and < 100)
        {
            return percent / 100;
        }

        node.Expected("a percentile from p1 to p99");
        return 0.5;
    }

    private static void CheckReadable(QuestionNode node, Metric metric, IReadOnlyCollection<Property> needed)
    {
        if (!node.IsFaulty && metric.Readable(needed) == Facts.None)
        {
            var properties = string.Join(", ", needed.Concat(metric.Filter?.Properties ?? []).Append(metric.Of!).Where(property => property is not null).Select(property => property.Name).Distinct());
            node.Fault($"Expected properties that are known together for {(metric.Subject == Subject.Events ? "events" : "lines of orders")}; found {properties}, which are not. "
                + "Ask for them in two questions.");
        }
    }
}
