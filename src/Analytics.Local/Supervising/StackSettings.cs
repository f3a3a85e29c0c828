namespace Analytics.Local.Supervising;

/// <summary>What may be set about the one-machine stack, all by environment variables, and what follows from it: folders and addresses.</summary>
internal sealed class StackSettings
{
    private const int MostWorkers = 16;

    private StackSettings(Func<string, string?> environment)
    {
        var data = environment("ANALYTICS_DATA");
        DataFolder = Path.GetFullPath(string.IsNullOrWhiteSpace(data) ? ".local" : data, ProgramFiles.Root);
        Workers = SettingReader.Integer(environment, "ANALYTICS_WORKERS", 1, 1, MostWorkers);
        Partitions = SettingReader.Integer(environment, "ANALYTICS_PARTITIONS", 4, 1, 256);
        Demo = SettingReader.Switch(environment, "ANALYTICS_DEMO", usual: true);
        Ports = StackPorts.Read(environment, Workers);
    }

    /// <summary>ANALYTICS_DATA: the folder of everything that the stack keeps. Default: <c>.local</c> of the clone. A second copy needs another one.</summary>
    public string DataFolder { get; }

    /// <summary>ANALYTICS_WORKERS: how many worker processes share the partitions. Default: 1, which two cores are enough for; beyond the partitions they idle.</summary>
    public int Workers { get; }

    /// <summary>ANALYTICS_PARTITIONS: partitions of each event topic. Default: 4, so that up to four workers have work.</summary>
    public int Partitions { get; }

    /// <summary>ANALYTICS_DEMO: on (default) loads the demo shops once and keeps the live generator running; off starts empty.</summary>
    public bool Demo { get; }

    /// <summary>ANALYTICS_PORT_OFFSET and ANALYTICS_<i>PART</i>_PORT.</summary>
    public StackPorts Ports { get; }

    public string ApiUrl => Http(Ports.Api);

    public string RegistryUrl => Http(Ports.Registry);

    public string ClickHouseUrl => Http(Ports.ClickHouse);

    public string Kafka => Address(Ports.Kafka);

    public string Redis => Address(Ports.Redis);

    public IEnumerable<string> MetricsUrls => Ports.Metrics.Select(port => Http(port) + "/metrics");

    /// <summary>Reads the process's environment.</summary>
    /// <exception cref="StackException">A setting makes no sense; the message says what was expected.</exception>
    public static StackSettings Read() => Read(Environment.GetEnvironmentVariable);

    /// <summary>Reads the variables that <paramref name="environment"/> gives.</summary>
    public static StackSettings Read(Func<string, string?> environment) => new(environment);

    /// <summary>A file or folder of the data folder.</summary>
    public string PathOf(params ReadOnlySpan<string> names) => Path.Combine([DataFolder, .. names]);

    private static string Address(StackPort port) => $"127.0.0.1:{port.Number}";

    private static string Http(StackPort port) => $"http://{Address(port)}";
}
