using Analytics.Simulation.Tests.Faking;
using Analytics.Simulation.Tests.Making;

namespace Analytics.Simulation.Tests.Running;

/// <summary>Decides what happens next: a step of somebody's graph, an answer, time, a fault.</summary>
internal sealed class Faults(World world)
{
    private readonly Dice _dice = world.Dice;
    private readonly List<SimulatedWorker> _some = [];

    /// <summary>While the log is read: faults in a storm, none in the calm.</summary>
    public (string What, long Detail) Next()
    {
        return (world.IsStorm ? Fault() : Mend()) ?? Work(mayAppend: true) ?? Pass();
    }

    /// <summary>While the workers stop.</summary>
    public (string What, long Detail) NextAtTheEnd() => Work(mayAppend: false) ?? Pass();

    private (string What, long Detail)? Fault()
    {
        var plan = world.Plan;
        if (world.Workers.Count < plan.Workers && _dice.Permille(world.Workers.Count == 0 ? 100 : 20))
        {
            world.StartWorker();
            return ("start a worker", world.Workers.Count);
        }

        if (world.Group.Dead is { } dead && _dice.Permille(30))
        {
            world.Group.Expel(dead);
            return ("miss a dead worker", dead.Worker.Number);
        }

        if (plan.RegistersLate && !world.IsRegistered && _dice.PerTenThousand(20))
        {
            world.IsRegistered = true;
            return ("register a schema", 0);
        }

        return OfWorker(plan) ?? OfGroup(plan) ?? Recreate(10) ?? (plan.LosesLiveInHaste ? Look(400) ?? Rebuild(700) : Rebuild(100));
    }

    private (string What, long Detail)? Recreate(int chance)
    {
        if (world.Plan.Recreations == 0 || !_dice.Permille(chance) || world.Recreatable() is not { } topic)
        {
            return null;
        }

        world.Recreate(topic);
        if (_dice.Below(2) == 0)
        {
            GrowFast(topic);
        }

        return ("recreate a topic", world.LifeOf(topic));
    }

    // It is written to fast: before any client asks for it again it may be longer than the old one was read to.
    private void GrowFast(string topic)
    {
        foreach (var log in world.Logs.Where(log => log.Topic == topic))
        {
            Grow(log, _dice.Between(1, log.Records.Count));
        }
    }

    private (string What, long Detail)? Rebuild(int chance)
    {
        if ((!world.Rebuild.IsUnderWay && (world.Live.Incarnation is null || !world.Live.IsStale)) || !_dice.Permille(chance))
        {
            return null;
        }

        if (world.IsStorm && world.Rebuild.IsUnderWay && _dice.Below(40) == 0)
        {
            world.Rebuild.Abandon();
            return ("abandon a rebuild", world.Live.Parts.Count);
        }

        world.Rebuild.Go();
        return ("rebuild live figures", world.Live.Parts.Count);
    }

    private (string What, long Detail)? OfWorker(Plan plan)
    {
        if (_dice.PerTenThousand(plan.Crashes) && Any(_ => true) is { } victim)
        {
            world.Crash(victim);
            return ("crash", victim.Number);
        }

        if (_dice.PerTenThousand(plan.Stops) && Any(_ => true) is { } leaver)
        {
            leaver.Stop();
            return ("stop", leaver.Number);
        }

        if (_dice.PerTenThousand(plan.Zombies) && Any(worker => world.Group.Alive.Contains(worker.Client)) is { } zombie)
        {
            zombie.Client.LoseSession();
            return ("lose a session", zombie.Number);
        }

        return null;
    }

    private (string What, long Detail)? OfGroup(Plan plan)
    {
        if (_dice.PerTenThousand(plan.Rebalances))
        {
            world.Group.Balance();
            return ("rebalance", 0);
        }

        if (_dice.PerTenThousand(plan.Rewinds))
        {
            world.Group.Rewind(_dice);
            return ("move the committed offset back", 0);
        }

        if (_dice.PerTenThousand(plan.LiveLosses) || (plan.LosesLiveInHaste && IsLiveAhead && _dice.Permille(60)))
        {
            world.Live.Forget();
            return ("forget live figures", 0);
        }

        return null;
    }

    // A worker has sent live figures, and a ledger row that may be of the same chunks is on its way.
    private bool IsLiveAhead => (world.Wire.IsUnderWay("publish", writes: false) || world.Wire.IsUnderWay("reach", writes: true)) && world.Wire.IsUnderWay("ledger", writes: true);

    // After the last fault somebody must be there, and nobody who is dead may own anything.
    private (string What, long Detail)? Mend()
    {
        if (world.Group.Dead is { } dead)
        {
            world.Group.Expel(dead);
            return ("miss a dead worker", dead.Worker.Number);
        }

        if (world.Workers.TrueForAll(worker => worker.IsStopping))
        {
            world.StartWorker();
            return ("start a worker", world.Workers.Count);
        }

        return Recreate(20) ?? Rebuild(200);
    }

    private (string What, long Detail)? Work(bool mayAppend)
    {
        switch (_dice.Below(16))
        {
            case < 6 when Any(worker => worker.Scheduler.Ready > 0) is { } ready:
                ready.Scheduler.RunOne();
                return ("run a step", ready.Number);
            case < 10 when Any(worker => worker.CanTurn) is { } free:
                free.Turn();
                return ("turn", free.Number);
            case < 12 when world.Wire.Waiting > 0:
                return Answer();
            case 12 when Any(_ => _dice.Below(3) == 0) is { } reader:
                reader.LookAtConfigs();
                return ("look at the config versions", reader.Number);
            case 13 when world.Wire.Landing > 0:
                world.Wire.Land();
                return ("land a late write", world.Wire.Landing);
            case 14 when mayAppend:
                return Append();
            case 15 when mayAppend:
                return Look(1_000);
            default:
                return null;
        }
    }

    // Who has not noticed a loss yet looks.
    private (string What, long Detail)? Look(int chance)
    {
        if (!_dice.Permille(chance) || Any(worker => worker.SeenLive != world.Live.Incarnation || world.Live.Incarnation is null) is not { } unaware)
        {
            return null;
        }

        unaware.Look();
        return ("look at the live store", unaware.Number);
    }

    private (string What, long Detail) Pass()
    {
        var time = _dice.Of(1, 5, 20, 60, 150);
        world.Advance(time);
        return ("pass", time);
    }

    private (string What, long Detail) Answer()
    {
        var operation = world.Wire.Take();
        var fate = world.IsStorm && _dice.Permille(world.Plan.WriteFaults) ? _dice.Of(Fate.Refused, Fate.Cut, Fate.Half, Fate.Late) : Fate.Done;
        world.Wire.Meet(operation, fate);
        return (operation.Name, (long)fate);
    }

    private (string What, long Detail)? Append()
    {
        var log = world.Logs[_dice.Below(world.Logs.Count)];
        if (log.IsWhole)
        {
            return null;
        }

        var end = Math.Min(log.Records.Count, log.Appended + _dice.Between(1, 30));
        Grow(log, end);
        if (log.Appended < end && Untimely(log.Records[log.Appended].Timestamp) is { AnnouncedAt: null } version)
        {
            version.AnnouncedAt = world.Now;
            return ("announce a version", version.Version);
        }

        return ("append", log.Appended);
    }

    // No record is older than the notice of a version that it may open a chunk under.
    private void Grow(MadeLog log, int end)
    {
        while (log.Appended < end && Untimely(log.Records[log.Appended].Timestamp) is null)
        {
            log.Appended++;
        }
    }

    // A version that is active at a timestamp and is not known, or not for long enough that every worker has it or knows nothing.
    private MadeVersion? Untimely(long timestamp) => world.Versions.FirstOrDefault(version =>
        version.ActivatesAt <= timestamp && (version.AnnouncedAt is not { } at || world.Now - at <= (long)SimulatedWorker.Notice.TotalMilliseconds));

    private SimulatedWorker? Any(Func<SimulatedWorker, bool> fits)
    {
        _some.Clear();
        foreach (var worker in world.Workers)
        {
            if (fits(worker))
            {
                _some.Add(worker);
            }
        }

        return _some.Count == 0 ? null : _some[_dice.Below(_some.Count)];
    }
}
