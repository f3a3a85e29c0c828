using MathNet.Numerics.Distributions;

namespace Analytics.Api.Questions;

/// <summary>A difference of two variants.</summary>
/// <param name="Value">The variant's value less the control's.</param>
/// <param name="Low">Lower end of the interval of 95 %.</param>
/// <param name="High">Upper end.</param>
/// <param name="PValue">Two-sided; null where neither variant varies.</param>
internal readonly record struct Difference(double Value, double Low, double High, double? PValue);

/// <summary>The statistics of experiments.</summary>
internal static class ExperimentStatistics
{
    private const double Level = 0.975;

    /// <summary>Two shares: the two-proportion z test, its p-value by the pooled share, its interval by each variant's own.</summary>
    /// <param name="some">Users of the variant who did it.</param>
    /// <param name="users">Users of the variant; 1 or more.</param>
    /// <param name="control">Users of the control who did it.</param>
    /// <param name="controls">Users of the control; 1 or more.</param>
    public static Difference Shares(long some, long users, long control, long controls)
    {
        var (share, other) = ((double)some / users, (double)control / controls);
        var difference = share - other;
        var error = Math.Sqrt((share * (1 - share) / users) + (other * (1 - other) / controls));
        var reach = Normal.InvCDF(0, 1, Level) * error;
        var pooled = (double)(some + control) / (users + controls);
        var pooledError = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / users) + (1.0 / controls)));
        return new(difference, difference - reach, difference + reach, pooledError == 0 ? null : 2 * Normal.CDF(0, 1, -Math.Abs(difference / pooledError)));
    }

    /// <summary>Two means: Welch's t test. Null where a variant has fewer than two users.</summary>
    /// <param name="users">Users of the variant.</param>
    /// <param name="sum">Sum of their values.</param>
    /// <param name="squares">Sum of their values' squares.</param>
    /// <param name="controls">Users of the control.</param>
    /// <param name="controlSum">Sum of their values.</param>
    /// <param name="controlSquares">Sum of their values' squares.</param>
    public static Difference? Means(long users, double sum, double squares, long controls, double controlSum, double controlSquares)
    {
        if (users < 2 || controls < 2)
        {
            return null;
        }

        var difference = (sum / users) - (controlSum / controls);
        var (part, other) = (Variance(users, sum, squares) / users, Variance(controls, controlSum, controlSquares) / controls);
        var error = Math.Sqrt(part + other);
        if (error == 0)
        {
            return new(difference, difference, difference, null);
        }

        var freedom = (part + other) * (part + other) / ((part * part / (users - 1)) + (other * other / (controls - 1)));
        var reach = StudentT.InvCDF(0, 1, freedom, Level) * error;
        return new(difference, difference - reach, difference + reach, 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(difference / error)));
    }

    /// <summary>How likely a split as uneven as this is when users are dealt by these shares (chi-square); null with fewer than two variants.</summary>
    /// <param name="users">Users of each variant.</param>
    /// <param name="shares">Their expected shares, in any unit.</param>
    public static double? SampleRatio(IReadOnlyList<long> users, IReadOnlyList<double> shares)
    {
        var (all, allShares) = (users.Sum(), shares.Sum());
        if (users.Count < 2 || all == 0)
        {
            return null;
        }

        var distance = users.Select((count, index) =>
        {
            var expected = all * shares[index] / allShares;
            return (count - expected) * (count - expected) / expected;
        }).Sum();
        return 1 - ChiSquared.CDF(users.Count - 1, distance);
    }

    private static double Variance(long users, double sum, double squares) => Math.Max(0, (squares - (sum * sum / users)) / (users - 1));
}
