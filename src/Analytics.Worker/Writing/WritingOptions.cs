using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Writing;

/// <summary>Settings of the writers.</summary>
internal sealed class WritingOptions
{
    /// <summary>
    /// Flushes that wait for ClickHouse. Default 1,024: <see cref="HistoryMegabytes"/> bounds them before, so that the live figures never wait behind them.
    /// Beyond it the lanes wait, and in the end Kafka is no longer read.
    /// </summary>
    [Range(1, 65_536)]
    public int HistoryQueue { get; set; } = 1_024;

    /// <summary>
    /// Memory of the rows that wait for ClickHouse, MiB. Default 48: a second at the full rate of two cores, four seconds of 50,000 events/s; half of it is one insert per
    /// table while the other half fills. Beyond it Kafka is no longer read until ClickHouse has taken some. Less: smaller inserts. More: more memory while ClickHouse is away.
    /// </summary>
    [Range(0.01, 65_536)]
    public double HistoryMegabytes { get; set; } = 48;

    /// <summary>
    /// Inserts of a group that ClickHouse has at once. Default 2: one is read while the parts of the other are written. More: they wait for its cores, and it writes them in no better
    /// order; the budget of memory is one for all.
    /// </summary>
    [Range(1, 16)]
    public int HistoryInserts { get; set; } = 2;

    /// <summary>
    /// Longest wait between tries while a store is away, in seconds. Default 10: a store that comes back is used within that time. Shorter asks more often
    /// than a starting store can bear.
    /// </summary>
    [Range(0.05, 600)]
    public double RetryCeilingSeconds { get; set; } = 10;

    /// <summary>
    /// Hours of event time that Redis holds. Default 48: today and yesterday in every time zone. Older events go to ClickHouse only.
    /// </summary>
    [Range(1, 720)]
    public int LiveHours { get; set; } = 48;

    /// <summary>
    /// Minutes of tenants, and users, that wait for Redis while it is away. Default 1,000,000, about 150 MB. Beyond it they are dropped and the live
    /// figures marked stale until they are rebuilt from ClickHouse: Redis never holds up the history.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int LivePending { get; set; } = 1_000_000;

    /// <summary>
    /// Seconds from a loss in Redis to the reading of ClickHouse for its rebuild. Default 5: every worker looks each second, and has then sent again what
    /// ClickHouse does not have yet. Shorter: the figures may be said to be whole before that. Longer: they are stale for longer.
    /// </summary>
    [Range(0, 600)]
    public double LiveSettleSeconds { get; set; } = 5;

    /// <summary>
    /// Seconds after which another worker takes over a rebuild whose worker is silent. Default 15: five missed renewals. Shorter: a pause of a worker starts the
    /// rebuild again elsewhere, which costs time and changes nothing.
    /// </summary>
    [Range(0.5, 600)]
    public double LiveLeaseSeconds { get; set; } = 15;
}
