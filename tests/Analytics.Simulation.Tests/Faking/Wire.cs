using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>All requests that are under way, of all workers, and the writes that will land although nobody waits for them any more.</summary>
internal sealed class Wire(Dice dice)
{
    private readonly List<Operation> _waiting = [];
    private readonly List<Operation> _landing = [];

    /// <summary>Requests that workers wait for.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Writes that nobody waits for.</summary>
    public int Landing => _landing.Count;

    /// <summary>True when such a request is under way.</summary>
    public bool IsUnderWay(string name, bool writes) => _waiting.Exists(operation => operation.Name == name && operation.Writes == writes);

    /// <summary>A worker makes a request; it may give up waiting.</summary>
    public Task<T> Send<T>(Operation<T> operation, CancellationToken cancellation = default)
    {
        if (operation.Owner.IsGone)
        {
            return operation.Task;
        }

        _waiting.Add(operation);
        if (cancellation.CanBeCanceled)
        {
            cancellation.Register(() =>
            {
                if (_waiting.Remove(operation))
                {
                    Abandon(operation);
                    operation.Cancel(cancellation);
                }
            });
        }

        return operation.Task;
    }

    /// <summary>One that waits, taken out at random.</summary>
    public Operation Take() => dice.Take(_waiting);

    /// <summary>Lets a fate come over a request that was taken.</summary>
    public void Meet(Operation operation, Fate fate)
    {
        if (fate is Fate.Done or Fate.Cut or Fate.Half)
        {
            operation.Apply(half: fate == Fate.Half);
        }
        else if (fate == Fate.Late && operation.Writes)
        {
            _landing.Add(operation);
        }

        if (fate == Fate.Done)
        {
            operation.Answer();
        }
        else
        {
            operation.Fail();
        }
    }

    /// <summary>A late write lands.</summary>
    public void Land() => dice.Take(_landing).Apply(half: false);

    /// <summary>A worker has died: what it had sent may still arrive.</summary>
    public void Bury(SimulatedWorker worker)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Owner == worker)
            {
                Abandon(_waiting[i]);
                _waiting.RemoveAt(i);
            }
        }
    }

    private void Abandon(Operation operation)
    {
        if (operation.Writes && dice.Below(2) == 0)
        {
            _landing.Add(operation);
        }
    }
}
