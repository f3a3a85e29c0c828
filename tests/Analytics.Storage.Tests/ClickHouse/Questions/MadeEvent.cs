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
}
