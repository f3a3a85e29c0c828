namespace Analytics.Core.Forecasting;

/// <summary>Demand that comes now and then: how likely it comes on a day, and how much it then is, each smoothed for itself.</summary>
/// <remarks>
/// The method of Teunter, Syntetos and Babai (2011), which follows Croston's but lets the likelihood fall on each day without demand, so that the rate of what nobody
/// wants any more falls to nothing. It begins at the first demand: its size, and one over the days until it.
/// </remarks>
/// <param name="Probability">Of demand on a day.</param>
/// <param name="Size">Pieces on a day with demand.</param>
public readonly record struct IntermittentDemand(double Probability, double Size)
{
    /// <summary>How much the latest day counts, for both. 0.1 remembers some ten demands; larger values chase chance.</summary>
    public const double Smoothing = 0.1;

    /// <summary>Pieces a day.</summary>
    public double Rate => Probability * Size;

    /// <summary>What the days say; nothing where none had demand.</summary>
    public static IntermittentDemand Of(DailyDemand demand, double smoothing = Smoothing)
    {
        IntermittentDemand? state = null;
        for (var day = 0; day < demand.Days; day++)
        {
            var units = demand.Units[day];
            state = (state, units) switch
            {
                (null, 0) => null,
                (null, _) => new(1.0 / (day + 1), units),
                ({ } before, 0) => before with { Probability = before.Probability * (1 - smoothing) },
                ({ } before, _) => new(before.Probability + (smoothing * (1 - before.Probability)), before.Size + (smoothing * (units - before.Size))),
            };
        }

        return state ?? default;
    }
}
