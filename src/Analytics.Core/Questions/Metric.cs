namespace Analytics.Core.Questions;

/// <summary>What is done with the events of a metric.</summary>
public enum Measure
{
    /// <summary>They are counted.</summary>
    Count,

    /// <summary>A property is added up.</summary>
    Sum,

    /// <summary>Mean of a property over the events that have it.</summary>
    Average,

    /// <summary>Least value of a property.</summary>
    Min,

    /// <summary>Largest value of a property.</summary>
    Max,

    /// <summary>A percentile of a property, between two values where it falls between them.</summary>
    Percentile,

    /// <summary>Their distinct users are counted.</summary>
    Users,

    /// <summary>Events for each distinct user.</summary>
    PerUser,
}

/// <summary>What a metric is about.</summary>
public enum Subject
{
    /// <summary>Events.</summary>
    Events,

    /// <summary>Lines of orders; <see cref="Metric.Event"/> is then their status.</summary>
    OrderLines,
}

/// <summary>A number that can be made of events.</summary>
/// <param name="Name">Its name in formulas and in the answer.</param>
/// <param name="Subject">Events, or lines of orders.</param>
/// <param name="Event">Name of the events, or status of the lines; null for all of them.</param>
/// <param name="Measure">What is done with them.</param>
/// <param name="Of">The property that is measured; null where none is.</param>
/// <param name="Level">Which percentile, 0.5 for the median; else 0.</param>
/// <param name="Filter">Which of the events; null for all.</param>
public sealed record Metric(string Name, Subject Subject, string? Event, Measure Measure, Property? Of = null, double Level = 0, Filter? Filter = null)
{
    /// <summary>Whether its values are amounts of money.</summary>
    public bool IsMoney => Of?.Type == PropertyType.Money;

    /// <summary>Whether it counts distinct users, which may be an estimate.</summary>
    public bool CountsUsers => Measure is Measure.Users or Measure.PerUser;

    /// <summary>Where it can be read, of the tables that know what its question breaks down and filters by.</summary>
    /// <param name="known">The properties that its question needs besides.</param>
    public Facts Readable(IEnumerable<Property> known)
    {
        var tables = Subject == Subject.OrderLines ? Facts.OrderLines : Facts.Cells | Facts.Events;
        if (CountsUsers && Subject == Subject.Events)
        {
            // A figure for each user divides what the cells add up by what the sketches unite.
            tables = known.Concat(Filter?.Properties ?? []).All(property => property.In.HasFlag(Facts.Uniques)) ? tables : Facts.Events;
        }

        if (Of is not null)
        {
            tables &= Of.AddedIn & (Measure is Measure.Sum or Measure.Average ? ~Facts.None : ~Facts.Cells);
        }

        return known.Concat(Filter?.Properties ?? []).Aggregate(tables, (left, property) => left & property.In);
    }
}
