namespace Analytics.Api.Replies;

/// <summary>How far estimates may be off: the relative bound that 95 of 100 estimates keep.</summary>
internal static class Approximation
{
    // ClickHouse's uniqCombined64(17) is exact up to 4,096 users of a figure, then has a standard error of 1.04 / √131,072.
    private const long ExactTo = 4_096;
    private const double ClickHouseBound = 0.0057;

    // Redis' HyperLogLog has 16,384 registers: 1.04 / √16,384 = 0.81 %.
    private const double RedisBound = 0.0162;

    /// <summary>Null where the visitors were counted exactly.</summary>
    public static IReadOnlyDictionary<string, double>? OfClickHouse(params ReadOnlySpan<long> visitors)
    {
        foreach (var count in visitors)
        {
            if (count > ExactTo)
            {
                return new Dictionary<string, double> { ["visitors"] = ClickHouseBound, ["conversion_rate"] = ClickHouseBound };
            }
        }

        return null;
    }

    /// <summary>The bound of every figure that counts many users; null where there is none.</summary>
    public static IReadOnlyDictionary<string, double>? OfUsers(IEnumerable<string> names)
    {
        var bounds = names.ToDictionary(name => name, _ => ClickHouseBound);
        return bounds.Count == 0 ? null : bounds;
    }

    /// <summary>Redis estimates always.</summary>
    public static IReadOnlyDictionary<string, double> OfRedis { get; } =
        new Dictionary<string, double> { ["visitors"] = RedisBound, ["active_users"] = RedisBound, ["conversion_rate"] = RedisBound };
}
