using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>What is saved for tenants, in PostgreSQL. Every statement names the tenant. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
public sealed class SavedItems(NpgsqlDataSource source)
{
    /// <summary>Most of one kind that a tenant may have: a list of more is no list any more, and a script in a loop ends.</summary>
    public const int Most = 1_000;

    private const string Columns =
        """
        id, tenant_id AS TenantId, kind, name, definition::text AS Definition, version,
        created_at AS CreatedAt, created_by AS CreatedBy, updated_at AS UpdatedAt, updated_by AS UpdatedBy
        """;

    /// <summary>Saves something new, once for each idempotency key of an actor within a day.</summary>
    /// <exception cref="ArgumentException">The definition holds what cannot be kept: a zero byte, half a surrogate pair, a number without end.</exception>
    public async Task<(SaveOutcome Outcome, SavedItem? Item)> CreateAsync(
        long tenant, SavedKind kind, string name, string definition, string? idempotencyKey, Actor by, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var once = idempotencyKey is null ? null : new { tenant, actor = by.Id, key = idempotencyKey, request = Hash(kind, name, definition) };
        if (once is not null && !await BeginOnceAsync(connection, transaction, once, cancel).ConfigureAwait(false))
        {
            return await MadeBeforeAsync(connection, transaction, once, once.request, cancel).ConfigureAwait(false);
        }

        var row = await KeepAsync(() => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            INSERT INTO saved_items (tenant_id, kind, name, definition, created_by, updated_by)
            SELECT @tenant, @kind, @name, @definition::jsonb, @by, @by
            WHERE (SELECT count(*) FROM saved_items WHERE tenant_id = @tenant AND kind = @kind) < {Most}
            RETURNING {Columns}
            """,
            new { tenant, kind = NameOf(kind), name, definition, by = by.Id },
            transaction,
            cancellationToken: cancel))).ConfigureAwait(false);
        if (row is null)
        {
            return (SaveOutcome.TooMany, null);
        }

        if (once is not null)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE idempotency_keys SET item_id = @item WHERE tenant_id = @tenant AND actor = @actor AND key = @key",
                new { once.tenant, once.actor, once.key, item = row.Id },
                transaction,
                cancellationToken: cancel)).ConfigureAwait(false);
        }

        await AuditAsync(connection, transaction, by, kind, "created", row.Id, tenant, name, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return (SaveOutcome.Done, row.ToItem());
    }

    /// <summary>What is saved of a kind, by number: those with a number above <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<SavedItem>> ListAsync(long tenant, SavedKind kind, long after, int limit, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM saved_items WHERE tenant_id = @tenant AND kind = @kind AND id > @after ORDER BY id LIMIT @limit",
            new { tenant, kind = NameOf(kind), after, limit },
            cancellationToken: cancel)).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToItem())];
    }

    /// <summary>One of them, or null.</summary>
    public async Task<SavedItem?> FindAsync(long tenant, SavedKind kind, long id, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM saved_items WHERE tenant_id = @tenant AND kind = @kind AND id = @id", new { tenant, kind = NameOf(kind), id }, cancellationToken: cancel)).ConfigureAwait(false);
        return row?.ToItem();
    }

    /// <summary>Changes one, if it still is the version that the change was made from; null for any version.</summary>
    /// <exception cref="ArgumentException">The definition holds what cannot be kept.</exception>
    public async Task<(SaveOutcome Outcome, SavedItem? Item)> ChangeAsync(
        long tenant, SavedKind kind, long id, string name, string definition, long? version, Actor by, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var row = await KeepAsync(() => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            UPDATE saved_items SET name = @name, definition = @definition::jsonb, version = version + 1, updated_at = now(), updated_by = @by
            WHERE tenant_id = @tenant AND kind = @kind AND id = @id AND (@version::bigint IS NULL OR version = @version) RETURNING {Columns}
            """,
            new { tenant, kind = NameOf(kind), id, name, definition, version, by = by.Id },
            transaction,
            cancellationToken: cancel))).ConfigureAwait(false);
        if (row is null)
        {
            return (await WhyNotAsync(connection, transaction, tenant, kind, id, cancel).ConfigureAwait(false), null);
        }

        await AuditAsync(connection, transaction, by, kind, "changed", id, tenant, name, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return (SaveOutcome.Done, row.ToItem());
    }

    /// <summary>Removes one, if it still is this version; null for any version.</summary>
    public async Task<SaveOutcome> RemoveAsync(long tenant, SavedKind kind, long id, long? version, Actor by, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var name = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "DELETE FROM saved_items WHERE tenant_id = @tenant AND kind = @kind AND id = @id AND (@version::bigint IS NULL OR version = @version) RETURNING name",
            new { tenant, kind = NameOf(kind), id, version },
            transaction,
            cancellationToken: cancel)).ConfigureAwait(false);
        if (name is null)
        {
            return await WhyNotAsync(connection, transaction, tenant, kind, id, cancel).ConfigureAwait(false);
        }

        await AuditAsync(connection, transaction, by, kind, "removed", id, tenant, name, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return SaveOutcome.Done;
    }

    /// <summary>A kind in words.</summary>
    public static string NameOf(SavedKind kind) => kind switch
    {
        SavedKind.Dashboard => "dashboard",
        SavedKind.Funnel => "funnel",
        SavedKind.Cohort => "cohort",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing that can be saved."),
    };

    // True for who comes first. Who comes second at the same time waits here until the first one's transaction has ended.
    private static async Task<bool> BeginOnceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, object once, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND actor = @actor AND created_at < now() - interval '1 day'", once, transaction, cancellationToken: cancel))
            .ConfigureAwait(false);
        return await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO idempotency_keys (tenant_id, actor, key, request) VALUES (@tenant, @actor, @key, @request) ON CONFLICT DO NOTHING", once, transaction, cancellationToken: cancel))
            .ConfigureAwait(false) == 1;
    }

    private static async Task<(SaveOutcome Outcome, SavedItem? Item)> MadeBeforeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, object once, byte[] request, CancellationToken cancel)
    {
        var (before, item) = await connection.QuerySingleAsync<(byte[] Request, long? Item)>(new CommandDefinition(
            "SELECT request, item_id FROM idempotency_keys WHERE tenant_id = @tenant AND actor = @actor AND key = @key", once, transaction, cancellationToken: cancel)).ConfigureAwait(false);
        if (!before.AsSpan().SequenceEqual(request))
        {
            return (SaveOutcome.KeyUsedForAnother, null);
        }

        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM saved_items WHERE id = @item", new { item }, transaction, cancellationToken: cancel)).ConfigureAwait(false);
        return row is null ? (SaveOutcome.NotThere, null) : (SaveOutcome.DoneBefore, row.ToItem());
    }

    private static async Task<SaveOutcome> WhyNotAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long tenant, SavedKind kind, long id, CancellationToken cancel) =>
        await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM saved_items WHERE tenant_id = @tenant AND kind = @kind AND id = @id)", new { tenant, kind = NameOf(kind), id }, transaction, cancellationToken: cancel))
            .ConfigureAwait(false)
            ? SaveOutcome.Changed
            : SaveOutcome.NotThere;

    private static async Task<Row?> KeepAsync(Func<Task<Row?>> statement)
    {
        try
        {
            return await statement().ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState[..2] is "22" or "54")
        {
            throw new ArgumentException($"Expected what JSONB can hold; found what it cannot ({error.MessageText}).", error);
        }
    }

    private static Task AuditAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Actor by, SavedKind kind, string what, long id, long tenant, string name, CancellationToken cancel) =>
        AuditLog.AppendAsync(connection, transaction, by, $"{NameOf(kind)}.{what}", $"{NameOf(kind)}:{id}", [tenant], new { name }, cancel);

    private static byte[] Hash(SavedKind kind, string name, string definition) => SHA256.HashData(Encoding.UTF8.GetBytes($"{NameOf(kind)}\n{name}\n{definition}"));

    // Filled by Dapper.
    private sealed class Row
    {
        public long Id { get; init; }

        public long TenantId { get; init; }

        public string Kind { get; init; } = "";

        public string Name { get; init; } = "";

        public string Definition { get; init; } = "{}";

        public long Version { get; init; }

        public DateTime CreatedAt { get; init; }

        public string CreatedBy { get; init; } = "";

        public DateTime UpdatedAt { get; init; }

        public string UpdatedBy { get; init; } = "";

        public SavedItem ToItem() => new(
            Id, TenantId, Enum.Parse<SavedKind>(Kind, ignoreCase: true), Name, Definition, Version, new(CreatedAt), CreatedBy, new(UpdatedAt), UpdatedBy);
    }
}
