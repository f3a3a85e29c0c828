namespace Analytics.Simulation.Tests.Making;

/// <summary>One version of the rules: which records are rejected, and when an event that comes from the future is set to its receipt.</summary>
/// <param name="Version">Its number; 1 is what workers are set to.</param>
/// <param name="ActivatesAt">Kafka timestamp of a chunk's first record from which on the chunk counts by it.</param>
/// <param name="ClampAheadMinutes">Further ahead of its receipt an event counts at its receipt.</param>
/// <param name="MaxAgeDays">Clickstream events that are older are rejected; 0: none is.</param>
/// <param name="RejectAheadHours">Further ahead of its receipt an event is rejected.</param>
internal sealed record MadeVersion(uint Version, long ActivatesAt, int ClampAheadMinutes, int MaxAgeDays, int RejectAheadHours)
{
    /// <summary>What workers are set to.</summary>
    public static readonly MadeVersion Settings = new(1, long.MinValue, 5, 7, 24);

    /// <summary>When operators made it known, in milliseconds of the run; null while it is not.</summary>
    public long? AnnouncedAt { get; set; }

    /// <summary>The settings, and some versions that become active at a record of the log or beside one.</summary>
    public static List<MadeVersion> Make(Plan plan, Dice dice, IReadOnlyList<MadeLog> logs)
    {
        var versions = new List<MadeVersion> { Settings with { AnnouncedAt = 0 } };
        for (var count = plan.Versions; count > 0; count--)
        {
            var records = logs[dice.Below(logs.Count)].Records;
            var at = records[dice.Below(records.Count)].Timestamp + dice.Of(-1, 0, 0, 1);
            versions.Add(new MadeVersion((uint)versions.Count + 1, at, dice.Of(0, 5, 90), dice.Of(0, 1, 7), dice.Of(1, 8, 24)));
        }

        return versions;
    }

    /// <summary>The one that a chunk counts by.</summary>
    public static MadeVersion At(IEnumerable<MadeVersion> versions, long timestamp) =>
        versions.Where(version => version.ActivatesAt <= timestamp).MaxBy(version => (version.ActivatesAt, version.Version))!;
}
