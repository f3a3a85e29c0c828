namespace Analytics.Storage.Redis;

/// <summary>What the worker writes of the live figures. An interface because this is where a test cuts the wire.</summary>
/// <remarks>Any thread. Redis being away comes out as <c>RedisException</c> or <see cref="TimeoutException"/>: what was written is then unknown.</remarks>
public interface ILiveStore
{
    /// <summary>Applies parts, in any order; older and equal versions change nothing.</summary>
    /// <returns>How many were newer than what stood there.</returns>
    Task<long> WriteAsync(IReadOnlyCollection<LivePart> parts);

    /// <summary>Adds users to their day and, where it is recent, to their minute. Adding one again changes nothing.</summary>
    /// <param name="visitors">The users.</param>
    /// <param name="now">Minutes that are no longer asked for are left out.</param>
    Task AddVisitorsAsync(IReadOnlyCollection<LiveVisitor> visitors, DateTimeOffset now);

    /// <summary>Tells subscribers of <see cref="RedisKeys.Live"/> that figures of these tenants have changed.</summary>
    Task PublishAsync(IEnumerable<ulong> tenants);

    /// <summary>Names what Redis holds: a new name means that it has lost what stood there before, all of it or this writer's last writes.</summary>
    /// <param name="name">The name to give where there is none, or where writes were lost; what is named anew is stale until it is rebuilt.</param>
    Task<string> IncarnationAsync(string name);

    /// <summary>Says that every chunk of a partition that ends at <paramref name="end"/> or before has been written whole, while the content had that name.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="end">Offset after the last record of the last such chunk.</param>
    /// <param name="incarnation">The name of the content when the last part was sent: under another one nothing is noted.</param>
    Task ReachAsync(LivePartition partition, long end, string incarnation);

    /// <summary>A worker goes on with a partition at <paramref name="start"/>: where the chunks before it were not all written, the figures are stale from now on.</summary>
    /// <returns>False when they are stale now because of it.</returns>
    Task<bool> TakeOverAsync(LivePartition partition, long start);

    /// <summary>Says that live figures may be too low, or that they are whole again.</summary>
    Task MarkStaleAsync(bool isStale);
}
