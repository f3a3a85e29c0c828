using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Api.Access;

/// <summary>The tenants, in memory for a few seconds; while PostgreSQL is away, the last ones known.</summary>
internal sealed class TenantDirectory(Tenants tenants, AccessOptions options, TimeProvider time, ILogger<TenantDirectory> log) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot? _last;

    /// <summary>The tenant of this id that the key may read.</summary>
    /// <exception cref="Problem">404: there is none, or the key may not see it; the reply does not tell which.</exception>
    public async Task<Tenant> ReadableAsync(ApiKey key, long id, CancellationToken cancel)
    {
        var tenant = key.MayRead(id) ? (await AllAsync(cancel).ConfigureAwait(false)).GetValueOrDefault(id) : null;
        return tenant ?? throw Problem.NotFound($"There is no seller {id} that this key may see. GET /api/v1/tenants lists those that it may.");
    }

    /// <summary>The tenants that the key may read, by id.</summary>
    public async Task<IReadOnlyList<Tenant>> ReadableAsync(ApiKey key, CancellationToken cancel) =>
        [.. (await AllAsync(cancel).ConfigureAwait(false)).Values.Where(tenant => key.MayRead(tenant.Id)).OrderBy(tenant => tenant.Id)];

    /// <summary>All tenants, by id.</summary>
    public async Task<IReadOnlyList<Tenant>> KnownAsync(CancellationToken cancel) => [.. (await AllAsync(cancel).ConfigureAwait(false)).Values.OrderBy(tenant => tenant.Id)];

    /// <summary>Whether there is such a tenant.</summary>
    public async Task<bool> HasAsync(long id, CancellationToken cancel) => (await AllAsync(cancel).ConfigureAwait(false)).ContainsKey(id);

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task<IReadOnlyDictionary<long, Tenant>> AllAsync(CancellationToken cancel)
    {
        if (IsFresh(_last))
        {
            return _last!.ById;
        }

        // One request reads, the others wait for it.
        await _reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!IsFresh(_last))
            {
                _last = new((await tenants.ListAsync(cancel).ConfigureAwait(false)).ToDictionary(tenant => tenant.Id), time.GetUtcNow());
            }
        }
        catch (NpgsqlException error) when (_last is not null)
        {
            Log.DirectoryAway(log, error.Message);
        }
        finally
        {
            _reading.Release();
        }

        return _last!.ById;
    }

    private bool IsFresh(Snapshot? snapshot) => snapshot is not null && time.GetUtcNow() < snapshot.At + TimeSpan.FromSeconds(options.KeyCacheSeconds);

    private sealed record Snapshot(IReadOnlyDictionary<long, Tenant> ById, DateTimeOffset At);
}
