namespace Analytics.Chaos.Tests.Running;

/// <summary>How long and how hard: the same tests run short, in <c>make test</c>, and long, in <c>make chaos</c> (ANALYTICS_CHAOS=long).</summary>
internal sealed record ChaosForm
{
    /// <summary>The form of this run.</summary>
    public static readonly ChaosForm Current = Environment.GetEnvironmentVariable("ANALYTICS_CHAOS") == "long" ? Long() : new();

    /// <summary>True in <c>make chaos</c>.</summary>
    public bool IsLong { get; private init; }

    /// <summary>Records a second of the load.</summary>
    public int Rate { get; private init; } = 600;

    /// <summary>How long a store is away.</summary>
    public TimeSpan Fault { get; private init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long each of several faults in a row holds.</summary>
    public TimeSpan ShortFault { get; private init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the group waits for a silent worker.</summary>
    public TimeSpan Session { get; private init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a fault that is repeated comes.</summary>
    public int Cycles { get; private init; } = 3;

    /// <summary>Distinct products and pages of the tenant that has too many.</summary>
    public int DistinctValues { get; private init; } = 20_000;

    /// <summary>MiB by which they may let a worker grow, from its start on: a multiple of what was seen, a fraction of what each value would take if it were kept.</summary>
    public double MostFloodGrowth { get; private init; } = 250;

    /// <summary>How long a worker may make no new peak of memory to be called steady.</summary>
    public TimeSpan Steady { get; private init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Records of a chunk where a backlog is drained. Two chunks of a partition wait for their seals at most: with few records that is some inserts a second, whatever the
    /// worker can do; with many the partitions would not be paused within the fault's time.
    /// </summary>
    public int BacklogChunk { get; private init; } = 1_024;

    /// <summary>How long everything may take to be counted once the faults are over.</summary>
    public TimeSpan Settling { get; private init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many times faster than it grew a backlog must be drained. Short, beside other tests and on a busy machine, it only shows that it is drained faster than it
    /// grows; long, one test runs at a time.
    /// </summary>
    public double LeastSpeedUp { get; private init; } = 1;

    private static ChaosForm Long() => new()
    {
        IsLong = true,
        Rate = 2_000,
        LeastSpeedUp = 4,
        Fault = TimeSpan.FromSeconds(60),
        ShortFault = TimeSpan.FromSeconds(5),
        Session = TimeSpan.FromSeconds(6),
        Cycles = 6,
        DistinctValues = 1_000_000,
        MostFloodGrowth = 1_000,
        Steady = TimeSpan.FromSeconds(15),
        BacklogChunk = 4_096,
        Settling = TimeSpan.FromMinutes(4),
    };
}
