using Analytics.Core.Events;

namespace Analytics.Simulation.Tests.Making;

/// <summary>What one seed is made of: the shape of the log, the settings of the workers, the faults and how often each comes.</summary>
/// <remarks>Every kind of fault is left out of some seeds, so that one does not hide another. Rates of events are per ten thousand steps, others per thousand chances.</remarks>
internal sealed class Plan
{
    private Plan(Dice dice)
    {
        Partitions = PartitionsOf(dice);
        ChunkSize = dice.Of(4, 8, 16, 32, 64);
        ChunkBytes = dice.Of(int.MaxValue, int.MaxValue, 400, 1_500);
        Horizon = dice.Of(8, 16, 32, 64);
        BatchRecords = dice.Of(1, 3, 5, 8, 16, 64);
        BatchBytes = dice.Of(200, 1_000, 100_000);
        Lanes = dice.Between(1, 3);
        Workers = dice.Between(1, 3);
        Strands = dice.Between(1, 3);
        Capacity = dice.Of(1, 1, 2, 4);
        UnsealedChunks = dice.Of(1, 2, 2, 3);
        LargestHole = dice.Between(4, 12);
        HistoryRecords = dice.Of(5, 20, 1_000);
        RawRows = dice.Of(3, 10, 1_000);
        StormSteps = dice.Between(200, 1_600);
    }

    /// <summary>Topics and numbers of the partitions.</summary>
    public IReadOnlyList<(string Topic, int Partition)> Partitions { get; }

    /// <summary>Records of each log: of most runs few, so that the storm lasts for much of them; fewer still where topics have more than one life.</summary>
    public int Records { get; private init; }

    /// <summary>Records per chunk.</summary>
    public int ChunkSize { get; }

    /// <summary>Bytes per chunk.</summary>
    public int ChunkBytes { get; }

    /// <summary>Offsets back that a duplicate is known.</summary>
    public int Horizon { get; }

    public int BatchRecords { get; }

    public int BatchBytes { get; }

    /// <summary>Counting lanes.</summary>
    public int Lanes { get; }

    /// <summary>Workers that the group should have.</summary>
    public int Workers { get; }

    /// <summary>Bound of every step of the graph.</summary>
    public int Capacity { get; }

    /// <summary>Strands of a worker's graph.</summary>
    public int Strands { get; }

    public int UnsealedChunks { get; }

    public int LargestHole { get; }

    /// <summary>Records after which the history is flushed early.</summary>
    public int HistoryRecords { get; }

    /// <summary>Raw rows that the raw lane keeps.</summary>
    public int RawRows { get; }

    /// <summary>Steps of the run in which faults come.</summary>
    public int StormSteps { get; }

    /// <summary>Faults of writes to any store: refused, cut, half, landing late.</summary>
    public int WriteFaults { get; private init; }

    public int Crashes { get; private init; }

    public int Stops { get; private init; }

    public int Rebalances { get; private init; }

    /// <summary>Owners that lose their session and go on for a while.</summary>
    public int Zombies { get; private init; }

    /// <summary>Faults of look-ups, seeks and commits.</summary>
    public int ClientFaults { get; private init; }

    /// <summary>Records that the client delivers again, or skips.</summary>
    public int Misdeliveries { get; private init; }

    /// <summary>The group's offset is moved back by hand, or by an old owner's commit.</summary>
    public int Rewinds { get; private init; }

    /// <summary>The live store loses its memory.</summary>
    public int LiveLosses { get; private init; }

    /// <summary>
    /// The live store loses its memory just when a worker has sent figures whose ledger row is still on its way, others look soon, and rebuilds hurry: so that they
    /// read before what the worker is about to let go of is there.
    /// </summary>
    public bool LosesLiveInHaste { get; private init; }

    /// <summary>Gaps in the offsets of the log.</summary>
    public int Holes { get; private init; }

    /// <summary>Records that were sent before.</summary>
    public int Resends { get; private init; }

    /// <summary>Records that must not be counted.</summary>
    public int Poison { get; private init; }

    /// <summary>Events that come late, early, or with a wrong clock.</summary>
    public int WrongTimes { get; private init; }

    /// <summary>Pauses of an hour in the log.</summary>
    public int HourJumps { get; private init; }

    /// <summary>Times that each topic is deleted and made again, once all of it is counted.</summary>
    public int Recreations { get; private init; }

    /// <summary>Versions of the rules, besides the settings.</summary>
    public int Versions { get; private init; }

    /// <summary>A schema is registered after its first records. Then clocks and timestamps are right within minutes, which is what the decoder's margin is for.</summary>
    public bool RegistersLate { get; private init; }

    /// <summary>The workers' clocks differ from the log's.</summary>
    public bool Skew { get; private init; }

    /// <summary>The plan of one seed.</summary>
    public static Plan Of(Dice dice)
    {
        int Rate(int withoutOf, params ReadOnlySpan<int> rates) => dice.Below(withoutOf) == 0 ? 0 : dice.Of(rates);
        var registersLate = dice.Below(8) == 0;
        var recreations = dice.Below(4) == 0 ? dice.Of(1, 1, 2) : 0;
        var records = dice.Of(dice.Between(20, 40), dice.Between(20, 40), dice.Between(40, 110));
        return new Plan(dice)
        {
            WriteFaults = Rate(4, 20, 100, 400),
            Crashes = Rate(3, 10, 25, 60),
            Stops = Rate(2, 10, 30),
            Rebalances = Rate(3, 20, 60),
            Zombies = Rate(2, 20, 60),
            ClientFaults = Rate(2, 30, 200),
            Misdeliveries = Rate(3, 10, 60),
            Rewinds = Rate(2, 10, 40),
            LiveLosses = Rate(2, 10, 30),
            Holes = Rate(2, 10, 50),
            Resends = Rate(6, 30, 120),
            Poison = Rate(4, 30, 150),
            WrongTimes = Rate(4, 50, 200),
            HourJumps = registersLate ? 0 : Rate(3, 10, 40),
            Skew = !registersLate && dice.Below(2) == 0,
            RegistersLate = registersLate,
            Versions = dice.Of(0, 0, 1, 2, 3),
            Recreations = recreations,
            Records = Math.Max(20, records / (1 + recreations)),
            LosesLiveInHaste = dice.Below(4) == 0,
        };
    }

    private static List<(string Topic, int Partition)> PartitionsOf(Dice dice)
    {
        var topics = new List<string>(Topics.Counted);
        var partitions = new List<(string Topic, int Partition)>();
        for (var count = dice.Of(1, 1, 2); count > 0; count--)
        {
            var topic = dice.Take(topics);
            for (var number = dice.Of(1, 1, 2); number > 0; number--)
            {
                partitions.Add((topic, number - 1));
            }
        }

        return partitions;
    }
}
