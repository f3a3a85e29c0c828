using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>The keys, in PostgreSQL, by SHA-256 only. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
/// <remarks>256 random bits need no salt and no slow hash: there is nothing to guess. Callers cache what they find for a few seconds.</remarks>
public sealed class ApiKeys(NpgsqlDataSource source)
{
    private const string Columns =
        "id, prefix, name, kind, tenant_ids AS TenantIds, rights, created_at AS CreatedAt, last_used_at AS LastUsedAt, expires_at AS ExpiresAt, replaces";

    private const string IsValid = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())";

    /// <summary>Makes a key. Its text is given here and never again.</summary>
    /// <param name="name">For people: who holds it.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="tenantIds">Whose events or figures.</param>
    /// <param name="rights">Null: what is usual for its kind; otherwise at most what its kind may.</param>
    /// <param name="expiresAt">Null: never.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<(ApiKey Key, string Text)> CreateAsync(
        string name, ApiKeyKind kind, IReadOnlyCollection<long> tenantIds, Rights? rights = null, DateTimeOffset? expiresAt = null, Actor? by = null, CancellationToken cancel = default)
    {
        if (kind == ApiKeyKind.Session)
        {
            throw new ArgumentException("A session is made by signing in.", nameof(kind));
        }

        if (rights is { } asked && (asked == Rights.None || !RightsOf.Kind(kind).HasFlag(asked)))
        {
            throw new ArgumentException($"Expected rights of a {ApiKeyText.Code(kind)} key ({string.Join(", ", RightsOf.ToWords(RightsOf.Kind(kind)))}); found {asked}.", nameof(rights));
        }

        var text = ApiKeyText.New(kind);
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var row = await InsertAsync(
            connection,
            transaction,
            new
            {
                sha256 = ApiKeyText.Sha256(text),
                shown = ApiKeyText.Shown(text),
                name,
                kind = ApiKeyText.Code(kind),
                tenants = tenantIds.ToArray(),
                rights = rights is { } limited ? RightsOf.ToWords(limited) : null,
                expiresAt,
                lifetime = (TimeSpan?)null,
                replaces = (long?)null,
            },
            cancel).ConfigureAwait(false);
        await AuditAsync(connection, transaction, by, "key.created", row, new { row.Kind, row.Name, row.Prefix, row.Rights, expiresAt }, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return (row.ToKey(), text);
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
            ON CONFLICT (sha256) DO UPDATE SET name = @name, kind = @kind, tenant_ids = @tenants, revoked_at = NULL, expires_at = NULL
            RETURNING {Columns}
            """,
            new { sha256 = ApiKeyText.Sha256(text), shown = ApiKeyText.Shown(text), name, kind = ApiKeyText.Code(kind), tenants = tenantIds.ToArray() },
            cancellationToken: cancel)).ConfigureAwait(false);
        return row.ToKey();
    }

    /// <summary>The valid key of this text, or null.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancel = default)
    {
        if (text.Length > ApiKeyText.MaxLength)
        {
            return null;
        }

        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM api_keys WHERE sha256 = @sha256 AND {IsValid}", new { sha256 = ApiKeyText.Sha256(text) }, cancellationToken: cancel)).ConfigureAwait(false);
        return row?.ToKey();
    }

    /// <summary>The valid key of this number, or null.</summary>
    public async Task<ApiKeyEntry?> FindAsync(long id, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM api_keys WHERE id = @id AND {IsValid}", new { id }, cancellationToken: cancel)).ConfigureAwait(false);
        return row?.ToEntry();
    }

    /// <summary>The valid keys, by number.</summary>
    /// <param name="after">Only those with a larger number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="within">Only those for these tenants and no other; null for all.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyList<ApiKeyEntry>> ListAsync(long after = 0, int limit = int.MaxValue, IReadOnlyCollection<long>? within = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM api_keys
            WHERE id > @after AND {IsValid} AND (@within::bigint[] IS NULL OR (tenant_ids <@ @within AND kind <> 'admin'))
            ORDER BY id LIMIT @limit
            """,
            new { after, limit, within = within?.ToArray() },
            cancellationToken: cancel)).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEntry())];
    }

    /// <summary>Makes a key in the place of another, with its rights; the other one ends after <paramref name="overlap"/>, in which both are valid.</summary>
    /// <returns>Null when there is no such valid key, or when it has been replaced already.</returns>
    public async Task<(ApiKeyEntry Key, string Text, DateTimeOffset OldEndsAt)?> RotateAsync(long id, TimeSpan overlap, Actor? by = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var old = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM api_keys WHERE id = @id AND {IsValid} AND NOT EXISTS (SELECT FROM api_keys AS next WHERE next.replaces = @id) FOR UPDATE",
            new { id },
            transaction,
            cancellationToken: cancel)).ConfigureAwait(false);
        if (old is null)
        {
            return null;
        }

        var text = ApiKeyText.New(ApiKeyText.KindOf(old.Kind));
        var endsAt = await connection.QuerySingleAsync<DateTime>(new CommandDefinition(
            "UPDATE api_keys SET expires_at = least(coalesce(expires_at, 'infinity'), now() + @overlap) WHERE id = @id RETURNING expires_at", new { id, overlap }, transaction, cancellationToken: cancel))
            .ConfigureAwait(false);
        var row = await InsertAsync(
            connection,
            transaction,
            new
            {
                sha256 = ApiKeyText.Sha256(text),
                shown = ApiKeyText.Shown(text),
                name = old.Name,
                kind = old.Kind,
                tenants = old.TenantIds,
                rights = old.Rights,
                expiresAt = (DateTimeOffset?)null,
                // As long a life as the old one was given.
                lifetime = old.ExpiresAt - old.CreatedAt,
                replaces = (long?)id,
            },
            cancel).ConfigureAwait(false);
        await AuditAsync(connection, transaction, by, "key.rotated", row, new { replaces = id, oldEndsAt = endsAt, row.Prefix }, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return (row.ToEntry(), text, new(endsAt));
    }

    /// <summary>Ends a key at once. False when there is no valid key of this number.</summary>
    public async Task<bool> RevokeAsync(long id, Actor? by = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"UPDATE api_keys SET revoked_at = now() WHERE id = @id AND {IsValid} RETURNING {Columns}", new { id }, transaction, cancellationToken: cancel)).ConfigureAwait(false);
        if (row is null)
        {
            return false;
        }

        await AuditAsync(connection, transaction, by, "key.revoked", row, new { row.Name, row.Prefix }, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Notes when keys were used, all in one statement.</summary>
    public async Task NoteUsesAsync(IReadOnlyDictionary<long, DateTimeOffset> uses, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
            FROM unnest(@ids::bigint[], @ats::timestamptz[]) AS used (id, at) WHERE api_keys.id = used.id
            """,
            new { ids = uses.Keys.ToArray(), ats = uses.Values.Select(at => at.UtcDateTime).ToArray() },
            cancellationToken: cancel)).ConfigureAwait(false);
    }

    private static Task<Row> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, object values, CancellationToken cancel) =>
        connection.QuerySingleAsync<Row>(new CommandDefinition(
            $"""
            INSERT INTO api_keys (sha256, prefix, name, kind, tenant_ids, rights, expires_at, replaces)
            VALUES (@sha256, @shown, @name, @kind, @tenants, @rights, coalesce(@expiresAt, now() + @lifetime), @replaces) RETURNING {Columns}
            """,
            values,
            transaction,
            cancellationToken: cancel));

    private static Task AuditAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Actor? by, string action, Row key, object detail, CancellationToken cancel) =>
        AuditLog.AppendAsync(connection, transaction, by ?? Actor.System, action, $"key:{key.Id}", key.TenantIds, detail, cancel);

    // Filled by Dapper.
    private sealed class Row
    {
        public long Id { get; init; }

        public string Prefix { get; init; } = "";

        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public long[] TenantIds { get; init; } = [];

        public string[]? Rights { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime? LastUsedAt { get; init; }

        public DateTime? ExpiresAt { get; init; }

        public long? Replaces { get; init; }

        public ApiKey ToKey()
        {
            var kind = ApiKeyText.KindOf(Kind);
            return new(Id, Prefix, Name, kind, TenantIds.ToHashSet())
            {
                Rights = Rights is { } words ? RightsOf.FromWords(words)!.Value : RightsOf.Usual(kind),
                ExpiresAt = ExpiresAt is { } end ? new(end) : null,
            };
        }

        public ApiKeyEntry ToEntry() => new(ToKey(), new(CreatedAt), LastUsedAt is { } at ? new(at) : null, Replaces);
    }
}
