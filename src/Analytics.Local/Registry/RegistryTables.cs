using Analytics.Core.Avro;
using Dapper;
using Npgsql;

namespace Analytics.Local.Registry;

/// <summary>
/// The registry's tables in PostgreSQL (schemas/postgres/0002_registry.sql); all of its SQL. One connection, one caller at a time.
/// </summary>
internal sealed class RegistryTables(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>The subject under which the global settings stand.</summary>
    public const string Global = "";

    private const string Versions = """
        SELECT v.subject, v.version, s.id, s.text, v.deleted_at IS NOT NULL AS "isDeleted"
        FROM registry_versions v JOIN registry_schemas s ON s.id = v.schema_id
        """;

    /// <summary>All subjects that have a version, in the order of their names.</summary>
    public Task<IEnumerable<string>> SubjectsAsync(string prefix, bool withDeleted) => connection.QueryAsync<string>(
        "SELECT DISTINCT subject FROM registry_versions WHERE starts_with(subject, @prefix) AND (@withDeleted OR deleted_at IS NULL) ORDER BY subject",
        new { prefix, withDeleted });

    /// <summary>A subject's versions, softly deleted ones too, oldest first.</summary>
    public async Task<IReadOnlyList<SchemaVersion>> VersionsOfAsync(string subject) =>
        [.. await connection.QueryAsync<SchemaVersion>($"{Versions} WHERE v.subject = @subject ORDER BY v.version", new { subject })];

    /// <summary>The versions of all subjects with a prefix, softly deleted ones too.</summary>
    public async Task<IReadOnlyList<SchemaVersion>> VersionsWithPrefixAsync(string prefix) =>
        [.. await connection.QueryAsync<SchemaVersion>($"{Versions} WHERE starts_with(v.subject, @prefix) ORDER BY v.subject, v.version", new { prefix })];

    /// <summary>Where a schema is used; empty for an unknown id, or one that is used no more.</summary>
    public async Task<IReadOnlyList<SchemaVersion>> UsesOfAsync(int id) =>
        [.. await connection.QueryAsync<SchemaVersion>($"{Versions} WHERE v.schema_id = @id ORDER BY v.subject, v.version", new { id })];

    /// <summary>The id of an equal schema, whether it is in use or not.</summary>
    public Task<int?> FindAsync(byte[] fingerprint) =>
        connection.QuerySingleOrDefaultAsync<int?>("SELECT id FROM registry_schemas WHERE fingerprint = @fingerprint", new { fingerprint });

    /// <summary>The highest id given so far; 0 when there is none.</summary>
    public Task<int> HighestIdAsync() => connection.QuerySingleAsync<int>("SELECT coalesce(max(id), 0) FROM registry_schemas");

    /// <summary>Keeps a schema under the next id.</summary>
    public Task<int> AddAsync(byte[] fingerprint, string text) => connection.QuerySingleAsync<int>(
        "INSERT INTO registry_schemas (fingerprint, text) VALUES (@fingerprint, @text) RETURNING id", new { fingerprint, text });

    /// <summary>Keeps a schema under a given id, and goes on behind it. False when the id is another schema's.</summary>
    public async Task<bool> AddAsync(int id, byte[] fingerprint, string text)
    {
        var rows = await connection.ExecuteAsync(
            """
            INSERT INTO registry_schemas (id, fingerprint, text) OVERRIDING SYSTEM VALUE VALUES (@id, @fingerprint, @text) ON CONFLICT DO NOTHING
            """,
            new { id, fingerprint, text });
        await connection.ExecuteAsync(
            "SELECT setval(pg_get_serial_sequence('registry_schemas', 'id'), (SELECT greatest(max(id), 1) FROM registry_schemas))");
        return rows == 1;
    }

    /// <summary>Makes a schema a version of a subject. False when the version exists.</summary>
    public async Task<bool> AddVersionAsync(string subject, int version, int id) => await connection.ExecuteAsync(
        "INSERT INTO registry_versions (subject, version, schema_id) VALUES (@subject, @version, @id) ON CONFLICT DO NOTHING",
        new { subject, version, id }) == 1;

    /// <summary>Deletes one version softly or for good.</summary>
    public Task DeleteAsync(string subject, int version, bool isPermanent) => connection.ExecuteAsync(
        isPermanent
            ? "DELETE FROM registry_versions WHERE subject = @subject AND version = @version"
            : "UPDATE registry_versions SET deleted_at = now() WHERE subject = @subject AND version = @version AND deleted_at IS NULL",
        new { subject, version });

    /// <summary>The compatibility level set for a subject or <see cref="Global"/>; null when none is.</summary>
    public async Task<CompatibilityLevel?> LevelAsync(string subject) =>
        await SettingAsync("compatibility", subject) is { } name && Compatibility.TryParse(name, out var level) ? level : null;

    /// <summary>The mode set for a subject or <see cref="Global"/>; null when none is.</summary>
    public async Task<RegistryMode?> ModeAsync(string subject) => await SettingAsync("mode", subject) is { } name ? RegistryModes.Parse(name) : null;

    /// <summary>Sets a level; null takes the setting away.</summary>
    public Task SetLevelAsync(string subject, CompatibilityLevel? level) => SetAsync("compatibility", subject, level?.Name());

    /// <summary>Sets a mode; null takes the setting away.</summary>
    public Task SetModeAsync(string subject, RegistryMode? mode) => SetAsync("mode", subject, mode?.Name());

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private Task<string?> SettingAsync(string column, string subject) =>
        connection.QuerySingleOrDefaultAsync<string?>($"SELECT {column} FROM registry_settings WHERE subject = @subject", new { subject });

    private Task<int> SetAsync(string column, string subject, string? value) => connection.ExecuteAsync(
        $"INSERT INTO registry_settings (subject, {column}) VALUES (@subject, @value) ON CONFLICT (subject) DO UPDATE SET {column} = @value",
        new { subject, value });
}
