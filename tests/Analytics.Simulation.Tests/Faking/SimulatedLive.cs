using Analytics.Simulation.Tests.Running;
using Analytics.Storage.Redis;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The live store, shared by all workers: of each part the highest version.</summary>
internal sealed class SimulatedLive(StoreRules rules, Action<string> fail)
{
    private readonly Dictionary<LivePartition, long> _reached = [];
    private int _incarnation;
    private int _losses;

    /// <summary>Figures by minute of a chunk.</summary>
    public Dictionary<(ulong Tenant, int Minute, ulong Epoch, string Topic, int Partition, long Chunk), (long Version, LiveFigures Figures)> Parts { get; } = [];

    public HashSet<LiveVisitor> Visitors { get; } = [];

    /// <summary>Names the content; null while nobody has looked since it was lost.</summary>
    public string? Incarnation { get; private set; }

    /// <summary>The loss that has not been made good yet; null when there is none, or when nobody has looked.</summary>
    public int? Loss { get; private set; }

    /// <summary>True when figures may be missing.</summary>
    public bool IsStale => Loss is not null || Incarnation is null;

    /// <summary>What is named anew is stale.</summary>
    public string Name(string given)
    {
        if (Incarnation is null)
        {
            Mark(isStale: true);
        }

        return Incarnation ??= $"{given}-{_incarnation}";
    }

    /// <summary>Each loss has a name of its own.</summary>
    public void Mark(bool isStale) => Loss = isStale ? ++_losses : null;

    /// <summary>As the script of <c>LiveState.TryFinishAsync</c>.</summary>
    public void Finish(int? loss) => Loss = Loss == loss && Incarnation is not null ? null : Loss;

    /// <summary>As the script of <c>LiveState.ReachAsync</c>.</summary>
    public void Reach(LivePartition partition, long end, string incarnation)
    {
        if (incarnation == Incarnation)
        {
            _reached[partition] = Math.Max(end, _reached.GetValueOrDefault(partition));
        }
    }

    /// <summary>As the script of <c>LiveState.TakeOverAsync</c>.</summary>
    public bool TakeOver(LivePartition partition, long start)
    {
        var isThere = _reached.GetValueOrDefault(partition) >= start;
        if (!isThere)
        {
            Mark(isStale: true);
            _reached[partition] = start;
        }

        return isThere;
    }

    /// <summary>As a restart without its memory.</summary>
    public void Forget()
    {
        Parts.Clear();
        Visitors.Clear();
        _reached.Clear();
        (Incarnation, Loss) = (null, null);
        _incarnation++;
    }

    public void Write(LivePart part)
    {
        var key = (part.Tenant, part.Minute, part.Epoch, part.Topic, part.Partition, part.Chunk);
        if (!Parts.TryGetValue(key, out var known))
        {
            Parts[key] = (part.Version, part.Figures);
            return;
        }

        if (rules.Sums)
        {
            known.Figures.Add(part.Figures);
            Parts[key] = known;
            return;
        }

        if (part.Version == known.Version && part.Figures != known.Figures)
        {
            fail($"live: two parts of {key} have version {part.Version} and differ");
        }

        if (rules.Wins(part.Version, known.Version))
        {
            for (var figure = 0; figure < LiveFigures.Count; figure++)
            {
                if (part.Figures[figure] < known.Figures[figure])
                {
                    fail($"live: {(LiveFigure)figure} of {key} fell from {known.Figures[figure]} (version {known.Version}) to {part.Figures[figure]} (version {part.Version})");
                }
            }

            Parts[key] = (part.Version, part.Figures);
        }
    }
}

/// <summary>The live store as one worker meets it.</summary>
internal sealed class LiveWire(World world, SimulatedWorker worker) : ILiveStore
{
    public Task<long> WriteAsync(IReadOnlyCollection<LivePart> parts)
    {
        LivePart[] sent = [.. parts];
        return Send("live", () => (long)sent.Length, half =>
        {
            foreach (var part in half ? sent.AsSpan(..(sent.Length / 2)) : sent)
            {
                world.Live.Write(part);
            }
        });
    }

    public Task AddVisitorsAsync(IReadOnlyCollection<LiveVisitor> visitors, DateTimeOffset now)
    {
        LiveVisitor[] sent = [.. visitors];
        return Send("visitors", () => true, half => world.Live.Visitors.UnionWith(sent[..(half ? sent.Length / 2 : sent.Length)]));
    }

    public Task PublishAsync(IEnumerable<ulong> tenants) => Send("publish", () => true, null);

    public Task<string> IncarnationAsync(string name) => Send("incarnation", () => worker.SeenLive = world.Live.Name("live"), null);

    public Task ReachAsync(LivePartition partition, long end, string incarnation) => Send("reach", () => true, half =>
    {
        if (!half)
        {
            world.Live.Reach(partition, end, incarnation);
        }
    });

    public Task<bool> TakeOverAsync(LivePartition partition, long start)
    {
        var isThere = true;
        return Send("take over", () => isThere, half => isThere = half || world.Live.TakeOver(partition, start));
    }

    public Task MarkStaleAsync(bool isStale) => Send("stale", () => true, _ => world.Live.Mark(isStale));

    private Task<T> Send<T>(string name, Func<T> answer, Action<bool>? apply) =>
        world.Wire.Send(new Operation<T>(worker, name, answer, static () => new TimeoutException("The live store is away."), apply));
}
