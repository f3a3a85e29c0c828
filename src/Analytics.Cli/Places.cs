using System.CommandLine;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Kafka;
using Analytics.Storage.Registry;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Analytics.Cli;

/// <summary>Where the parts of the system are: from a flag, else the processes' settings, else .local/env, else the default ports.</summary>
internal sealed class Places
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> LocalStack = new(ReadLocalStack);

    private readonly ParseResult _parsed;

    /// <summary>Reads the flags of one call.</summary>
    public Places(ParseResult parsed) => _parsed = parsed;

    /// <summary>Brokers to start from.</summary>
    public string Kafka => Find(Verbs.Kafka, "Kafka__BootstrapServers", "KAFKA_BOOTSTRAP", "127.0.0.1:9092");

    /// <summary>The schema registry.</summary>
    public Uri Registry => Address("--registry", Find(Verbs.Registry, "SchemaRegistry__Url", "REGISTRY_URL", "http://127.0.0.1:8081"));

    /// <summary>ClickHouse's HTTP interface.</summary>
    public Uri ClickHouse => Address("--clickhouse", Find(Verbs.ClickHouse, "ClickHouse__Url", "CLICKHOUSE_URL", "http://127.0.0.1:8123"));

    /// <summary>PostgreSQL, as a connection string.</summary>
    public string? Postgres => Setting("Postgres__Connection") ?? ((Setting("DATABASE_URL") ?? LocalStack.Value.GetValueOrDefault("DATABASE_URL")) is { } url ? OfUrl(new(url)) : null);

    /// <summary>A connection to PostgreSQL, where tenants and keys are.</summary>
    /// <exception cref="ArgumentException">Nobody said where it is.</exception>
    public NpgsqlDataSource OpenPostgres() => NpgsqlDataSource.Create(Postgres
        ?? throw new ArgumentException("Postgres__Connection is not set: expected an Npgsql connection string, such as Host=127.0.0.1;Port=5433;Database=analytics;Username=analytics."));

    /// <summary>A client of ClickHouse.</summary>
    public ClickHouseClient OpenClickHouse() => new(
        new ClickHouseOptions
        {
            Url = new Uri(ClickHouse.GetLeftPart(UriPartial.Path)),
            Database = Setting("ClickHouse__Database") ?? "analytics",
            User = Setting("ClickHouse__User") ?? "default",
            Password = Setting("ClickHouse__Password") ?? "",
        },
        TimeProvider.System);

    /// <summary>A client of the registry.</summary>
    public SchemaRegistryClient OpenRegistry() => new(new SchemaRegistryOptions { Url = Registry });

    /// <summary>A producer.</summary>
    public EventProducer OpenProducer() => new(
        new EventProducerOptions { BootstrapServers = Kafka, DeliveryTimeout = TimeSpan.FromSeconds(30) },
        NullLogger<EventProducer>.Instance);

    private string Find(Option<string?> flag, string setting, string local, string otherwise) =>
        _parsed.GetValue(flag) ?? Setting(setting) ?? Setting(local) ?? LocalStack.Value.GetValueOrDefault(local) ?? otherwise;

    private static Uri Address(string flag, string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw new ArgumentException($"Expected an address such as http://127.0.0.1:8123 in {flag}, or in the environment; found '{text}'.");

    private static string OfUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.IsDefaultPort ? NpgsqlConnection.DefaultPort : url.Port,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = url.AbsolutePath.Trim('/'),
        }.ConnectionString;
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Lines of the form NAME='value', as `make up` writes them.
    private static Dictionary<string, string> ReadLocalStack()
    {
        var file = Path.Combine(Setting("ANALYTICS_DATA") ?? ".local", "env");
        return !File.Exists(file) ? [] : File.ReadLines(file)
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('\'', '"'), StringComparer.Ordinal);
    }
}
