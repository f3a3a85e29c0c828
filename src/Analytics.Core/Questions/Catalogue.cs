namespace Analytics.Core.Questions;

/// <summary>The properties that questions may name. What is not here reaches no statement.</summary>
public static class Catalogue
{
    private const int LongestCustomName = 128;

    private const Facts Dimensions = Facts.Cells | Facts.Uniques | Facts.Events;
    private const Facts Raw = Facts.Events;
    private const Facts Both = Facts.Events | Facts.OrderLines;

    /// <summary>All but the sender's own.</summary>
    public static IReadOnlyList<Property> Properties { get; } =
    [
        Text("name", Dimensions, "Name of the event"),
        Text("country", Dimensions, "ISO 3166-1 alpha-2, empty when unknown"),
        Text("device", Dimensions, "desktop, mobile, tablet, …"),
        Text("source", Dimensions, "Channel: direct, search, social, email, paid, referral, internal"),
        Text("currency", Facts.Cells | Both, "Empty for events without money"),
        Text("campaign", Raw, "Campaign"),
        Text("browser", Raw, "Family of the browser"),
        Text("os", Raw, "Family of the operating system"),
        Text("bot_rule", Raw, "What made it a bot's; empty for people"),
        Text("url", Raw, "Address of the page"),
        Text("page", Raw, "Address of the page without query and fragment"),
        Text("referrer", Raw, "Where the visitor came from"),
        Text("user_id", Both, "The sender's id of the user"),
        Text("session_id", Raw, "The sender's id of the session"),
        Text("product_id", Both, "The product that the event, or the line, is about"),
        Text("order_id", Both, "The order"),
        Text("status", Facts.OrderLines, "placed, cancelled or refunded"),
        new("is_bot", PropertyType.Flag, Dimensions, Facts.None, "Whether it is a bot's"),
        new("event_time", PropertyType.Instant, Both, Facts.None, "When it happened"),
        new("units", PropertyType.Number, Raw, Facts.Cells | Raw, "Pieces of an order"),
        new("quantity", PropertyType.Number, Facts.OrderLines, Facts.OrderLines, "Pieces of an order's line"),
        new("revenue", PropertyType.Money, Both, Facts.Cells | Both, "Quantity × unit price − discount"),
        new("discount", PropertyType.Money, Facts.OrderLines, Facts.Cells | Facts.OrderLines, "Discount of an order, or of its line"),
        new("unit_price", PropertyType.Money, Facts.OrderLines, Facts.OrderLines, "Price of a piece"),
    ];

    private static readonly Dictionary<string, Property> ByName = Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);

    /// <summary>The property of this name; null for names that mean nothing.</summary>
    public static Property? Find(string name)
    {
        if (ByName.TryGetValue(name, out var property))
        {
            return property;
        }

        return name.StartsWith(Property.CustomPrefix, StringComparison.Ordinal) && name.Length > Property.CustomPrefix.Length
            && name.Length <= Property.CustomPrefix.Length + LongestCustomName
            ? new Property(name, PropertyType.Text, Raw, Raw, "The sender's own")
            : null;
    }

    /// <summary>Reads the name of a property; null, and a fault, for a name that means nothing.</summary>
    public static Property? Read(QuestionNode node)
    {
        if (node.Text("the name of a property") is not { } name)
        {
            return null;
        }

        if (Find(name) is { } property)
        {
            return property;
        }

        node.Fault($"Expected {string.Join(", ", ByName.Keys)} or properties.<name of your own, at most {LongestCustomName} characters>; found '{name}'.");
        return null;
    }

    private static Property Text(string name, Facts tables, string meaning) => new(name, PropertyType.Text, tables, Facts.None, meaning);
}
