namespace Analytics.Storage.Postgres;

/// <summary>A key as those see it who look after keys.</summary>
/// <param name="Key">The key and its rights.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was used last, to the minute; null for never.</param>
/// <param name="Replaces">Number of the key in whose place it was made.</param>
public sealed record ApiKeyEntry(ApiKey Key, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, long? Replaces);
