using System.Globalization;
using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>Makes the address that lists the events behind the points of a trend.</summary>
public static class EventLink
{
    // Beyond it some servers and clients cut addresses.
    private const int Longest = 4_000;

    // Values beyond the budget of a chunk stand under this name in sums; the events themselves have their true ones.
    private const string Folded = "__other__";

    /// <summary>
    /// The address of the events of a line and group, with <c>{start}</c> and <c>{end}</c> in the place of a point's bounds; null where the events cannot be told
    /// by a filter: values folded together, a line of events and of order lines, more conditions than a filter may have.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">The question.</param>
    /// <param name="line">One of its lines.</param>
    /// <param name="labels">The group's values of the breakdown; null for the others.</param>
    /// <param name="told">The values of the groups that are told apart: what the others are not.</param>
    public static string? Of(long tenant, TrendQuestion question, TrendLine line, IReadOnlyList<string>? labels, IEnumerable<IReadOnlyList<string>> told)
    {
        var metrics = line.Formula.Names.Distinct(StringComparer.Ordinal).Select(name => question.Metrics.First(metric => metric.Name == name)).ToList();
        if (metrics.Count == 0 || metrics.Any(metric => metric.Subject != metrics[0].Subject) || GroupOf(question, labels, told) is not { } group)
        {
            return null;
        }

        Filter[] counted = [.. metrics.Select(Counted).Distinct()];
        Filter all = new AllOf([.. counted.Length == 1 ? counted : [new AnyOf(counted)], .. group, .. question.Filter is { } filter ? (Filter[])[filter] : []]);
        var table = metrics[0].Subject == Subject.OrderLines ? Facts.OrderLines : Facts.Events;
        if (Size(all) > FilterReader.MostConditions || !all.Properties.All(property => property.In.HasFlag(table)))
        {
            return null;
        }

        var address = $"/api/v1/analytics/{tenant.ToString(CultureInfo.InvariantCulture)}/events?start={{start}}&end={{end}}"
            + (question.Scope.WithBots ? "" : "&bots=exclude") + "&filter=" + Uri.EscapeDataString(FilterJson.Of(all).ToJsonString());
        return address.Length <= Longest ? address : null;
    }

    private static AllOf Counted(Metric metric)
    {
        var filters = new List<Filter>();
        if (metric.Subject == Subject.OrderLines)
        {
            // Only lines have one: it says what is listed.
            var status = Catalogue.Find("status")!;
            filters.Add(metric.Event is { } one ? Equal(status, one) : new Condition(status, Operator.Set, []));
        }
        else if (metric.Event is { } name)
        {
            filters.Add(Equal(Catalogue.Find("name")!, name));
        }

        if (metric.IsMoney)
        {
            // Of any currency: they are converted.
            filters.Add(new Condition(Catalogue.Find("currency")!, Operator.Set, []));
        }

        return new([.. filters, .. metric.Filter is { } filter ? (Filter[])[filter] : []]);
    }

    private static List<Filter>? GroupOf(TrendQuestion question, IReadOnlyList<string>? labels, IEnumerable<IReadOnlyList<string>> told)
    {
        var filters = new List<Filter>();
        foreach (var one in labels is null ? told : [labels])
        {
            var parts = question.Breakdown.Zip(one, (property, label) => Part(property, label, labels is null ? Operator.NotEqual : Operator.Equal)).ToList();
            if (parts.Any(part => part is null))
            {
                return null;
            }

            Filter[] whole = [.. parts.OfType<Filter>()];
            filters.AddRange(labels is not null || whole.Length == 1 ? whole : [new AnyOf(whole)]);
        }

        return filters;
    }

    private static Condition? Part(Property property, string label, Operator op) => property.Type switch
    {
        _ when label == Folded => null,
        PropertyType.Text => new(property, op, [new(label)]),
        PropertyType.Flag => new(property, op, [new(label == "1" ? "true" : "false")]),
        PropertyType.Number or PropertyType.Money when double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => new(property, op, [new(label, number)]),
        _ => null,
    };

    private static Condition Equal(Property property, string value) => new(property, Operator.Equal, [new(value)]);

    private static int Size(Filter filter) => filter switch
    {
        AllOf all => all.Filters.Sum(Size),
        AnyOf any => any.Filters.Sum(Size),
        _ => 1,
    };
}
