using System.Diagnostics.CodeAnalysis;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Api.Access;

/// <summary>The tenants, each looked up when it is asked for and then in memory for a minute; while PostgreSQL is away, as they were last known. Any thread.</summary>
/// <remarks>
/// However many tenants there are, memory holds <see cref="AccessOptions.TenantCacheSize"/> of them, those asked for lately, and nothing reads them all. An id that is nobody's is
/// looked up again after <see cref="AccessOptions.KeyCacheSeconds"/>, so that a new tenant is soon there.
/// </remarks>
internal sealed class TenantDirectory(Tenants tenants, AccessOptions options, TimeProvider time, ILogger<TenantDirectory> log) : IDisposable
{
    /// <summary>Tenants of one list at most; the rest comes in further parts.</summary>
    public const int MostListed = 1_000;

    private const int PagesKept = 16;
    private const int LongestExternalId = 1_000;

    private readonly RecentlyUsed<long, Known> _byId = new(options.TenantCacheSize);
    private readonly RecentlyUsed<string, Known> _byExternalId = new(options.TenantCacheSize);
    private readonly RecentlyUsed<(long After, int Limit), Page> _pages = new(PagesKept);

    // One request looks a tenant up, others that ask for it at the same time wait: told apart by id, roughly.
    private readonly SemaphoreSlim[] _reading = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Tenants in memory.</summary>
    public int Count => _byId.Count;

    /// <summary>The tenant of this id that the key may read.</summary>
    /// <exception cref="Problem">404: there is none, or the key may not see it; the reply does not tell which.</exception>
    public async ValueTask<Tenant> ReadableAsync(ApiKey key, long id, CancellationToken cancel)
    {
        var tenant = key.MayRead(id) ? await FindAsync(id, cancel).ConfigureAwait(false) : null;
        return tenant ?? throw Problem.NotFound($"There is no seller {id} that this key may see. GET /api/v1/tenants lists those that it may.");
    }

    /// <summary>The tenant of this id in the customer's own system that the key may read.</summary>
    /// <exception cref="Problem">404: there is none, or the key may not see it.</exception>
    public async Task<Tenant> ReadableAsync(ApiKey key, string externalId, CancellationToken cancel)
    {
        Known? known;
        if (externalId.Length > LongestExternalId || externalId.Contains('\0', StringComparison.Ordinal))
        {
            // PostgreSQL keeps no such text, and memory keeps no long ones.
            known = new(null, default);
        }
        else if (!_byExternalId.TryGet(externalId, out known) || !IsFresh(known))
        {
            known = await ReadAsync(externalId.GetHashCode(StringComparison.Ordinal), () => _byExternalId.TryGet(externalId, out var last) ? last : null, async () =>
                Keep(await tenants.FindAsync(externalId, cancel).ConfigureAwait(false), id: null, externalId), cancel).ConfigureAwait(false);
        }

        return known.Tenant is { } tenant && key.MayRead(tenant.Id)
            ? tenant
            : throw Problem.NotFound("There is no app of this id that this key may see. GET /api/v1/tenants lists those that it may.");
    }

    /// <summary>The tenants that the key may read, by id: those after an id, at most so many.</summary>
    public async Task<IReadOnlyList<Tenant>> ReadableAsync(ApiKey key, long after, int limit, CancellationToken cancel) =>
        key.IsEverywhere && !key.MayEverywhere(Rights.Read) ? [] : await ListAsync(key, key.MayRead, after, limit, cancel).ConfigureAwait(false);

    /// <summary>The tenants that the key has any right for, by id, at most so many.</summary>
    public Task<IReadOnlyList<Tenant>> ListAsync(ApiKey key, int limit, CancellationToken cancel) => ListAsync(key, _ => true, after: 0, limit, cancel);
    /// <summary>Whether there is such a tenant.</summary>
    public async ValueTask<bool> HasAsync(long id, CancellationToken cancel) => await FindAsync(id, cancel).ConfigureAwait(false) is not null;

    /// <summary>Those of some tenants that there are, by id; those not in memory are read by one statement.</summary>
    public async ValueTask<IReadOnlyDictionary<long, Tenant>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        var found = new Dictionary<long, Tenant>(ids.Count);
        var unknown = new List<long>();
        void Take(long id, Known known)
        {
            if (known.Tenant is { } tenant)
            {
                found[id] = tenant;
            }
        }

        foreach (var id in ids)
        {
            if (TryFresh(id, out var known))
            {
                Take(id, known);
            }
            else
            {
                unknown.Add(id);
            }
        }

        if (unknown.Count == 0)
        {
            return found;
        }

        try
        {
            var read = (await tenants.FindAsync(unknown, cancel).ConfigureAwait(false)).ToDictionary(tenant => tenant.Id);
            unknown.ForEach(id => Take(id, Keep(read.GetValueOrDefault(id), id, externalId: null)));
        }
        catch (NpgsqlException error) when (unknown.TrueForAll(id => _byId.TryGet(id, out _)))
        {
            Log.DirectoryAway(log, error.Message);
            unknown.ForEach(id => Take(id, _byId.TryGet(id, out var last) ? last : throw error));
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_reading, gate => gate.Dispose());

    private async Task<IReadOnlyList<Tenant>> ListAsync(ApiKey key, Func<long, bool> isListed, long after, int limit, CancellationToken cancel)
    {
        if (key.IsEverywhere)
        {
            return await PageAsync(after, limit, cancel).ConfigureAwait(false);
        }

        var listed = new List<Tenant>();
        var ids = key.TenantIds.Where(id => id > after && isListed(id)).Order().ToList();
        for (var start = 0; start < ids.Count && listed.Count < limit; start += limit)
        {
            // Some of a key's ids may be nobody's: their places are taken by those that follow.
            var part = ids.GetRange(start, Math.Min(limit, ids.Count - start));
            var found = await FindAsync(part, cancel).ConfigureAwait(false);
            listed.AddRange(part.Select(id => found.GetValueOrDefault(id)).OfType<Tenant>().Take(limit - listed.Count));
        }

        return listed;
    }

    private async ValueTask<Tenant?> FindAsync(long id, CancellationToken cancel)
    {
        if (!TryFresh(id, out var known))
        {
            known = await ReadAsync((int)id, () => _byId.TryGet(id, out var last) ? last : null, async () =>
                Keep(await tenants.FindAsync(id, cancel).ConfigureAwait(false), id, externalId: null), cancel).ConfigureAwait(false);
        }

        return known.Tenant;
    }

    private async Task<IReadOnlyList<Tenant>> PageAsync(long after, int limit, CancellationToken cancel)
    {
        if (_pages.TryGet((after, limit), out var page) && time.GetUtcNow() < page.At + TimeSpan.FromSeconds(options.KeyCacheSeconds))
        {
            return page.Tenants;
        }

        try
        {
            var read = await tenants.PageAsync(after, limit, cancel).ConfigureAwait(false);
            _pages.Set((after, limit), new(read, time.GetUtcNow()));
            return read;
        }
        catch (NpgsqlException error) when (page is not null)
        {
            Log.DirectoryAway(log, error.Message);
            return page.Tenants;
        }
    }

    private async Task<Known> ReadAsync(int gate, Func<Known?> last, Func<Task<Known>> read, CancellationToken cancel)
    {
        var reading = _reading[(uint)gate % (uint)_reading.Length];
        await reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return last() is { } known && IsFresh(known) ? known : await read().ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (last() is { } known)
        {
            Log.DirectoryAway(log, error.Message);
            return known;
        }
        finally
        {
            reading.Release();
        }
    }

    private Known Keep(Tenant? tenant, long? id, string? externalId)
    {
        var known = new Known(tenant, time.GetUtcNow());
        if ((id ?? tenant?.Id) is { } number)
        {
            _byId.Set(number, known);
        }

        if (externalId is not null)
        {
            _byExternalId.Set(externalId, known);
        }

        return known;
    }

    private bool TryFresh(long id, [NotNullWhen(true)] out Known? known) => _byId.TryGet(id, out known) && IsFresh(known);

    private bool IsFresh(Known known) =>
        time.GetUtcNow() < known.At + TimeSpan.FromSeconds(known.Tenant is null ? Math.Min(options.KeyCacheSeconds, options.TenantCacheSeconds) : options.TenantCacheSeconds);

    private sealed record Known(Tenant? Tenant, DateTimeOffset At);

    private sealed record Page(IReadOnlyList<Tenant> Tenants, DateTimeOffset At);
}
