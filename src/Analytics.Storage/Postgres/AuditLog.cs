using System.Text.Json;
using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>Who did what, when, from where: only added to, which a trigger of the table sees to. Any thread.</summary>
public sealed class AuditLog(NpgsqlDataSource source)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Adds what is no change of the database, such as a refused sign-in.</summary>
    public async Task AppendAsync(Actor by, string action, string subject, IReadOnlyCollection<long> tenantIds, object? detail = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await AppendAsync(connection, null, by, action, subject, tenantIds, detail, cancel).ConfigureAwait(false);
    }

    /// <summary>The newest entries first.</summary>
    /// <param name="before">Only those with a smaller number; null from the newest on.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="within">Only those of these tenants and of no other; null for all.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(long? before, int limit, IReadOnlyCollection<long>? within, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT id, at, actor, actor_name AS ActorName, ip, action, subject, tenant_ids AS TenantIds, detail::text AS Detail
            FROM audit
            WHERE (@before::bigint IS NULL OR id < @before) AND (@within::bigint[] IS NULL OR (tenant_ids <@ @within AND tenant_ids <> '{}'))
            ORDER BY id DESC LIMIT @limit
            """,
            new { before, within = within?.ToArray(), limit },
            cancellationToken: cancel)).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEntry())];
    }

    /// <summary>Adds an entry in the transaction of the change that it tells of.</summary>
    internal static Task AppendAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Actor by, string action, string subject, IReadOnlyCollection<long> tenantIds, object? detail, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO audit (actor, actor_name, ip, action, subject, tenant_ids, detail) VALUES (@actor, @name, @ip, @action, @subject, @tenants, @detail::jsonb)",
            new
            {
                actor = by.Id,
                name = by.Name,
                ip = by.Ip,
                action,
                subject,
                tenants = tenantIds.ToArray(),
                detail = JsonSerializer.Serialize(detail ?? new { }, Format),
            },
            transaction,
            cancellationToken: cancel));

    // Filled by Dapper.
    private sealed class Row
    {
        public long Id { get; init; }

        public DateTime At { get; init; }

        public string Actor { get; init; } = "";

        public string ActorName { get; init; } = "";

        public string? Ip { get; init; }

        public string Action { get; init; } = "";

        public string Subject { get; init; } = "";

        public long[] TenantIds { get; init; } = [];

        public string Detail { get; init; } = "{}";

        public AuditEntry ToEntry() => new(Id, new(At), new(Actor, ActorName, Ip), Action, Subject, TenantIds, Detail);
    }
}
