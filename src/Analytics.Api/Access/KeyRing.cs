using System.Collections.Concurrent;
using System.Text;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Api.Access;

/// <summary>Says whose request it is: finds the key in the request and its rights in memory or in PostgreSQL.</summary>
/// <remarks>While PostgreSQL is away a key seen in the last hour keeps its rights, because stopping to count would lose more than a revocation that comes late.</remarks>
internal sealed class KeyRing(ApiKeys keys, Users users, KeyUses uses, AccessOptions options, TimeProvider time, ILogger<KeyRing> log)
{
    private static readonly TimeSpan KeptWhileAway = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>The text of the key in a request: of either header, or of the query where headers cannot be set; null when there is none.</summary>
    public static string? TextOf(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        const string Basic = "Basic ";
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        if (authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return UserNameOf(authorization[Basic.Length..].Trim());
        }

        // EventSource and sendBeacon can set no header.
        var text = request.Headers["X-Api-Key"].ToString();
        return text.Length > 0 ? text : request.Query["key"].ToString() is { Length: > 0 } inQuery ? inQuery : null;
    }

    /// <summary>The key of a request that reads.</summary>
    public async Task<ApiKey> ReaderAsync(HttpContext http)
    {
        var key = await CallerAsync(http).ConfigureAwait(false);
        return key.MaySomewhere(Rights.Read)
            ? key
            : throw Problem.WrongKey($"Expected a key that reads (ak_read_…); found {key.Prefix}…, which does not. Use a key that reads.");
    }

    /// <summary>The key of a request that sends.</summary>
    public async Task<ApiKey> WriterAsync(HttpContext http) => Writer(await CallerAsync(http).ConfigureAwait(false));

    /// <summary>The key of this text, which sends: for shapes that carry it in the body.</summary>
    public async Task<ApiKey> WriterAsync(string text, CancellationToken cancel) => Writer(await FindAsync(text, cancel).ConfigureAwait(false) ?? throw Unknown());

    /// <summary>The key of a request that looks after keys, or reads the audit log.</summary>
    public async Task<ApiKey> KeeperAsync(HttpContext http)
    {
        var key = await CallerAsync(http).ConfigureAwait(false);
        return key.MaySomewhere(Rights.Manage)
            ? key
            : throw Problem.WrongKey($"Expected an admin key (ak_admin_…) or the session of an owner; found {key.Prefix}…, which manages nothing.");
    }

    /// <summary>The key of a request that looks after the whole installation.</summary>
    public async Task<ApiKey> AdminAsync(HttpContext http)
    {
        var key = await CallerAsync(http).ConfigureAwait(false);
        return key.MayEverywhere(Rights.Manage)
            ? key
            : throw Problem.WrongKey($"Expected an admin key (ak_admin_…) or the session of an administrator; found {key.Prefix}…, which does not manage every tenant.");
    }

    /// <summary>The key of any request that has a valid one.</summary>
    public async Task<ApiKey> CallerAsync(HttpContext http)
    {
        var text = TextOf(http.Request)
            ?? throw Problem.NoKey("Expected 'Authorization: Bearer <key>' or 'X-Api-Key: <key>' (where headers cannot be set: '?key=<key>'); found none.");
        return await FindAsync(text, http.RequestAborted).ConfigureAwait(false)
            ?? throw Unknown();
    }

    /// <summary>The rights of a key's or a session's text, or null.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancel)
    {
        if (text.Length > ApiKeyText.MaxLength)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (_seen.TryGetValue(text, out var seen) && now < seen.At + TimeSpan.FromSeconds(options.KeyCacheSeconds))
        {
            return Valid(seen.Key, now);
        }

        try
        {
            var key = ApiKeyText.IsSession(text) ? await users.SessionAsync(text, cancel).ConfigureAwait(false) : await keys.FindAsync(text, cancel).ConfigureAwait(false);
            if (_seen.Count >= options.KeyCacheSize)
            {
                _seen.Clear();
            }

            _seen[text] = new(key, now);
            return Valid(key, now);
        }
        catch (NpgsqlException error) when (seen.Key is not null && now < seen.At + KeptWhileAway)
        {
            Log.DirectoryAway(log, error.Message);
            return Valid(seen.Key, now);
        }
    }

    /// <summary>Forgets a session that has ended, so that this process does not take it for some seconds more.</summary>
    public void Forget(string text) => _seen.TryRemove(text, out _);

    private static ApiKey Writer(ApiKey key) => key.MaySomewhere(Rights.Collect)
        ? key
        : throw Problem.WrongKey($"Expected a write key (ak_write_…); found {key.Prefix}…, which sends no events. Use a key that sends, and keep the other one secret.");

    private static Problem Unknown() => Problem.NoKey("The key is unknown, has ended or was revoked. Check that it was copied whole, or ask for a new one.");

    // As Segment's clients send their write key: as the user's name, without a password.
    private static string? UserNameOf(string encoded)
    {
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0] : null;
    }

    private ApiKey? Valid(ApiKey? key, DateTimeOffset now)
    {
        if (key is null || key.ExpiresAt <= now)
        {
            return null;
        }

        if (key.Kind != ApiKeyKind.Session)
        {
            uses.Note(key.Id, now);
        }

        return key;
    }

    private readonly record struct Seen(ApiKey? Key, DateTimeOffset At);
}
