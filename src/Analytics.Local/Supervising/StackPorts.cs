namespace Analytics.Local.Supervising;

/// <summary>A port of the stack: who listens there and which setting moves it.</summary>
/// <param name="Part">The part, as its log file is called.</param>
/// <param name="Setting">The environment variable that sets it.</param>
/// <param name="Number">The port on 127.0.0.1.</param>
internal sealed record StackPort(string Part, string Setting, int Number);

/// <summary>Every port that the stack listens on, all on 127.0.0.1.</summary>
/// <remarks>
/// Default + ANALYTICS_PORT_OFFSET, or exactly what ANALYTICS_<i>PART</i>_PORT says. The defaults are the usual ones of each program, but
/// Redis and PostgreSQL stand one beside theirs, because Debian starts those as services.
/// </remarks>
internal sealed class StackPorts
{
    /// <summary>The setting that moves all ports at once.</summary>
    public const string OffsetSetting = "ANALYTICS_PORT_OFFSET";

    /// <summary>Distance between the metrics ports of two workers: leaves room for the other processes between them.</summary>
    private const int WorkerStep = 10;

    private const int Highest = 65535;

    private readonly Func<string, string?> _environment;
    private readonly int _offset;

    private StackPorts(Func<string, string?> environment, int workers)
    {
        _environment = environment;
        _offset = SettingReader.Integer(environment, OffsetSetting, 0, -Highest, Highest);
        Api = Read("api", "ANALYTICS_API_PORT", 8080);
        Registry = Read("registry", "ANALYTICS_REGISTRY_PORT", 8081);
        ClickHouse = Read("clickhouse", "ANALYTICS_CLICKHOUSE_PORT", 8123);
        Kafka = Read("broker", "ANALYTICS_KAFKA_PORT", 9092);
        Redis = Read("redis", "ANALYTICS_REDIS_PORT", 6380);
        Postgres = Read("postgres", "ANALYTICS_POSTGRES_PORT", 5433);
        ApiMetrics = Read("api", "ANALYTICS_API_METRICS_PORT", 9100);
        JobsMetrics = Read("jobs", "ANALYTICS_JOBS_METRICS_PORT", 9102);
        var worker = Read("worker-1", "ANALYTICS_WORKER_METRICS_PORT", 9101);
        WorkerMetrics = [.. Enumerable.Range(0, workers).Select(n => worker with { Part = $"worker-{n + 1}", Number = worker.Number + (n * WorkerStep) })];
    }

    public StackPort Api { get; }

    public StackPort Registry { get; }

    public StackPort ClickHouse { get; }

    public StackPort Kafka { get; }

    public StackPort Redis { get; }

    public StackPort Postgres { get; }

    public StackPort ApiMetrics { get; }

    public StackPort JobsMetrics { get; }

    /// <summary>One for each worker.</summary>
    public IReadOnlyList<StackPort> WorkerMetrics { get; }

    /// <summary>Where the processes of the product show their metrics.</summary>
    public IEnumerable<StackPort> Metrics => [ApiMetrics, .. WorkerMetrics, JobsMetrics];

    /// <summary>All of them.</summary>
    public IEnumerable<StackPort> All => [Api, Registry, ClickHouse, Kafka, Redis, Postgres, .. Metrics];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StackException">A setting is not a port, or two parts were given the same.</exception>
    public static StackPorts Read(Func<string, string?> environment, int workers)
    {
        var ports = new StackPorts(environment, workers);
        foreach (var same in ports.All.GroupBy(port => port.Number).Where(group => group.Count() > 1))
        {
            var settings = string.Join(" and ", same.Select(port => $"{port.Setting} ({port.Part})"));
            throw new StackException($"Port {same.Key} is given twice: by {settings}. Give each part a port of its own.");
        }

        return ports;
    }

    private StackPort Read(string part, string setting, int usual)
    {
        var number = SettingReader.Integer(_environment, setting, usual + _offset, int.MinValue, int.MaxValue);
        return number is > 0 and <= Highest
            ? new(part, setting, number)
            : throw new StackException($"The port of {part} would be {number}: expected 1 to {Highest}. Change {setting} or {OffsetSetting}.");
    }
}
