using System.Runtime.InteropServices;

namespace Analytics.Local.Broker;

/// <summary>librdkafka's built-in broker: the Kafka protocol on one TCP port of this machine, the log in memory.</summary>
/// <remarks>
/// <para>
/// Consumer groups, commits, idempotent producers and every compression work as on a cluster; the log and the committed offsets are gone
/// when the
/// process ends. Each start gives every topic a new random topic id, which the worker takes as the log's epoch.
/// </para>
/// <para>The library serves from a thread of its own; every member here may be called from any thread. Our build of it is described in
/// native/.</para>
/// </remarks>
internal sealed unsafe class BuiltInBroker : IDisposable
{
    private const int Node = 1;
    private const int ErrorSize = 512;

    // What the library answers to later versions of these requests does not fit their form (flexible fields, a list of members that leave).
    // It says so here, and clients take the highest version that both know.
    private static readonly (KafkaRequest Request, short Highest)[] Versions =
    [
        (KafkaRequest.JoinGroup, 5), (KafkaRequest.SyncGroup, 3), (KafkaRequest.Heartbeat, 3), (KafkaRequest.LeaveGroup, 2),
    ];

    private nint _client;
    private nint _cluster;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="InvalidOperationException">The port is taken, or the library is not our build.</exception>
    public BuiltInBroker(BrokerOptions options)
    {
        SetVariable("RDKAFKA_MOCK_PORT", options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        SetVariable("RDKAFKA_MOCK_AUTO_CREATE", options.AutoCreate ? "1" : "0");
        _client = NewClient();
        _cluster = Librdkafka.NewCluster(_client, brokers: 1);
        if (_cluster == 0)
        {
            Librdkafka.DestroyClient(_client);
            throw new InvalidOperationException(
                $"The broker cannot listen on 127.0.0.1:{options.Port}: is the port in use? Choose another with --port.");
        }

        BootstrapServers = Marshal.PtrToStringUTF8(Librdkafka.Bootstraps(_cluster))!;
        if (options.Port != 0 && !BootstrapServers.EndsWith($":{options.Port}", StringComparison.Ordinal))
        {
            Dispose();
            throw new InvalidOperationException(
                $"The broker was asked for port {options.Port} and listens on {BootstrapServers}: this librdkafka is not our build. Run scripts/native.sh.");
        }

        Librdkafka.SetInitialRebalanceDelay(_cluster, options.RebalanceDelay);
        Librdkafka.SetController(_cluster, Node);
        foreach (var (request, highest) in Versions)
        {
            Check(Librdkafka.SetVersions(_cluster, (short)request, lowest: 0, highest));
        }
    }

    /// <summary>Where clients connect: <c>127.0.0.1:port</c>.</summary>
    public string BootstrapServers { get; }

    /// <summary>Makes a topic.</summary>
    public void CreateTopic(string topic, int partitions) => Check(Librdkafka.CreateTopic(_cluster, topic, partitions, replicas: 1));

    /// <summary>Removes a topic with its records and committed offsets.</summary>
    public void DeleteTopic(string topic) => Check(Librdkafka.DeleteTopic(_cluster, topic));

    /// <summary>Moves the start of a partition's log forward, as retention does.</summary>
    public void DeleteRecords(string topic, int partition, long before) =>
        Check(Librdkafka.DeleteRecords(_cluster, topic, partition, before));

    /// <summary>
    /// Lets the next <paramref name="count"/> requests of a kind fail. The code -195 (transport) drops the connection instead.
    /// </summary>
    public void Fail(KafkaRequest request, int error, int count)
    {
        var errors = new int[count];
        Array.Fill(errors, error);
        fixed (int* first = errors)
        {
            Librdkafka.PushErrors(_cluster, (short)request, (nuint)count, first);
        }
    }

    /// <summary>Forgets the faults still due for a kind of request.</summary>
    public void Heal(KafkaRequest request) => Librdkafka.ClearErrors(_cluster, (short)request);

    /// <summary>Drops all connections and refuses new ones until <see cref="ComeUp"/>. The log stays.</summary>
    public void GoDown() => Check(Librdkafka.SetDown(_cluster, Node));

    /// <summary>Accepts connections again, on the same port.</summary>
    public void ComeUp() => Check(Librdkafka.SetUp(_cluster, Node));

    /// <summary>Delays every response by this many milliseconds.</summary>
    public void SetRoundTrip(int milliseconds) => Check(Librdkafka.SetRoundTrip(_cluster, Node, milliseconds));

    /// <summary>Stops to listen and frees the log.</summary>
    public void Dispose()
    {
        if (_cluster != 0)
        {
            Librdkafka.DestroyCluster(_cluster);
            _cluster = 0;
        }

        if (_client != 0)
        {
            Librdkafka.DestroyClient(_client);
            _client = 0;
        }
    }

    private static nint NewClient()
    {
        var error = stackalloc byte[ErrorSize];
        var configuration = Librdkafka.NewConfiguration();
        // 4 = warnings: the client itself has no cluster to connect to, and says so at level 5.
        if (Librdkafka.Configure(configuration, "log_level", "4", error, ErrorSize) != 0
            || Librdkafka.Configure(configuration, "socket.nagle.disable", "true", error, ErrorSize) != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)error));
        }

        var client = Librdkafka.NewClient(Librdkafka.Producer, configuration, error, ErrorSize);
        return client != 0 ? client : throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)error));
    }

    private static void SetVariable(string name, string value)
    {
        if (Librdkafka.SetNativeVariable(name, value, overwrite: 1) != 0)
        {
            throw new InvalidOperationException($"The C library refused the environment variable {name}={value}.");
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The broker refused: {Marshal.PtrToStringUTF8(Librdkafka.NameOf(error))}.");
        }
    }
}
