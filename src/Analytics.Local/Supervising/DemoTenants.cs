using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Local.Supervising;

/// <summary>The demo's shops and the keys that open them.</summary>
internal static class DemoTenants
{
    private static readonly Tenant[] All =
    [
        new(1, "furniture", "Furniture"),
        new(2, "office-supplies", "Office Supplies"),
        new(3, "technology", "Technology"),
        new(4, "live-demo", "Live demo"),
    ];

    /// <summary>Adds what is missing; a second time changes nothing.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource source, StackSecrets secrets, CancellationToken cancel)
    {
        var tenants = new Tenants(source);
        foreach (var tenant in All)
        {
            await tenants.UpsertAsync(tenant, cancel);
        }

        var keys = new ApiKeys(source);
        long[] ids = [.. All.Select(tenant => tenant.Id)];
        await keys.UpsertAsync(secrets.WriteKey, "demo: sends", ApiKeyKind.Write, ids, cancel);
        await keys.UpsertAsync(secrets.ReadKey, "demo: reads", ApiKeyKind.Read, ids, cancel);
        await keys.UpsertAsync(secrets.AdminKey, "demo: administers", ApiKeyKind.Admin, [], cancel);
    }
}
