namespace Analytics.Core.Forecasting;

/// <summary>What was asked for on each day on which one could buy, the oldest first. A day without stock is not here: it says nothing about demand.</summary>
/// <param name="Units">Pieces of each day.</param>
public sealed record DailyDemand(IReadOnlyList<long> Units)
{
    /// <summary>Days.</summary>
    public int Days => Units.Count;

    /// <summary>Pieces of all days.</summary>
    public long Total => Units.Sum();

    /// <summary>Pieces a day; null without a day.</summary>
    public double? Velocity => Days == 0 ? null : (double)Total / Days;

    /// <summary>Variance of the pieces of a day (of a sample, over n − 1); null with fewer than two days.</summary>
    public double? Variance => Days < 2 ? null : Units.Sum(units => (units - Velocity!.Value) * (units - Velocity!.Value)) / (Days - 1);

    /// <summary>The mean distance of days with demand: days over days with demand; null where there was none.</summary>
    public double? Interval => Units.Count(units => units > 0) is var count and > 0 ? (double)Days / count : null;

    /// <summary>
    /// Whether demand comes now and then only: a mean distance of 1.32 days or more (Syntetos and Boylan's border, where estimating size and distance apart begins to be better
    /// than a mean of days).
    /// </summary>
    public bool IsIntermittent => Interval >= 1.32;
}
