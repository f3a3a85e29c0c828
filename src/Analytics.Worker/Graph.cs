using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Dataflow;

namespace Analytics.Worker;

/// <summary>The steps of one flow, joined in life and death: the first failure ends them all.</summary>
/// <remarks>A faulted Dataflow block tells the blocks after it, never those before it, which would then wait for ever; this is what tells them.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has no timer and no handle; its token outlives the graph in tasks that still end.")]
internal sealed class Graph(TaskScheduler scheduler)
{
    private readonly Lock _gate = new();
    private readonly List<IDataflowBlock> _blocks = [];
    private readonly List<(string Step, Func<int> Count)> _occupancy = [];
    private readonly CancellationTokenSource _ended = new();
    private Func<bool> _hasRoom = () => true;
    private Func<Task> _room = () => Task.CompletedTask;
    private Exception? _failure;

    /// <summary>Runs the steps.</summary>
    public TaskScheduler Scheduler { get; } = scheduler;

    /// <summary>Cancelled at the first failure.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Batches that wait in each step; the lanes of a step, and its writers, add up.</summary>
    public IEnumerable<(string Step, int Count)> Occupancy =>
        _occupancy.GroupBy(step => step.Step, (step, blocks) => (step, blocks.Sum(block => block.Count())));

    /// <summary>Batches that may be in the graph.</summary>
    public int Capacity { get; private set; }

    /// <summary>Batches that wait in the graph.</summary>
    public int Waiting => _occupancy.Sum(step => step.Count());

    /// <summary>Whether its end has room for what more would become.</summary>
    public bool HasRoom => _hasRoom();

    /// <summary>Sets what its end needs before more is read.</summary>
    public void Needs(Func<bool> hasRoom, Func<Task> room) => (_hasRoom, _room) = (hasRoom, room);

    /// <summary>Ends when <see cref="HasRoom"/>, or with the graph.</summary>
    public async Task RoomAsync() =>
        await _room().WaitAsync(_ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Makes a block part of the graph.</summary>
    public void Add(Step step, IDataflowBlock block, Func<int> count)
    {
        _blocks.Add(block);
        _occupancy.Add((step.Name, count));
        Capacity += step.Capacity;
        block.Completion.ContinueWith(
            ended => Fail(ended.Exception!.GetBaseException()),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Completes <paramref name="after"/> when all of <paramref name="before"/> have completed.</summary>
    public void CompleteAfter(IDataflowBlock[] before, IDataflowBlock[] after) =>
        Task.WhenAll(before.Select(block => block.Completion)).ContinueWith(
            _ => Array.ForEach(after, block => block.Complete()),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    /// <summary>The end of the graph: all of it written, or its first failure.</summary>
    public async Task EndAsync(IDataflowBlock[] last, Func<ValueTask>[] finish)
    {
        await Task.WhenAll(last.Select(block => block.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Failure is { } failure)
        {
            throw new FlowFailedException(failure);
        }

        foreach (var step in finish)
        {
            await step().ConfigureAwait(false);
        }
    }

    /// <summary>Ends every step: what is in them is dropped, and what they wait for is cancelled.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = failure;
        }

        _ended.Cancel();
        foreach (var block in _blocks)
        {
            block.Fault(failure);
        }
    }

    /// <summary>The first failure.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }
}

/// <summary>The graph has ended by a failure of one of its steps, which is the inner exception.</summary>
internal sealed class FlowFailedException(Exception failure)
    : Exception($"The pipeline ended because a step failed: {failure.Message} Nothing uncommitted is lost: it is replayed at the next start.", failure);
