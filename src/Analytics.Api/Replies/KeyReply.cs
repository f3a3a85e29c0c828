using System.Text.Json.Serialization;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Replies;

/// <summary>A key, for those who look after keys.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Prefix">The start of its text.</param>
/// <param name="Name">Who holds it.</param>
/// <param name="Kind">write, read or admin.</param>
/// <param name="Tenants">Whose events or figures; none for an admin key, which is good for all.</param>
/// <param name="Rights">What it may do: collect, read, edit, manage.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was used last, to the minute.</param>
/// <param name="ExpiresAt">From when on it is not valid.</param>
/// <param name="Replaces">The key in whose place it was made.</param>
internal sealed record KeyReply(
    long Id,
    string Prefix,
    string Name,
    string Kind,
    IReadOnlyList<long> Tenants,
    IReadOnlyList<string> Rights,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    long? Replaces)
{
    /// <summary>The whole key: in the reply to its making, and never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>When the key that it replaces ends.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ReplacedEndsAt { get; init; }

    /// <summary>Of a key as it is kept.</summary>
    public static KeyReply Of(ApiKeyEntry entry) => new(
        entry.Key.Id,
        entry.Key.Prefix,
        entry.Key.Name,
        ApiKeyText.Code(entry.Key.Kind),
        [.. entry.Key.TenantIds.Order()],
        RightsOf.ToWords(entry.Key.Rights),
        entry.CreatedAt,
        entry.LastUsedAt,
        entry.Key.ExpiresAt,
        entry.Replaces);
}
