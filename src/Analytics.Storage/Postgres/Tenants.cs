using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>The tenants, in PostgreSQL. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
public sealed class Tenants(NpgsqlDataSource source)
{
    private const string Columns = "id, external_id AS ExternalId, name, time_zone AS TimeZone, currency::text AS Currency";

    /// <summary>Some of them in the order of their ids, of half a million a page.</summary>
    /// <param name="after">The id after which they begin.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IReadOnlyList<Tenant>> PageAsync(long after, int limit, CancellationToken cancel = default) =>
        ReadAsync($"SELECT {Columns} FROM tenants WHERE id > @after ORDER BY id LIMIT @limit", new { after, limit }, cancel);

    /// <summary>How many there are.</summary>
    public async Task<long> CountAsync(CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT count(*) FROM tenants", cancellationToken: cancel)).ConfigureAwait(false);
    }

    /// <summary>Asks whether the database is there and has the table.</summary>
    public Task PingAsync(CancellationToken cancel = default) => PageAsync(0, 1, cancel);

    /// <summary>Those of these ids that there are, in any order.</summary>
    public Task<IReadOnlyList<Tenant>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel = default) =>
        ReadAsync($"SELECT {Columns} FROM tenants WHERE id = ANY(@ids)", new { ids = ids.ToArray() }, cancel);

    /// <summary>The one of this id in the customer's own system, or null.</summary>
    public async Task<Tenant?> FindAsync(string externalId, CancellationToken cancel = default) =>
        (await ReadAsync($"SELECT {Columns} FROM tenants WHERE external_id = @externalId", new { externalId }, cancel).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>One of them, or null.</summary>
    public async Task<Tenant?> FindAsync(long id, CancellationToken cancel = default) =>
        (await ReadAsync($"SELECT {Columns} FROM tenants WHERE id = @id", new { id }, cancel).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Adds a tenant, or changes the one of the same id to be like it.</summary>
    /// <exception cref="ArgumentException">Its id, zone or currency is not one.</exception>
    public async Task UpsertAsync(Tenant tenant, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tenant.Id);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(tenant.TimeZone, out _))
        {
            throw new ArgumentException($"'{tenant.TimeZone}' is not a time zone: expected an IANA name, such as Europe/Berlin.", nameof(tenant));
        }

        if (tenant.Currency.Length != 3 || !tenant.Currency.All(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException($"'{tenant.Currency}' is not a currency: expected an ISO 4217 code, such as EUR.", nameof(tenant));
        }

        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO tenants (id, external_id, name, time_zone, currency) VALUES (@Id, @ExternalId, @Name, @TimeZone, @Currency)
            ON CONFLICT (id) DO UPDATE SET external_id = @ExternalId, name = @Name, time_zone = @TimeZone, currency = @Currency
            """,
            tenant,
            cancellationToken: cancel)).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Tenant>> ReadAsync(string sql, object parameters, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return (await connection.QueryAsync<Tenant>(new CommandDefinition(sql, parameters, cancellationToken: cancel)).ConfigureAwait(false)).AsList();
    }
}
