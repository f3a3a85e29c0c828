using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The consumer group: who owns which partition, and the committed offsets, which take whatever comes last.</summary>
internal sealed class SimulatedGroup(World world)
{
    private readonly Dictionary<(string Topic, int Partition), SimulatedClient?> _owners = world.Logs.ToDictionary(log => (log.Topic, log.Partition), _ => (SimulatedClient?)null);
    private readonly Dictionary<(string Topic, int Partition), SimulatedClient> _next = [];
    private readonly List<SimulatedClient> _members = [];

    /// <summary>Committed offsets.</summary>
    public Dictionary<(string Topic, int Partition), long> Committed { get; } = [];

    /// <summary>Partitions whose committed offset was moved back and has not been committed since.</summary>
    public HashSet<(string Topic, int Partition)> Rewound { get; } = [];

    /// <summary>Partitions whose committed offset is one of the topic before it was recreated.</summary>
    public HashSet<(string Topic, int Partition)> Stale { get; } = [];

    /// <summary>Partitions whose owner found no committed offset, and went by the ledger: it commits at the next border only.</summary>
    public HashSet<(string Topic, int Partition)> ByLedger { get; } = [];

    /// <summary>A member that the group believes alive although it is dead; null when there is none.</summary>
    public SimulatedClient? Dead => _members.Find(member => member.Worker.IsGone);

    /// <summary>Members that are alive.</summary>
    public IEnumerable<SimulatedClient> Alive => _members.Where(member => !member.Worker.IsGone);

    public void Join(SimulatedClient client)
    {
        _members.Add(client);
        Balance();
    }

    /// <summary>A member has left, or its session is over: what it owned goes to others, who need not wait for it.</summary>
    public void Expel(SimulatedClient client)
    {
        _members.Remove(client);
        foreach (var at in _owners.Keys.ToArray())
        {
            if (_owners[at] == client)
            {
                _owners[at] = null;
            }

            if (_next.GetValueOrDefault(at) == client)
            {
                _next.Remove(at);
            }
        }

        Balance();
    }

    /// <summary>Shares the partitions out anew, at random: a partition that has an owner is first taken from it.</summary>
    public void Balance()
    {
        if (_members.Count == 0)
        {
            return;
        }

        foreach (var (at, owner) in _owners.ToArray())
        {
            var target = _members[world.Dice.Below(_members.Count)];
            if (owner is null)
            {
                Give(at, _next.Remove(at, out var next) ? next : target);
            }
            else if (owner != target && !_next.ContainsKey(at))
            {
                _next[at] = target;
                owner.Notify(Notice.Revoked, at);
            }
        }
    }

    /// <summary>An owner has given a partition up.</summary>
    public void Released(SimulatedClient client, (string Topic, int Partition) at)
    {
        if (_owners[at] == client)
        {
            _owners[at] = null;
            Give(at, _next.Remove(at, out var next) ? next : _members[world.Dice.Below(_members.Count)]);
        }
    }

    /// <summary>A commit arrives, from whoever.</summary>
    public void Commit((string Topic, int Partition) at, long offset)
    {
        if (world.Watch.Committed(at, offset))
        {
            Stale.Remove(at);
        }
        else
        {
            Stale.Add(at);
        }

        if (offset < Committed.GetValueOrDefault(at, -1))
        {
            Rewound.Add(at);
        }
        else
        {
            Rewound.Remove(at);
        }

        Committed[at] = offset;
        ByLedger.Remove(at);
    }

    /// <summary>Somebody moves a committed offset back by hand, to anywhere.</summary>
    public void Rewind(Dice dice)
    {
        if (Committed.Keys.Except(Stale).ToList() is { Count: > 0 } own)
        {
            var at = own[dice.Below(own.Count)];
            Committed[at] = dice.Between(0, (int)Committed[at]);
            Rewound.Add(at);
        }
    }

    /// <summary>A topic is recreated: what was committed to it goes with it, but where an owner of the old one commits a moment later.</summary>
    public void Recreated((string Topic, int Partition) at)
    {
        ByLedger.Remove(at);
        if (Rewound.Remove(at) || world.Dice.Below(3) > 0)
        {
            Committed.Remove(at);
        }
        else if (Committed.ContainsKey(at))
        {
            Stale.Add(at);
        }
    }

    private void Give((string Topic, int Partition) at, SimulatedClient target)
    {
        _owners[at] = target;
        target.Notify(Notice.Assigned, at);
    }
}
