namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>An event as the worker would have stored it.</summary>
public sealed record MadeEvent
{
    public long Tenant { get; init; } = 1;

    public required string Name { get; init; }

    public required DateTimeOffset Time { get; init; }

    public string User { get; init; } = "u1";

    public string Session { get; init; } = "";

    public string Country { get; init; } = "DE";

    public string Device { get; init; } = "mobile";

    public string Source { get; init; } = "direct";

    public string Campaign { get; init; } = "";

    public string Url { get; init; } = "";

    public string Product { get; init; } = "";

    public string Order { get; init; } = "";

    public string Currency { get; init; } = "";

    public long Units { get; init; }

    public long Revenue { get; init; }

    public bool IsBot { get; init; }

    /// <summary>Offset in the log: decides the order of events of the same millisecond.</summary>
    public long Offset { get; init; } = -1;

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>An event of any kind, on some days around the end of a month, with values that hurt where they are not escaped.</summary>
    public static MadeEvent Any(Random random, long tenant, int days = 4)
    {
        string Of(params string[] texts) => texts[random.Next(texts.Length)];
        var name = Of("page_view", "page_view", "product_view", "order_placed", "stock_level");
        var isOrder = name == "order_placed";
        return new()
        {
            Tenant = tenant,
            Name = name,
            Time = QuestionTables.Utc("2026-02-28 20:00").AddSeconds(random.Next(days * 86_400)),
            User = name == "stock_level" ? "" : "u" + random.Next(40),
            Country = Of("DE", "FR", "", "' OR 1 = 1 --"),
            Device = Of("mobile", "desktop", ""),
            Source = Of("direct", "search"),
            Campaign = Of("", "spring", "\\"),
            Product = isOrder || name == "product_view" ? "p" + random.Next(5) : "",
            Order = isOrder ? "o" + random.Next(100_000) : "",
            Currency = isOrder ? Of("EUR", "USD") : "",
            Units = isOrder ? random.Next(1, 5) : 0,
            Revenue = isOrder ? random.Next(100, 9_999) : 0,
            IsBot = random.Next(10) == 0,
            Properties = new Dictionary<string, string> { ["plan"] = Of("1", "2.5", "basic", ""), ["tenant"] = "2", ["' OR 1 --"] = "x" },
        };
    }
}
