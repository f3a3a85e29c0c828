using System.Globalization;

namespace Analytics.Local.Supervising;

/// <summary>The processes of the one-machine stack: one row each.</summary>
internal sealed class StackParts(StackSettings settings, StackSecrets secrets, PostgresCluster postgres)
{
    private const string LocalProgram = "Analytics.Local";
    private static readonly string[] AddressKinds = ["ipv4", "ipv6"];

    /// <summary>The live cache. It keeps its append-only file, so that today's figures are there again after a restart.</summary>
    public Part Redis => new("redis", () => new PartCommand(
        "redis", "redis-server",
        "--port", Text(settings.Ports.Redis), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--daemonize", "no",
        "--dir", settings.PathOf("redis"), "--maxmemory-policy", "noeviction")
    {
        IsReadyLine = line => line.Contains("Ready to accept connections", StringComparison.Ordinal),
    });

    public Part Postgres => new("postgres", postgres.Command);

    /// <summary>ClickHouse's HTTP interface over the engine as a library. A large first start after a crash reads its parts again: it may take longer.</summary>
    public Part ClickHouse => new("clickhouse", () => PartCommand.Dotnet(
        "clickhouse", LocalProgram, "clickhouse", "--port", Text(settings.Ports.ClickHouse), "--data", settings.PathOf("clickhouse")))
    {
        StartLimit = TimeSpan.FromMinutes(2),
        StopLimit = TimeSpan.FromSeconds(20),
    };

    public Part Broker => new("broker", () => PartCommand.Dotnet(
        "broker", LocalProgram, "broker",
        "--port", Text(settings.Ports.Kafka), "--partitions", settings.Partitions.ToString(CultureInfo.InvariantCulture)));

    public Part Registry => new("registry", () => PartCommand.Dotnet(
        "registry", LocalProgram, "registry", "--port", Text(settings.Ports.Registry), "--postgres", postgres.ConnectionString));

    /// <summary>Serves the API and the dashboard, and collects events.</summary>
    public Part Api => new("api", () => PartCommand.Dotnet("api", "Analytics.Api") with
    {
        // Who sends an event here wants to see it in the next answer, and has no page of many users to share one with.
        Environment = Product(
            settings.Ports.ApiMetrics,
            ("Api__Url", settings.ApiUrl),
            ("Answers__FreshSeconds", "2"),
            ("Answers__JitterSeconds", "0"),
            ("Answers__RefreshSeconds", "0"),
            ("Limits__Enabled", "false"),
            ("Dashboard__ReadKey", settings.Demo ? secrets.ReadKey : null)),
        WorkingDirectory = Path.Combine(ProgramFiles.Root, "src", "Analytics.Api"),
    });

    /// <summary>The workers, each with a metrics port of its own. A stop drains what was read: up to 10 s, then some.</summary>
    public IReadOnlyList<Part> Workers => [.. settings.Ports.WorkerMetrics.Select(port => new Part(port.Part, () =>
        PartCommand.Dotnet(port.Part, "Analytics.Worker") with { Environment = Product(port, CountryTables()) })
    {
        StopLimit = TimeSpan.FromSeconds(15),
    })];

    /// <summary>What runs by the clock.</summary>
    public Part Jobs => new("jobs", () => PartCommand.Dotnet("jobs", "Analytics.Jobs") with { Environment = Product(settings.Ports.JobsMetrics) });

    /// <summary>Sends the demo's live traffic for as long as it runs.</summary>
    public Part LiveDemo => new("live-demo", () => Cli("live-demo", "demo", "live"));

    /// <summary>Sends the demo's history, then ends.</summary>
    public PartCommand LoadDemo => Cli("demo-load", "demo", "load");

    // The tables that setup fetched; without them only the countries that producers give are known.
    private static (string Name, string? Value)[] CountryTables() =>
    [
        .. AddressKinds
            .Select(kind => Path.Combine(ProgramFiles.Root, "tables", "node_modules", "@ip-location-db", "geo-whois-asn-country", $"geo-whois-asn-country-{kind}-num.csv"))
            .Where(File.Exists)
            .Select((file, i) => ($"Enriching__CountryTables__{i}", (string?)file)),
    ];

    private PartCommand Cli(string name, params IReadOnlyList<string> arguments) => PartCommand.Dotnet(name, "Analytics.Cli", arguments) with
    {
        Environment = Product(null, ("Api__Url", settings.ApiUrl), ("Api__WriteKey", secrets.WriteKey), ("Api__ReadKey", secrets.ReadKey), ("Api__AdminKey", secrets.AdminKey)),
    };

    /// <summary>The settings that every process of the product reads.</summary>
    private Dictionary<string, string?> Product(StackPort? metrics, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ClickHouse__Url"] = settings.ClickHouseUrl,
            ["ClickHouse__Database"] = "analytics",
            ["Redis__Connection"] = settings.Redis,
            ["Postgres__Connection"] = postgres.ConnectionString,
            ["Kafka__BootstrapServers"] = settings.Kafka,
            ["Kafka__Group"] = "analytics-worker",
            ["SchemaRegistry__Url"] = settings.RegistryUrl,
            ["Metrics__Port"] = metrics is null ? null : Text(metrics),
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return environment;
    }

    private static string Text(StackPort port) => port.Number.ToString(CultureInfo.InvariantCulture);
}
