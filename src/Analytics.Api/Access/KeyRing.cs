using System.Collections.Concurrent;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Api.Access;

/// <summary>Says whose request it is: finds the key in the request and its rights in memory or in PostgreSQL.</summary>
/// <remarks>While PostgreSQL is away a key seen in the last hour keeps its rights, because stopping to count would lose more than a revocation that comes late.</remarks>
internal sealed class KeyRing(ApiKeys keys, ApiOptions options, TimeProvider time, ILogger<KeyRing> log)
{
    private static readonly TimeSpan KeptWhileAway = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>The key of a request that reads.</summary>
    public async Task<ApiKey> ReaderAsync(HttpContext http)
    {
        var key = await OfAsync(http).ConfigureAwait(false);
        return key.Kind != ApiKeyKind.Write
            ? key
            : throw Problem.WrongKey($"Expected a read key (ak_read_…); found the write key {key.Prefix}…, which only sends events. Use a key that reads.");
    }

    /// <summary>The key of a request that sends.</summary>
    public async Task<ApiKey> WriterAsync(HttpContext http)
    {
        var key = await OfAsync(http).ConfigureAwait(false);
        return key.Kind != ApiKeyKind.Read
            ? key
            : throw Problem.WrongKey($"Expected a write key (ak_write_…); found the read key {key.Prefix}…. Use a key that sends, and keep the other one secret.");
    }

    /// <summary>The rights of a key's text, or null.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (_seen.TryGetValue(text, out var seen) && now < seen.At + TimeSpan.FromSeconds(options.KeyCacheSeconds))
        {
            return seen.Key;
        }

        try
        {
            var key = await keys.FindAsync(text, cancel).ConfigureAwait(false);
            if (_seen.Count >= options.KeyCacheSize)
            {
                _seen.Clear();
            }

            _seen[text] = new(key, now);
            return key;
        }
        catch (NpgsqlException error) when (seen.Key is not null && now < seen.At + KeptWhileAway)
        {
            Log.DirectoryAway(log, error.Message);
            return seen.Key;
        }
    }

    private static string? TextOf(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        // EventSource and sendBeacon can set no header.
        var text = request.Headers["X-Api-Key"].ToString();
        return text.Length > 0 ? text : request.Query["key"].ToString() is { Length: > 0 } inQuery ? inQuery : null;
    }

    private async Task<ApiKey> OfAsync(HttpContext http)
    {
        var text = TextOf(http.Request)
            ?? throw Problem.NoKey("Expected 'Authorization: Bearer <key>' or 'X-Api-Key: <key>' (where headers cannot be set: '?key=<key>'); found none.");
        return await FindAsync(text, http.RequestAborted).ConfigureAwait(false)
            ?? throw Problem.NoKey("The key is unknown or was revoked. Check that it was copied whole, or ask for a new one.");
    }

    private readonly record struct Seen(ApiKey? Key, DateTimeOffset At);
}
