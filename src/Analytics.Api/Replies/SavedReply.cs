using System.Text.Json;
using System.Text.Json.Serialization;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Replies;

/// <summary>A saved dashboard, funnel or cohort. In a list without its definition.</summary>
internal sealed record SavedReply(
    long Id, long Tenant, string Kind, string Name, long Version, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy)
{
    /// <summary>What was saved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Definition { get; init; }

    /// <summary>The whole.</summary>
    public static SavedReply Of(SavedItem item) => Listed(item) with { Definition = JsonElement.Parse(item.Definition) };

    /// <summary>A line of a list.</summary>
    public static SavedReply Listed(SavedItem item) => new(
        item.Id, item.TenantId, SavedItems.NameOf(item.Kind), item.Name, item.Version, item.CreatedAt, item.CreatedBy, item.UpdatedAt, item.UpdatedBy);
}
