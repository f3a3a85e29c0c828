using System.Globalization;
using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>Every key that is kept in Redis; formed here only.</summary>
/// <remarks>The braces are a cluster hash tag: all keys of a tenant, and those of the state, live on one node, so that one script may touch several.</remarks>
public static class RedisKeys
{
    /// <summary>Names the incarnation of the store's content: gone when Redis has lost its memory, and then figures are missing.</summary>
    public static RedisKey Incarnation => "live:{state}:incarnation";

    /// <summary>Set while live figures may be too low: the name of the last loss. Taken away by whoever has rebuilt them after that loss.</summary>
    public static RedisKey Stale => "live:{state}:stale";

    /// <summary>The worker that rebuilds the live figures; ends by itself when that worker does not renew it.</summary>
    public static RedisKey Rebuild => "live:{state}:rebuild";

    /// <summary>Number of the last write of one writer: when it falls, Redis has gone back to an older state of itself.</summary>
    public static RedisKey Beat(string writer) => "live:{state}:beat:" + writer;

    /// <summary>Offset below which all chunks of a partition stand here, as their last owner knew.</summary>
    public static RedisKey Reached(in LivePartition of) => string.Create(CultureInfo.InvariantCulture, $"live:{{state}}:reached:{of.Epoch:x}:{of.Topic}:{of.Partition}");

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
