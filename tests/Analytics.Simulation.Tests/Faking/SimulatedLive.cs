using Analytics.Simulation.Tests.Running;
using Analytics.Storage.Redis;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The live store, shared by all workers: of each part the highest version.</summary>
internal sealed class SimulatedLive(StoreRules rules, Action<string> fail)
{
    private int _incarnation;
    private string? _name;

    /// <summary>Figures by minute of a chunk.</summary>
    public Dictionary<(ulong Tenant, int Minute, ulong Epoch, string Topic, int Partition, long Chunk), (long Version, LiveFigures Figures)> Parts { get; } = [];

    public HashSet<LiveVisitor> Visitors { get; } = [];

    /// <summary>True when a worker has said that figures are missing.</summary>
    public bool IsStale { get; set; }

    /// <summary>True when it has forgotten everything at least once.</summary>
    public bool HasForgotten => _incarnation > 0;

    /// <summary>What is named anew is stale.</summary>
    public string Name(string given)
    {
        IsStale |= _name is null;
        return _name ??= $"{given}-{_incarnation}";
    }

    /// <summary>As a restart without its memory.</summary>
    public void Forget()
    {
        Parts.Clear();
        Visitors.Clear();
        (_name, IsStale) = (null, false);
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

    public Task<string> IncarnationAsync(string name) => Send("incarnation", () => world.Live.Name("live"), null);

    public Task MarkStaleAsync(bool isStale) => Send("stale", () => true, _ => world.Live.IsStale = isStale);

    private Task<T> Send<T>(string name, Func<T> answer, Action<bool>? apply) =>
        world.Wire.Send(new Operation<T>(worker, name, answer, static () => new TimeoutException("The live store is away."), apply));
}
