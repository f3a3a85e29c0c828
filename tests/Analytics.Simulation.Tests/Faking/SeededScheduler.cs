using Analytics.Simulation.Tests.Making;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Runs the steps of one worker's graph one at a time, in an order that the seed decides.</summary>
internal sealed class SeededScheduler(Dice dice) : TaskScheduler
{
    private readonly List<Task> _ready = [];

    /// <summary>Steps that could run.</summary>
    public int Ready => _ready.Count;

    /// <summary>Runs one of them.</summary>
    public void RunOne() => TryExecuteTask(dice.Take(_ready));

    /// <summary>The worker is dead.</summary>
    public void Clear() => _ready.Clear();

    protected override void QueueTask(Task task) => _ready.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}
