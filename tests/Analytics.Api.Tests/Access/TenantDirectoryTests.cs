using Analytics.Api.Access;
using Analytics.Api.Tests.Questions;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Analytics.Api.Tests.Access;

public sealed class TenantDirectoryTests : IAsyncLifetime
{
    private const int Size = 100;
    private readonly SteppedTime _time = new();
    private readonly ApiKey _admin = new(1, "ak_admin_1", "admin", ApiKeyKind.Admin, new HashSet<long>());
    private NpgsqlDataSource _source = null!;
    private TenantDirectory _directory = null!;

    public async Task InitializeAsync()
    {
        _source = await PostgresServer.NewMigratedAsync();
        await RunAsync("INSERT INTO tenants (id, external_id, name) SELECT id, 'shop-' || id, 'Shop ' || id FROM generate_series(1, 5000) AS id");
        _directory = new(new Tenants(_source), new() { TenantCacheSize = Size, TenantCacheSeconds = 60, KeyCacheSeconds = 5 }, _time, NullLogger<TenantDirectory>.Instance);
    }

    [Fact]
    public async Task Memory_holds_no_more_tenants_than_it_may_however_many_are_asked_for()
    {
        for (var id = 1L; id <= 5_000; id += 250)
        {
            Assert.Equal(250, (await _directory.FindAsync([.. Enumerable.Range(0, 250).Select(more => id + more)], default)).Count);
            Assert.Equal($"Shop {id}", (await _directory.ReadableAsync(_admin, id, default)).Name);
            Assert.InRange(_directory.Count, 1, Size);
        }
    }

    [Fact]
    public async Task A_change_is_seen_within_a_minute_and_a_new_tenant_within_seconds()
    {
        Assert.Equal("Shop 7", (await _directory.ReadableAsync(_admin, 7, default)).Name);
        Assert.False(await _directory.HasAsync(6_000, default));
        await RunAsync("UPDATE tenants SET name = 'Lamps' WHERE id = 7");
        await RunAsync("INSERT INTO tenants (id, external_id, name) VALUES (6000, 'new', 'New')");

        Assert.False(await _directory.HasAsync(6_000, default));
        _time.Step(5);
        Assert.True(await _directory.HasAsync(6_000, default));
        Assert.Equal("Shop 7", (await _directory.ReadableAsync(_admin, 7, default)).Name);
        _time.Step(55);
        Assert.Equal("Lamps", (await _directory.ReadableAsync(_admin, 7, default)).Name);
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_the_last_ones_known_are_given_and_others_are_not_made_up()
    {
        await _directory.ReadableAsync(_admin, 7, default);
        await _directory.ReadableAsync(_admin, "shop-8", default);
        await _directory.ReadableAsync(_admin, after: 0, limit: 3, default);
        await RunAsync("ALTER TABLE tenants RENAME TO elsewhere");
        _time.Step(3_600);

        Assert.Equal("Shop 7", (await _directory.ReadableAsync(_admin, 7, default)).Name);
        Assert.Equal("Shop 8", (await _directory.ReadableAsync(_admin, "shop-8", default)).Name);
        Assert.Equal([7L, 8L], (await _directory.FindAsync([7, 8], default)).Keys.Order());
        Assert.Equal([1L, 2L, 3L], (await _directory.ReadableAsync(_admin, after: 0, limit: 3, default)).Select(tenant => tenant.Id));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _directory.ReadableAsync(_admin, 9, default).AsTask());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _directory.FindAsync([7, 9], default).AsTask());
    }

    [Fact]
    public async Task A_key_sees_its_own_tenants_only_by_id_by_the_customers_id_and_in_lists()
    {
        var key = new ApiKey(2, "ak_read_1", "reader", ApiKeyKind.Read, new HashSet<long> { 4, 2, 9_999, 3 });

        Assert.Equal(2, (await _directory.ReadableAsync(key, "shop-2", default)).Id);
        await Assert.ThrowsAsync<Problem>(() => _directory.ReadableAsync(key, "shop-1", default));
        await Assert.ThrowsAsync<Problem>(() => _directory.ReadableAsync(key, "shop\0-2", default));
        await Assert.ThrowsAsync<Problem>(() => _directory.ReadableAsync(key, 1, default).AsTask());
        await Assert.ThrowsAsync<Problem>(() => _directory.ReadableAsync(key, 9_999, default).AsTask());
        Assert.Equal([2L, 3L], (await _directory.ReadableAsync(key, after: 0, limit: 2, default)).Select(tenant => tenant.Id));
        Assert.Equal([4L], (await _directory.ReadableAsync(key, after: 3, limit: 2, default)).Select(tenant => tenant.Id));
        Assert.Equal([4_999L, 5_000L], (await _directory.ReadableAsync(_admin, after: 4_998, limit: 10, default)).Select(tenant => tenant.Id));
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _source.DisposeAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
