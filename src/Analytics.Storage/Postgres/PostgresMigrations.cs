using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>Brings a database to the shape of schemas/postgres: every file once, in the order of their names.</summary>
/// <remarks>
/// All in one transaction under an advisory lock, so that processes starting together do not meet. An applied file that has changed since is refused:
/// the next shape is a new file.
/// </remarks>
public static class PostgresMigrations
{
    private const string Folder = "schemas/postgres/";

    // "analytic" in ASCII: any number does, as long as every process takes the same.
    private const long Lock = 0x616E616C79746963;

    /// <summary>Applies what is missing. Gives the names of the files applied now.</summary>
    /// <exception cref="InvalidOperationException">An applied file has changed.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(NpgsqlDataSource source, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@Lock)", new { Lock }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (file text PRIMARY KEY, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
            transaction: transaction).ConfigureAwait(false);
        var applied = (await connection.QueryAsync<(string File, byte[] Sha256)>("SELECT file, sha256 FROM schema_migrations", transaction: transaction)
            .ConfigureAwait(false)).ToDictionary(row => row.File, row => row.Sha256, StringComparer.Ordinal);
        var now = new List<string>();
        foreach (var (file, text) in Files())
        {
            if (IsMissing(file, text, applied))
            {
                await connection.ExecuteAsync(text, transaction: transaction).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "INSERT INTO schema_migrations (file, sha256) VALUES (@file, @sha256)", new { file, sha256 = Fingerprint(text) }, transaction).ConfigureAwait(false);
                now.Add(file);
            }
        }

        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return now;
    }

    private static bool IsMissing(string file, string text, Dictionary<string, byte[]> applied)
    {
        if (!applied.TryGetValue(file, out var fingerprint))
        {
            return true;
        }

        return fingerprint.AsSpan().SequenceEqual(Fingerprint(text))
            ? false
            : throw new InvalidOperationException(
                $"schemas/postgres/{file} is not the file that this database was made with. Restore it, and put the change into a new file.");
    }

    private static byte[] Fingerprint(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<(string File, string Text)> Files()
    {
        var assembly = typeof(PostgresMigrations).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Folder.Length..], reader.ReadToEnd());
        }
    }
}
