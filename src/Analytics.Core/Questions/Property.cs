namespace Analytics.Core.Questions;

/// <summary>Where the answer to a question can be read.</summary>
[Flags]
public enum Facts
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>Sums of minutes, and of hours and days above them.</summary>
    Cells = 1,

    /// <summary>Sketches of users, minute by minute and above.</summary>
    Uniques = 2,

    /// <summary>The events themselves.</summary>
    Events = 4,

    /// <summary>Lines of orders.</summary>
    OrderLines = 8,
}

/// <summary>What values a property has.</summary>
public enum PropertyType
{
    /// <summary>Text; empty when unknown. A property of one's own that holds a number can also be compared and added up as one.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>An amount in minor units.</summary>
    Money,

    /// <summary>An instant to the millisecond.</summary>
    Instant,

    /// <summary>Yes or no.</summary>
    Flag,
}

/// <summary>Something that events can be filtered by, broken down by, or added up.</summary>
/// <param name="Name">Its name in questions.</param>
/// <param name="Type">What values it has.</param>
/// <param name="In">Where its value of each event is known, to filter and break down by.</param>
/// <param name="AddedIn">Where its sum is known.</param>
/// <param name="Meaning">For people.</param>
public sealed record Property(string Name, PropertyType Type, Facts In, Facts AddedIn, string Meaning)
{
    /// <summary>How the names of properties of one's own begin.</summary>
    public const string CustomPrefix = "properties.";

    /// <summary>Whether it is one of the properties that a sender gave under a name of its own.</summary>
    public bool IsCustom => Name.StartsWith(CustomPrefix, StringComparison.Ordinal);

    /// <summary>The sender's name of it.</summary>
    public string CustomName => Name[CustomPrefix.Length..];
}
