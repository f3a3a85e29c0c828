using Dapper;
using Npgsql;

namespace Analytics.Local.Registry;

/// <summary>Opens the registry's tables: to read as they are, or to change them with no one else changing them meanwhile.</summary>
internal sealed class RegistryDatabase(NpgsqlDataSource source)
{
    // "registry" in ASCII: any number that nobody else locks by.
    private const long Lock = 0x7265676973747279;

    /// <summary>Runs <paramref name="read"/> on a connection of its own.</summary>
    public async Task<T> ReadAsync<T>(Func<RegistryTables, Task<T>> read)
    {
        await using var tables = new RegistryTables(await source.OpenConnectionAsync());
        return await read(tables);
    }

    /// <summary>
    /// Runs <paramref name="change"/> in a transaction under one lock for all processes, so that two registrations at once see each other:
    /// equal schemas
    /// get one id, and ids have no gaps. Registrations are rare; a finer lock would buy nothing.
    /// </summary>
    public async Task<T> ChangeAsync<T>(Func<RegistryTables, Task<T>> change)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@Lock)", new { Lock });
        var result = await change(new RegistryTables(connection));
        await transaction.CommitAsync();
        return result;
    }
}
