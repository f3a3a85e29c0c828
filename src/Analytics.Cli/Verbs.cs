using System.CommandLine;
using Analytics.Core.AdHoc;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Kafka;
using Analytics.Storage.Registry;
using Confluent.Kafka;
using Npgsql;

namespace Analytics.Cli;

/// <summary>The verbs of the operator's command line, and how each kind of failure ends it.</summary>
internal static class Verbs
{
    /// <summary>Where the parts are: flags of every verb, each with its place in the environment as its default.</summary>
    public static readonly Option<string?> Kafka = Place("--kafka", "Brokers to start from, host:port");

    /// <inheritdoc cref="Kafka"/>
    public static readonly Option<string?> Registry = Place("--registry", "The schema registry's address");

    /// <inheritdoc cref="Kafka"/>
    public static readonly Option<string?> ClickHouse = Place("--clickhouse", "ClickHouse's HTTP address");

    /// <summary>Print one JSON document instead of text.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document instead of text", Recursive = true };

    /// <summary>Parses and runs; the answer goes to stdout, progress and errors to stderr.</summary>
    public static async Task<int> RunAsync(string[] args, params Command[] verbs)
    {
        var root = new RootCommand("""
            analytics: what an operator asks and does.

              analytics ledger verify             prove that every record was counted once
              analytics rejected list             the rejected inbox
              analytics sessions                  the visits of a tenant
              analytics query                     anything about a tenant, in a language like SQL
              analytics rollup run                rewrite the sums of hours from the minutes
              analytics tenants set               a seller or an app, its zone and currency
              analytics rates import              by which other currencies are converted
              analytics keys create               a key, the first admin key too
              analytics demo load                 the Superstore's real orders, once however often it runs
              analytics doctor                    is everything reachable?

            The places come from the flags, else from the environment (Kafka__BootstrapServers or KAFKA_BOOTSTRAP, and so on),
            else from .local/env of a running one-machine stack, else the default ports.
            Ends with 0 when all is well, 1 when a check failed, 2 for wrong words or settings, 3 when something cannot be reached.
            """)
        { Kafka, Registry, ClickHouse, Json };
        foreach (var verb in verbs)
        {
            root.Subcommands.Add(verb);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync().ConfigureAwait(false);
            return ExitCode.Usage;
        }

        return await WithErrorsAsync(() => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false })).ConfigureAwait(false);
    }

    private static async Task<int> WithErrorsAsync(Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (error is BrokerUnavailableException or RegistryUnavailableException or ClickHouseUnavailableException or KafkaException or NpgsqlException)
        {
            return Fail(ExitCode.Unreachable, error.Message);
        }
        catch (Exception error) when (error is ClickHouseException or SchemaRefusedException or FileNotFoundException or ArgumentException or InvalidQueryException or QuestionRefusedException)
        {
            return Fail(ExitCode.Usage, error.Message);
        }
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine("analytics: " + message);
        return code;
    }

    private static Option<string?> Place(string name, string description) => new(name) { Description = description, Recursive = true };
}
