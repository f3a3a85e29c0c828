using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>The tenants, in PostgreSQL. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
public sealed class Tenants(NpgsqlDataSource source)
{
    private const string Columns = "id, external_id AS ExternalId, name, time_zone AS TimeZone, currency::text AS Currency";

    /// <summary>All of them, by id.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Tenant>(new CommandDefinition($"SELECT {Columns} FROM tenants ORDER BY id", cancellationToken: cancel))
            .ConfigureAwait(false);
        return rows.AsList();
    }

    /// <summary>One of them, or null.</summary>
    public async Task<Tenant?> FindAsync(long id, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return await connection.QuerySingleOrDefaultAsync<Tenant>(
            new CommandDefinition($"SELECT {Columns} FROM tenants WHERE id = @id", new { id }, cancellationToken: cancel)).ConfigureAwait(false);
    }

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
}
