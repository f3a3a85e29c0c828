using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Storage.Tests.Postgres;

public sealed class TenantsTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;
    private Tenants _tenants = null!;

    public async Task InitializeAsync()
    {
        _source = await PostgresServer.NewMigratedAsync();
        _tenants = new(_source);
    }

    [Fact]
    public async Task A_second_upsert_changes_the_first()
    {
        await _tenants.UpsertAsync(new(4, "live", "Live demo"));
        await _tenants.UpsertAsync(new(4, "live", "Live", "Europe/Berlin", "EUR"));

        Assert.Equal(new Tenant(4, "live", "Live", "Europe/Berlin", "EUR"), await _tenants.FindAsync(4));
        Assert.Equal(1, await _tenants.CountAsync());
    }

    [Fact]
    public async Task They_are_found_by_ids_by_the_customers_id_and_page_by_page()
    {
        for (var id = 1; id <= 5; id++)
        {
            await _tenants.UpsertAsync(new(id, $"shop-{id}", $"Shop {id}"));
        }

        Assert.Equal([2L, 5L], (await _tenants.FindAsync([2, 5, 77])).Select(tenant => tenant.Id).Order());
        Assert.Equal(4, (await _tenants.FindAsync("shop-4"))?.Id);
        Assert.Null(await _tenants.FindAsync("4"));
        Assert.Equal([2L, 3L], (await _tenants.PageAsync(after: 1, limit: 2)).Select(tenant => tenant.Id));
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_is_null() => Assert.Null(await _tenants.FindAsync(99));

    [Theory]
    [InlineData(0, "UTC", "USD")]
    [InlineData(1, "Europe/Nowhere", "USD")]
    [InlineData(1, "UTC", "usd")]
    [InlineData(1, "UTC", "DOLLAR")]
    public async Task An_id_zone_or_currency_that_is_none_is_refused(long id, string zone, string currency) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _tenants.UpsertAsync(new(id, "x", "X", zone, currency)));

    public async Task DisposeAsync() => await _source.DisposeAsync();
}
