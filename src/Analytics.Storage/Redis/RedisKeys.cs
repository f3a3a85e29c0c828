using System.Globalization;
using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>Every key that is kept in Redis; formed here only.</summary>
/// <remarks>The braces around the tenant are a cluster hash tag: all keys of a tenant live on one node, so that one script may touch several.</remarks>
public static class RedisKeys
{
    /// <summary>Names the incarnation of the store's content: gone when Redis has lost its memory.</summary>
    public static RedisKey Incarnation => "live:incarnation";

    /// <summary>Set while live figures may be too low, because Redis was away or lost its memory, until they are rebuilt.</summary>
    public static RedisKey Stale => "live:stale";

    /// <summary>Hash of the day's totals, by figure.</summary>
    public static RedisKey Metrics(ulong tenant, DateOnly day) => Of("metrics", tenant, Text(day));

    /// <summary>Hash of the day's minutes: field <c>minute of the day:number of the figure</c>.</summary>
    public static RedisKey Minutes(ulong tenant, DateOnly day) => Of("minutes", tenant, Text(day));

    /// <summary>Hash of what each chunk has counted in each minute, with its version.</summary>
    public static RedisKey Parts(ulong tenant, DateOnly day) => Of("parts", tenant, Text(day));

    /// <summary>HyperLogLog of the day's visitors.</summary>
    public static RedisKey Visitors(ulong tenant, DateOnly day) => Of("hll", tenant, Text(day));

    /// <summary>HyperLogLog of the users of one minute (Unix minutes).</summary>
    public static RedisKey Active(ulong tenant, long minute) => Of("active", tenant, minute.ToString(CultureInfo.InvariantCulture));

    /// <summary>Channel that tells that a tenant's live figures have changed.</summary>
    public static RedisChannel Live(ulong tenant) => string.Create(CultureInfo.InvariantCulture, $"live:{tenant}");

    /// <summary>All channels of <see cref="Live"/>.</summary>
    public static RedisChannel AnyLive => new("live:*", RedisChannel.PatternMode.Pattern);

    /// <summary>The tenant of a channel of <see cref="Live"/>; null for any other.</summary>
    public static long? TenantOf(RedisChannel channel) =>
        long.TryParse(((string)channel).AsSpan("live:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var tenant) ? tenant : null;

    private static RedisKey Of(string kind, ulong tenant, string rest) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{{{tenant}}}:{rest}");

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
