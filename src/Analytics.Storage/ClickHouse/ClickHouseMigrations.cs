using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Analytics.Storage.ClickHouse;

/// <summary>Brings the database to the shape of <c>schemas/clickhouse/*.sql</c>: each file once, in the order of the names.</summary>
/// <remarks>
/// ClickHouse has neither transactions nor locks for this, so every statement of a file has to be harmless when it runs twice (IF NOT EXISTS): two
/// processes that start together both apply a file, and one that dies in the middle applies it again. What was applied stands in the table
/// <c>migrations</c>.
/// </remarks>
public sealed class ClickHouseMigrations(ClickHouseClient client, TimeProvider time)
{
    private const string Folder = "schemas/clickhouse/";

    private const string Table = """
        CREATE TABLE IF NOT EXISTS migrations
        (
            name       String,
            sha256     FixedString(64),
            applied_at DateTime64(3, 'UTC')
        )
        ENGINE = ReplacingMergeTree
        ORDER BY name
        """;

    /// <summary>Makes the database and applies what is missing. Returns the names of the files applied now.</summary>
    /// <exception cref="InvalidOperationException">A file differs from what was applied under its name.</exception>
    /// <exception cref="ClickHouseException">ClickHouse is away, or refused a statement.</exception>
    public Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancel = default) => ApplyAsync(Embedded(), cancel);

    /// <summary>The files of this build, by name.</summary>
    internal static SortedDictionary<string, byte[]> Embedded()
    {
        var assembly = typeof(ClickHouseMigrations).Assembly;
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            files[name[Folder.Length..]] = Read(assembly, name);
        }

        return files;
    }

    /// <summary>Cuts a file at the semicolons that stand outside of quotes and comments.</summary>
    internal static List<string> Split(ReadOnlySpan<byte> sql)
    {
        var statements = new List<string>();
        var tokens = new SqlTokens(sql);
        var start = -1;
        while (tokens.Next())
        {
            if (tokens.Is(';'))
            {
                if (start >= 0)
                {
                    statements.Add(Encoding.UTF8.GetString(sql[start..tokens.Start]));
                }

                start = -1;
            }
            else if (start < 0)
            {
                start = tokens.Start;
            }
        }

        if (start >= 0)
        {
            statements.Add(Encoding.UTF8.GetString(sql[start..]));
        }

        return statements;
    }

    internal async Task<IReadOnlyList<string>> ApplyAsync(SortedDictionary<string, byte[]> files, CancellationToken cancel)
    {
        await client.ExecuteOutsideAsync($"CREATE DATABASE IF NOT EXISTS {ClickHouseText.QuoteName(client.Database)}", cancel).ConfigureAwait(false);
        await client.ExecuteAsync(Table, cancel: cancel).ConfigureAwait(false);
        var rows = await client.QueryAsync(
            "SELECT name, sha256 FROM migrations FINAL", row => (Name: row[0].GetString()!, Hash: row[1].GetString()!), cancel: cancel).ConfigureAwait(false);
        var applied = rows.ToDictionary(row => row.Name, row => row.Hash, StringComparer.Ordinal);
        foreach (var (name, sql) in files)
        {
            if (applied.TryGetValue(name, out var hash) && hash != HashOf(sql))
            {
                throw new InvalidOperationException(
                    $"{Folder}{name} has changed: its SHA-256 is {HashOf(sql)}, the database '{client.Database}' has it applied as {hash}. "
                    + "Put the file back and write the change as a new file.");
            }
        }

        var fresh = files.Where(file => !applied.ContainsKey(file.Key)).ToList();
        foreach (var (name, sql) in fresh)
        {
            await ApplyAsync(name, sql, cancel).ConfigureAwait(false);
        }

        return [.. fresh.Select(file => file.Key)];
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string HashOf(byte[] sql) => Convert.ToHexStringLower(SHA256.HashData(sql));

    private async Task ApplyAsync(string name, byte[] sql, CancellationToken cancel)
    {
        foreach (var statement in Split(sql))
        {
            await client.ExecuteAsync(statement, cancel: cancel).ConfigureAwait(false);
        }

        var parameters = new Dictionary<string, object?> { ["name"] = name, ["hash"] = HashOf(sql), ["now"] = time.GetUtcNow() };
        await client.ExecuteAsync(
            "INSERT INTO migrations SELECT {name:String}, {hash:String}, {now:DateTime64(3, 'UTC')}", parameters, cancel: cancel).ConfigureAwait(false);
    }
}
