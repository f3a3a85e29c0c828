using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Replies;

/// <summary>A line of the audit log.</summary>
internal sealed record AuditReply(
    long Id, DateTimeOffset At, string Actor, string ActorName, string? Ip, string Action, string Subject, IReadOnlyList<long> Tenants, JsonElement Detail)
{
    /// <summary>Of an entry as it is kept.</summary>
    public static AuditReply Of(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Actor.Id, entry.Actor.Name, entry.Actor.Ip, entry.Action, entry.Subject, entry.TenantIds, JsonElement.Parse(entry.Detail));
}
