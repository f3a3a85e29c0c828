namespace Analytics.Local.Broker;

/// <summary>What the built-in broker is started with: <c>broker --port 9092 --partitions 4</c>.</summary>
internal sealed class BrokerOptions
{
    /// <summary>
    /// TCP port on 127.0.0.1. Default 9092, Kafka's own. 0 takes any free port and prints it. A port in use ends the process.
    /// </summary>
    public int Port { get; init; } = 9092;

    /// <summary>
    /// Partitions of each event topic. Default 4: enough for four workers on a machine of 2 cores, few enough that a chunk of a partition
    /// spans minutes.
    /// 1 to 1,000; beyond, the process refuses to start.
    /// </summary>
    public int Partitions { get; init; } = 4;

    /// <summary>
    /// Milliseconds that a new consumer group waits for more members before its first assignment. Default 100: a member that joins later
    /// costs one more
    /// rebalance, a longer wait delays every start. Kafka's own default is 3,000.
    /// </summary>
    public int RebalanceDelay { get; init; } = 100;

    /// <summary>
    /// Whether an unknown topic that a client names is made. Default false: a mistyped topic is an error at once, not a silent place where
    /// events wait.
    /// </summary>
    public bool AutoCreate { get; init; }

    /// <summary>Whether faults are read from standard input, one command a line (see <see cref="BrokerConsole"/>). Default false.</summary>
    public bool Control { get; init; }

    /// <summary>Throws when a value is out of its bounds.</summary>
    /// <exception cref="ArgumentException">The message lists what was expected and found.</exception>
    public BrokerOptions Validated() =>
        Port is < 0 or > 65535 ? throw new ArgumentException($"--port: expected 0 to 65535, found {Port}.")
        : Partitions is < 1 or > 1000 ? throw new ArgumentException($"--partitions: expected 1 to 1000, found {Partitions}.")
        : RebalanceDelay is < 0 or > 60_000 ? throw new ArgumentException($"--rebalancedelay: expected 0 to 60000 ms, found {RebalanceDelay}.")
        : this;
}
