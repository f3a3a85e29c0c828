using System.Security.Cryptography;
using Analytics.Storage.Postgres;

namespace Analytics.Local.Supervising;

/// <summary>The secrets of one data folder, made at its first start and the same at every later one. Readable by its owner only.</summary>
/// <param name="PostgresPassword">Of PostgreSQL's user.</param>
/// <param name="WriteKey">Sends events of the demo tenants.</param>
/// <param name="ReadKey">Reads the figures of the demo tenants.</param>
/// <param name="AdminKey">Reads and sends for every tenant.</param>
internal sealed record StackSecrets(string PostgresPassword, string WriteKey, string ReadKey, string AdminKey)
{
    private const int PasswordBytes = 16;

    /// <summary>Reads them, or makes them.</summary>
    /// <exception cref="StackException">The file is there but not whole.</exception>
    public static StackSecrets ReadOrMake(string file)
    {
        if (!File.Exists(file))
        {
            New().Write(file);
        }

        var values = File.ReadLines(file).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Value(string name) => values.GetValueOrDefault(name)
            ?? throw new StackException($"{file} has no {name}: it was changed or cut. Restore it, or remove the data folder to begin anew.");
        return new(Value("POSTGRES_PASSWORD"), Value("WRITE_KEY"), Value("READ_KEY"), Value("ADMIN_KEY"));
    }

    private static StackSecrets New() => new(
        RandomNumberGenerator.GetHexString(PasswordBytes * 2, lowercase: true),
        ApiKeyText.New(ApiKeyKind.Write),
        ApiKeyText.New(ApiKeyKind.Read),
        ApiKeyText.New(ApiKeyKind.Admin));

    private void Write(string file) => PrivateFile.Write(file, $"""
        POSTGRES_PASSWORD={PostgresPassword}
        WRITE_KEY={WriteKey}
        READ_KEY={ReadKey}
        ADMIN_KEY={AdminKey}

        """);
}
