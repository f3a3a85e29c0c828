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

    private static readonly Dictionary<string, Granularity> Granularities = new(StringComparer.Ordinal)
    {
        ["minute"] = Granularity.Minute,
        ["hour"] = Granularity.Hour,
        ["day"] = Granularity.Day,
        ["week"] = Granularity.Week,
        ["month"] = Granularity.Month,
    };

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
        node.Only([.. QuestionTime.Fields, "granularity", "metrics", "formulas", "filter", "breakdown", "limit", "compare", "moving_average", "source"]);
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
            Granularity = node["granularity"].Word(Granularities, ByLength(scope.Range.Length)),
            Metrics = metrics,
            Lines = lines,
            Filter = filter,
            Breakdown = breakdown,
            Limit = node["limit"].Whole(1, MostGroups, 10),
            Compare = node["compare"].Word(Modes, null),
            MovingAverage = node["moving_average"].Whole(2, 365, 0),
            IsRaw = node["source"].Word(Sources, false),
        };
        CheckSize(node, question, context);
        CheckRaw(node, question);
        node.ThrowIfFaulty();
        return question;
    }

    /// <summary>Where none is asked for: fine enough to show a shape, coarse enough to stay near a hundred points.</summary>
    public static Granularity ByLength(TimeSpan length) =>
        length <= TimeSpan.FromHours(2) ? Granularity.Minute
        : length <= TimeSpan.FromDays(3) ? Granularity.Hour
        : length <= TimeSpan.FromDays(120) ? Granularity.Day
        : length <= TimeSpan.FromDays(730) ? Granularity.Week
        : Granularity.Month;

    /// <summary>A granularity's word.</summary>
    public static string NameOf(Granularity granularity) => Granularities.First(pair => pair.Value == granularity).Key;

    /// <summary>A mode's word.</summary>
    public static string NameOf(ComparisonMode mode) => Modes.First(pair => pair.Value == mode).Key;

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
                $"Expected at most {context.MostPoints} points; found about {points} of granularity {NameOf(question.Granularity)}. Ask for a coarser one or a shorter period.");
        }
        else if (values > MostValues)
        {
            node["limit"].Fault(
                $"Expected at most {MostValues} numbers; found about {points} points of {groups} groups of {question.Lines.Count} metrics. Ask for fewer groups or a coarser granularity.");
        }
    }

    private static void CheckRaw(QuestionNode node, TrendQuestion question)
    {
        if (!node.IsFaulty && question.IsRaw && question.Metrics.FirstOrDefault(metric => question.TableOf(metric) == Facts.None) is { } metric)
        {
            node["source"].Fault($"Expected auto, as {metric.Name} is known as a sum only; found raw.");
        }
    }
}
