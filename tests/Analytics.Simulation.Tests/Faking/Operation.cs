using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>What becomes of one request.</summary>
internal enum Fate
{
    /// <summary>Done and answered.</summary>
    Done,

    /// <summary>Refused: nothing is done.</summary>
    Refused,

    /// <summary>Done, but the answer is lost.</summary>
    Cut,

    /// <summary>Half of it is done, and the answer is lost.</summary>
    Half,

    /// <summary>The answer is lost, and it is done at some later time, whoever has written what in between.</summary>
    Late,
}

/// <summary>A request of a worker that is under way: the run decides when it arrives and what becomes of it.</summary>
internal abstract class Operation(SimulatedWorker owner)
{
    public SimulatedWorker Owner => owner;

    /// <summary>For the trace.</summary>
    public abstract string Name { get; }

    /// <summary>False for look-ups, which change nothing.</summary>
    public virtual bool Writes => true;

    /// <summary>Changes the store, wholly or by half.</summary>
    public abstract void Apply(bool half);

    /// <summary>The worker gets its answer, and goes on at once.</summary>
    public abstract void Answer();

    /// <summary>The worker gets an error, and goes on at once.</summary>
    public abstract void Fail();
}

/// <summary>A request whose answer is a value.</summary>
internal sealed class Operation<T>(SimulatedWorker owner, string name, Func<T> answer, Func<Exception> failure, Action<bool>? apply = null) : Operation(owner)
{
    private readonly TaskCompletionSource<T> _answer = new();

    public override string Name => name;

    public override bool Writes => apply is not null;

    /// <summary>What the worker waits for.</summary>
    public Task<T> Task => _answer.Task;

    public override void Apply(bool half) => apply?.Invoke(half);

    public override void Answer() => _answer.TrySetResult(answer());

    public override void Fail() => _answer.TrySetException(failure());

    /// <summary>The worker waits no longer.</summary>
    public void Cancel(CancellationToken token) => _answer.TrySetCanceled(token);
}
