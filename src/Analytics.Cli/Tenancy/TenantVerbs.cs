using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Cli.Tenancy;

/// <summary><c>analytics tenants list|set</c>: whose events are counted, in which zone and currency their figures are told.</summary>
internal static class TenantVerbs
{
    private const int Page = 1_000;

    private static readonly Argument<long> Id = new("id") { Description = "Number of the tenant, 1 or more: the tenant_id of its events" };
    private static readonly Option<string?> Name = new("--name") { Description = "What people call it; a new one needs a name" };
    private static readonly Option<string?> ExternalId = new("--external-id") { Description = "Its id in the customer's own system; by default its number" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "IANA name of the zone in which its days are cut; a new one's is UTC" };
    private static readonly Option<string?> Currency = new("--currency") { Description = "ISO 4217 code in which its amounts are told; a new one's is USD" };
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var list = new Command("list", "All of them: number, zone, currency, name");
        list.SetAction(ListAsync);
        var set = new Command("set", "Add a tenant, or change what is given of one; then make it keys: analytics keys create --tenant") { Id, Name, ExternalId, Zone, Currency };
        set.SetAction(SetAsync);
        return new Command("tenants", "The sellers and apps whose events are counted") { list, set };
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        await using var postgres = new Places(parsed).OpenPostgres();
        var tenants = new Tenants(postgres);
        var all = new List<Tenant>();
        IReadOnlyList<Tenant> part;
        do
        {
            part = await tenants.PageAsync(all.Count == 0 ? 0 : all[^1].Id, Page, cancel).ConfigureAwait(false);
            all.AddRange(part);
        }
        while (part.Count == Page);

        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(all, Format));
            return ExitCode.Ok;
        }

        foreach (var one in all)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Id,8}  {one.TimeZone,-20}  {one.Currency}  {PlainText.Of(one.ExternalId),-16}  {PlainText.Of(one.Name)}"));
        }

        if (all.Count == 0)
        {
            Console.Error.WriteLine("there is no tenant yet: analytics tenants set 1 --name 'My shop'");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> SetAsync(ParseResult parsed, CancellationToken cancel)
    {
        await using var postgres = new Places(parsed).OpenPostgres();
        var (tenants, id) = (new Tenants(postgres), parsed.GetValue(Id));
        var known = await tenants.FindAsync(id, cancel).ConfigureAwait(false);
        if (id < 1)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected the number of a tenant, 1 or more; found {id}."));
        }

        var tenant = new Tenant(
            id,
            parsed.GetValue(ExternalId) ?? known?.ExternalId ?? id.ToString(CultureInfo.InvariantCulture),
            parsed.GetValue(Name) ?? known?.Name ?? throw new ArgumentException($"There is no tenant {id} yet: expected its --name to add it."),
            parsed.GetValue(Zone) ?? known?.TimeZone ?? "UTC",
            parsed.GetValue(Currency) ?? known?.Currency ?? "USD");
        await KeepAsync(tenants, tenant, cancel).ConfigureAwait(false);
        Console.WriteLine($"tenant {id} was {(known is null ? "added" : "changed")}: {PlainText.Of(tenant.Name)}, {tenant.TimeZone}, {tenant.Currency}; a running API knows it some seconds later");
        return ExitCode.Ok;
    }

    private static async Task KeepAsync(Tenants tenants, Tenant tenant, CancellationToken cancel)
    {
        try
        {
            await tenants.UpsertAsync(tenant, cancel).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ArgumentException($"Expected an --external-id that no other tenant has; found '{tenant.ExternalId}', which one has. `analytics tenants list` shows them.");
        }
    }
}
