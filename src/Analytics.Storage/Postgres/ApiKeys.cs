using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>The keys, in PostgreSQL, by SHA-256 only. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
/// <remarks>256 random bits need no salt and no slow hash: there is nothing to guess. Callers cache what <see cref="FindAsync"/> gives for a few seconds.</remarks>
public sealed class ApiKeys(NpgsqlDataSource source)
{
    private const string Columns = "id, prefix, name, kind, tenant_ids AS TenantIds";

    /// <summary>Makes a key. Its text is given here and never again.</summary>
    public async Task<(ApiKey Key, string Text)> CreateAsync(
        string name, ApiKeyKind kind, IReadOnlyCollection<long> tenantIds, CancellationToken cancel = default)
    {
        var text = ApiKeyText.New(kind);
        return (await UpsertAsync(text, name, kind, tenantIds, cancel).ConfigureAwait(false), text);
    }

    /// <summary>Adds a key of a given text, or gives the one of this text these rights; a revoked one is valid again.</summary>
    /// <exception cref="ArgumentException">The text does not start as keys of this kind do, or is too short to be secret.</exception>
    public async Task<ApiKey> UpsertAsync(
        string text, string name, ApiKeyKind kind, IReadOnlyCollection<long> tenantIds, CancellationToken cancel = default)
    {
        var prefix = ApiKeyText.Prefix(kind);
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text.Length < prefix.Length + 16 || text.Length > ApiKeyText.MaxLength)
        {
            throw new ArgumentException($"Expected '{prefix}' and 16 letters or more, at most {ApiKeyText.MaxLength} in all; found '{ApiKeyText.Shown(text)}…'.", nameof(text));
        }

        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(
            $"""
            INSERT INTO api_keys (sha256, prefix, name, kind, tenant_ids) VALUES (@sha256, @shown, @name, @kind, @tenants)
            ON CONFLICT (sha256) DO UPDATE SET name = @name, kind = @kind, tenant_ids = @tenants, revoked_at = NULL
            RETURNING {Columns}
            """,
            new { sha256 = ApiKeyText.Sha256(text), shown = ApiKeyText.Shown(text), name, kind = ApiKeyText.Code(kind), tenants = tenantIds.ToArray() },
            cancellationToken: cancel)).ConfigureAwait(false);
        return row.ToKey();
    }

    /// <summary>The valid key of this text, or null. Notes its use, at most once a minute.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancel = default)
    {
        if (text.Length > ApiKeyText.MaxLength)
        {
            return null;
        }

        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns}, last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS IsUseDue
            FROM api_keys WHERE sha256 = @sha256 AND revoked_at IS NULL
            """,
            new { sha256 = ApiKeyText.Sha256(text) },
            cancellationToken: cancel)).ConfigureAwait(false);
        if (row is { IsUseDue: true })
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE api_keys SET last_used_at = now() WHERE id = @Id", new { row.Id }, cancellationToken: cancel)).ConfigureAwait(false);
        }

        return row?.ToKey();
    }

    /// <summary>All valid keys, by number.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition($"SELECT {Columns} FROM api_keys WHERE revoked_at IS NULL ORDER BY id", cancellationToken: cancel)).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToKey())];
    }

    /// <summary>Ends a key. False when there is no valid key of this number.</summary>
    public async Task<bool> RevokeAsync(long id, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE api_keys SET revoked_at = now() WHERE id = @id AND revoked_at IS NULL", new { id }, cancellationToken: cancel)).ConfigureAwait(false) == 1;
    }

    // Filled by Dapper.
    private sealed class Row
    {
        public long Id { get; init; }

        public string Prefix { get; init; } = "";

        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public long[] TenantIds { get; init; } = [];

        public bool IsUseDue { get; init; }

        public ApiKey ToKey() => new(Id, Prefix, Name, ApiKeyText.KindOf(Kind), TenantIds.ToHashSet());
    }
}
