using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>What values a term has.</summary>
public enum TermType
{
    /// <summary>Text; unknown when empty.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An amount: minor units in the store, major ones in queries and answers.</summary>
    Money,

    /// <summary>An instant to the millisecond.</summary>
    Instant,

    /// <summary>The point of a series in which an instant lies.</summary>
    Bucket,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A stretch of time; only ever added to an instant.</summary>
    Duration,
}

/// <summary>A column that queries may name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What values it has.</param>
/// <param name="Meaning">For people.</param>
public sealed record QueryColumn(string Name, TermType Type, string Meaning);

/// <summary>What a query may read. What is not here reaches no statement.</summary>
/// <param name="Name">Its name after FROM.</param>
/// <param name="Columns">Its columns, the instant by which a range cuts it first.</param>
/// <param name="HasProperties">Whether events with properties of the sender's own stand behind it.</param>
public sealed record QuerySource(string Name, IReadOnlyList<QueryColumn> Columns, bool HasProperties = false)
{
    private static readonly QueryColumn Time = new("time", TermType.Instant, "When it happened");

    /// <summary>Everything that happened; without stock levels, unless the query names <c>'stock_level'</c>.</summary>
    public static QuerySource Events { get; } = new(
        "events",
        [
            Time, new("event_id", TermType.Text, "The event"),
            .. Catalogue.Properties.Where(property => property.In.HasFlag(Facts.Events) && property.Type != PropertyType.Instant)
                .Select(property => new QueryColumn(property.Name, TypeOf(property.Type), property.Meaning)),
        ],
        HasProperties: true);

    /// <summary>One row for each order and what became of it: placed, cancelled, refunded.</summary>
    public static QuerySource Orders { get; } = new(
        "orders",
        [
            Time, Text("order_id", "The order"), Text("status", "placed, cancelled or refunded"), Text("user_id", "The sender's id of the user"), Text("currency", "Currency of its amounts"),
            Number("lines", "Lines of it"), Number("units", "Pieces of it"), Money("revenue", "Quantity × unit price − discount"), Money("discount", "Discount"),
        ]);

    /// <summary>One row for each line of an order.</summary>
    public static QuerySource OrderLines { get; } = new(
        "order_lines",
        [
            Time, Number("line", "Its place in the order, from 0"),
            .. Catalogue.Properties.Where(property => property.In.HasFlag(Facts.OrderLines) && property.Type != PropertyType.Instant)
                .Select(property => new QueryColumn(property.Name, TypeOf(property.Type), property.Meaning)),
        ]);

    /// <summary>One row for each visit; <c>time</c> is its first event.</summary>
    public static QuerySource Sessions { get; } = new(
        "sessions",
        [
            Time, new("end_time", TermType.Instant, "Its last event"), Number("duration", "Seconds from the first event to the last"), Text("user", "The user, as a hash"),
            Number("events", "Events"), Number("page_views", "Page views"), Number("key_events", "Key events"), Number("orders", "Orders placed"),
            Text("source", "Channel of the first event"), Text("campaign", "Campaign of the first event"), Text("entry", "First page"), Text("exit", "Last page"),
            Flag("is_bounce", "A single event"), Flag("is_engaged", "Longer than 10 s, or two page views, or a key event"), Flag("is_bot", "With an event of a bot"),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<QuerySource> All { get; } = [Events, Orders, OrderLines, Sessions];

    /// <summary>The column of this name; null where there is none.</summary>
    public QueryColumn? Find(string name) =>
        // The question model calls it so.
        Columns.FirstOrDefault(column => column.Name == (name == "event_time" ? Time.Name : name));

    private static QueryColumn Text(string name, string meaning) => new(name, TermType.Text, meaning);

    private static QueryColumn Number(string name, string meaning) => new(name, TermType.Number, meaning);

    private static QueryColumn Money(string name, string meaning) => new(name, TermType.Money, meaning);

    private static QueryColumn Flag(string name, string meaning) => new(name, TermType.Flag, meaning);

    private static TermType TypeOf(PropertyType type) => type switch
    {
        PropertyType.Text => TermType.Text,
        PropertyType.Number => TermType.Number,
        PropertyType.Money => TermType.Money,
        PropertyType.Flag => TermType.Flag,
        PropertyType.Instant => TermType.Instant,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of property."),
    };
}
