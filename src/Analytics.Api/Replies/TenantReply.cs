using Analytics.Storage.Postgres;

namespace Analytics.Api.Replies;

/// <summary>A tenant that a key may see.</summary>
internal sealed record TenantReply(long Id, string ExternalId, string Name, string Currency, string TimeZone)
{
    /// <summary>What is told of a tenant.</summary>
    public static TenantReply Of(Tenant tenant) => new(tenant.Id, tenant.ExternalId, tenant.Name, tenant.Currency, tenant.TimeZone);
}
