using System.Globalization;

namespace Analytics.Core.Questions;

/// <summary>Reads questions about trends from JSON.</summary>
public static class TrendReader
{
    private const int MostMetrics = 12;
    private const int MostFormulas = 12;
    private const int MostBreakdowns = 3;
    private const int MostGroups = 200;

    // Numbers of one answer: some 2 MB of JSON.
    private const long MostValues = 200_000;

    private static readonly Dictionary<string, ComparisonMode?> Modes = new(StringComparer.Ordinal)
    {
        ["none"] = null,
        ["previous_period"] = ComparisonMode.PreviousPeriod,
        ["year_over_year"] = ComparisonMode.YearOverYear,
        ["match_weekday"] = ComparisonMode.MatchWeekday,
    };

    private static readonly Dictionary<string, bool> Sources = new(StringComparer.Ordinal) { ["auto"] = false, ["raw"] = true };

    /// <summary>The question, whole and possible.</summary>
    /// <exception cref="InvalidQuestionException">It is not: every fault by its path.</exception>
    public static TrendQuestion Read(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "granularity", "week_start", "metrics", "formulas", "filter", "breakdown", "limit", "compare", "moving_average", "source"]);
        var scope = QuestionTime.Scope(node, context);
        var filter = FilterReader.Read(node["filter"]);
        Property[] breakdown = [.. node["breakdown"].Items(MostBreakdowns).Select(Catalogue.Read).OfType<Property>()];
        if (breakdown.DistinctBy(property => property.Name).Count() < breakdown.Length)
        {
            node["breakdown"].Fault("Expected properties that differ; found one twice.");
        }

        var (metrics, lines) = Measured(node, [.. breakdown, .. filter?.Properties ?? []]);
        var question = new TrendQuestion
        {
            Scope = scope,
            Granularity = GranularityOf(node, scope.Range),
            Metrics = metrics,
            Lines = lines,
            Filter = filter,
            Breakdown = breakdown,
            Limit = node["limit"].Whole(1, MostGroups, 10),
            Compare = node["compare"].Word(Modes, null),
            MovingAverage = node["moving_average"].Whole(2, 365, 0),
            IsRaw = node["source"].Word(Sources, false),
        };
        question = Finest(node, question);
        CheckSize(node, question, context);
        CheckRaw(node, question);
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>A mode's word.</summary>
    public static string NameOf(ComparisonMode mode) => Modes.First(pair => pair.Value == mode).Key;

    private static Granularity GranularityOf(QuestionNode node, TimeRange range)
    {
        var granularity = node["granularity"].Word(Granularities.Words, Granularities.ByLength(range.Length));
        var week = node["week_start"].Word(Granularities.WeekStarts, Granularity.Week);
        return granularity == Granularity.Week ? week : granularity;
    }

    // Seconds are known of the events only: where they were not asked for by name, a sum that minutes alone know comes by the minute.
    private static TrendQuestion Finest(QuestionNode node, TrendQuestion question)
    {
        if (question.Granularity != Granularity.FiveSeconds)
        {
            return question;
        }

        var raw = question with { IsRaw = true };
        var unknown = node.IsFaulty ? null : raw.Metrics.FirstOrDefault(metric => raw.TableOf(metric) == Facts.None);
        if (!node.Has("granularity"))
        {
            return unknown is null ? raw : question with { Granularity = Granularity.Minute };
        }

        if (question.Scope.Range.Length > Granularities.LongestOfSeconds)
        {
            node["granularity"].Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"Expected at most {Granularities.LongestOfSeconds.TotalMinutes} minutes of granularity 5s, which is read from the events themselves; found {question.Scope.Range.Length.TotalMinutes}. Ask for minute or a shorter period."));
        }
        else if (unknown is not null)
        {
            node["granularity"].Fault($"Expected minute or a coarser one, as {unknown.Name} is known as a sum of minutes only; found 5s.");
        }

        return raw;
    }

    private static (List<Metric> Metrics, List<TrendLine> Lines) Measured(QuestionNode node, IReadOnlyCollection<Property> needed)
    {
        var (metrics, lines) = (new List<Metric>(), new List<TrendLine>());
        foreach (var (item, index) in node["metrics"].Items(MostMetrics).Select((item, index) => (item, index)))
        {
            MetricReader.Read(item, needed, ((char)('A' + index)).ToString(), metrics, lines);
        }

        if (lines.Count == 0 && !node.IsFaulty)
        {
            node["metrics"].Expected("at least one metric, for example [\"revenue\"]");
        }

        foreach (var item in node["formulas"].Items(MostFormulas))
        {
            item.Only("name", "formula");
            var name = MetricReader.Name(item["name"]);
            if (Formula(item["formula"], lines) is { } formula)
            {
                lines.Add(new(name, formula));
            }
        }

        foreach (var twice in lines.GroupBy(line => line.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            node["metrics"].Fault($"Expected names that differ; found '{twice.Key}' twice.");
        }

        return (metrics, lines);
    }

    private static Formula? Formula(QuestionNode node, List<TrendLine> lines)
    {
        if (node.Text("a formula, such as A / B") is not { } text)
        {
            return null;
        }

        try
        {
            var formula = Questions.Formula.Parse(text);
            var unknown = formula.Names.FirstOrDefault(name => lines.All(line => line.Name != name));
            if (unknown is null)
            {
                return formula.Inlined(name => lines.First(line => line.Name == name).Formula);
            }

            node.Fault($"Expected the name of a metric ({string.Join(", ", lines.Select(line => line.Name))}); found '{unknown}'.");
        }
        catch (FormatException error)
        {
            node.Fault(error.Message);
        }

        return null;
    }

    private static void CheckSize(QuestionNode node, TrendQuestion question, QuestionContext context)
    {
        var points = Buckets.AtMost(question.Scope.Range, question.Granularity);
        var groups = question.Breakdown.Count == 0 ? 1 : question.Limit + 1;
        var values = points * groups * question.Lines.Count;
        if (points > context.MostPoints)
        {
            node["granularity"].Fault(
                $"Expected at most {context.MostPoints} points; found about {points} of granularity {Granularities.NameOf(question.Granularity)}. Ask for a coarser one or a shorter period.");
        }
        else if (values > MostValues)
        {
            node["limit"].Fault(
                $"Expected at most {MostValues} numbers; found about {points} points of {groups} groups of {question.Lines.Count} metrics. Ask for fewer groups or a coarser granularity.");
        }
    }

    private static void CheckRaw(QuestionNode node, TrendQuestion question)
    {
        if (!node.IsFaulty && question.IsRaw && question.Granularity != Granularity.FiveSeconds && question.Metrics.FirstOrDefault(metric => question.TableOf(metric) == Facts.None) is { } metric)
        {
            node["source"].Fault($"Expected auto, as {metric.Name} is known as a sum only; found raw.");
        }
    }
}
