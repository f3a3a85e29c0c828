using System.CommandLine;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Cli.Tests;

/// <summary>A PostgreSQL database of one test, in which verbs that run meanwhile find everything. For tests of <see cref="DirectoryCollection"/>: the environment is the process's.</summary>
public abstract class OwnDatabase : IAsyncLifetime
{
    private const string Setting = "Postgres__Connection";

    private protected NpgsqlDataSource Source { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        Environment.SetEnvironmentVariable(Setting, connection);
        Source = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(Source);
    }

    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Setting, null);
        await Source.DisposeAsync();
    }

    // Verbs print to the console.
    private protected static async Task<(int Code, string Output)> RunAsync(IReadOnlyList<string> words, params Command[] verbs)
    {
        var (before, output) = (Console.Out, new StringWriter());
        Console.SetOut(output);
        try
        {
            return (await Verbs.RunAsync([.. words], verbs), output.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
