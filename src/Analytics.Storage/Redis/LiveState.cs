using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>Whether the live figures are whole, since which loss they are not, and which worker rebuilds them.</summary>
/// <remarks>
/// <para>Absence means loss: figures are whole only where a name of the content stands and no mark says otherwise. So a Redis that comes back empty is stale
/// before anyone has looked, and a fresh one until someone has seen that there is nothing to rebuild.</para>
/// <para>A writer numbers its writes and remembers the last number that was acknowledged. A smaller one in Redis means that it has gone back to an older
/// snapshot, or to a replica that had not yet heard of the last writes: that is a loss as well.</para>
/// <para>A chunk that ClickHouse has is nobody's to send again. So its owner notes here how far a partition has been written, and the next owner looks whether
/// that reaches its start: where it does not, the owner before has died, or was cut off from Redis, with figures that only it had. Any thread.</para>
/// </remarks>
public sealed class LiveState(IConnectionMultiplexer redis)
{
    private const string Unnamed = "unnamed";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    // KEYS: incarnation, stale, beat. ARGV: a new name, the last acknowledged beat, time to live in seconds.
    private const string Name =
        """
        local name = redis.call('GET', KEYS[1])
        local beat = tonumber(redis.call('GET', KEYS[3]) or '0')
        if not name or beat < tonumber(ARGV[2]) then
          name = ARGV[1]
          redis.call('SET', KEYS[1], name)
          redis.call('SET', KEYS[2], name, 'EX', ARGV[3])
          redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[3])
        end
        return name
        """;

    // KEYS: beat. ARGV: its number, time to live in seconds. Of two that overtake each other the higher stays.
    private const string Beat =
        """
        if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
        return 1
        """;

    // KEYS: incarnation, reached. ARGV: the name under which the parts were sent, the offset, time to live in seconds.
    private const string Reach =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] or tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[2]) then return 0 end
        redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
        return 1
        """;

    // KEYS: stale, reached. ARGV: a name for the loss, the offset, time to live in seconds. Told once: from then on the mark stands for what is missing.
    private const string TakeOver =
        """
        local isMissing = tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[2])
        if isMissing then
          redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
          redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
        end
        return isMissing and 0 or 1
        """;

    // KEYS: rebuild. ARGV: the worker, its lease in milliseconds.
    private const string Lead =
        """
        local leader = redis.call('GET', KEYS[1])
        if leader and leader ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    // KEYS: rebuild. ARGV: the worker, its lease in milliseconds. A lease that has ended, or was lost with all the rest, is not taken again.
    private const string Stay = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('PEXPIRE', KEYS[1], ARGV[2])";

    // KEYS: rebuild. ARGV: the worker.
    private const string Leave = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    // KEYS: rebuild, stale, incarnation. ARGV: the worker, the loss that it has made good.
    private const string Finish =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('GET', KEYS[2]) ~= ARGV[2] or redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
        return redis.call('DEL', KEYS[2])
        """;

    private readonly string _writer = Guid.NewGuid().ToString("N");
    private long _beat;
    private long _acknowledged;

    /// <summary>Names the content. Where it has no name, or has lost writes of this process, it gets the new one and is stale.</summary>
    public async Task<string> IncarnationAsync(string name) => (string)(await EvaluateAsync(
        Name, [RedisKeys.Incarnation, RedisKeys.Stale, RedisKeys.Beat(_writer)], name, Interlocked.Read(ref _acknowledged), (long)Kept.TotalSeconds).ConfigureAwait(false))!;

    /// <summary>Numbers a write: sent behind it on the same connection, so that who has the number has the write.</summary>
    public async Task BeatAsync()
    {
        var beat = Interlocked.Increment(ref _beat);
        await EvaluateAsync(Beat, [RedisKeys.Beat(_writer)], beat, (long)Kept.TotalSeconds).ConfigureAwait(false);
        for (var known = Interlocked.Read(ref _acknowledged); known < beat;)
        {
            known = Interlocked.CompareExchange(ref _acknowledged, beat, known);
        }
    }

    /// <summary>Notes that every chunk of a partition that ends at <paramref name="end"/> or before stands here, unless the content has got another name meanwhile.</summary>
    public Task ReachAsync(LivePartition partition, long end, string incarnation) => IsDoneAsync(
        Reach, [RedisKeys.Incarnation, RedisKeys.Reached(partition)], incarnation, end, (long)Kept.TotalSeconds);

    /// <summary>False, and a loss, when not every chunk of a partition before <paramref name="start"/> is known to stand here.</summary>
    public Task<bool> TakeOverAsync(LivePartition partition, long start) => IsDoneAsync(
        TakeOver, [RedisKeys.Stale, RedisKeys.Reached(partition)], Guid.NewGuid().ToString("N"), start, (long)Kept.TotalSeconds);

    /// <summary>A loss: figures may be too low until they are rebuilt.</summary>
    public Task MarkStaleAsync() => redis.GetDatabase().StringSetAsync(RedisKeys.Stale, Guid.NewGuid().ToString("N"), Kept);

    /// <summary>The figures are whole, whatever was lost before: for who knows that there is nothing to rebuild.</summary>
    public Task MarkWholeAsync()
    {
        var database = redis.GetDatabase();
        return Task.WhenAll(database.StringSetAsync(RedisKeys.Incarnation, _writer, expiry: null, When.NotExists), database.KeyDeleteAsync(RedisKeys.Stale));
    }

    /// <summary>The loss that has not been made good yet; null when the figures are whole.</summary>
    public async Task<string?> StaleAsync()
    {
        var values = await redis.GetDatabase().StringGetAsync([RedisKeys.Stale, RedisKeys.Incarnation]).ConfigureAwait(false);
        return values[0].IsNull && values[1].IsNull ? Unnamed : (string?)values[0];
    }

    /// <summary>Makes a worker the one that rebuilds, unless another is; false when another is.</summary>
    public Task<bool> TryLeadAsync(string worker, TimeSpan lease) => IsDoneAsync(Lead, [RedisKeys.Rebuild], worker, (long)lease.TotalMilliseconds);

    /// <summary>Renews a worker's lease; false when it has lost it.</summary>
    public Task<bool> TryStayAsync(string worker, TimeSpan lease) => IsDoneAsync(Stay, [RedisKeys.Rebuild], worker, (long)lease.TotalMilliseconds);

    /// <summary>Ends a worker's lease, if it has one: another may rebuild.</summary>
    public Task LeaveAsync(string worker) => IsDoneAsync(Leave, [RedisKeys.Rebuild], worker);

    /// <summary>The figures are whole again after <paramref name="loss"/>. False, and nothing changes, when there was another loss or the lease is lost.</summary>
    public Task<bool> TryFinishAsync(string worker, string loss) =>
        IsDoneAsync(Finish, [RedisKeys.Rebuild, RedisKeys.Stale, RedisKeys.Incarnation], worker, loss);

    private async Task<bool> IsDoneAsync(string script, RedisKey[] keys, params RedisValue[] values) =>
        (long)await EvaluateAsync(script, keys, values).ConfigureAwait(false) == 1;

    private Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, params RedisValue[] values) =>
        redis.GetDatabase().ScriptEvaluateAsync(script, keys, values);
}
