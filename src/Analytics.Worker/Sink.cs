using System.Threading.Tasks.Dataflow;

namespace Analytics.Worker;

/// <summary>The head of a finished graph: batches go in here, and <see cref="Completion"/> says when the last one is written.</summary>
internal sealed class Sink<T>(Flow.Head<T> head, Graph graph, Task completion)
{
    /// <summary>Ends when everything sent before <see cref="Complete"/> is written, or with <see cref="FlowFailedException"/>.</summary>
    public Task Completion { get; } = completion;

    /// <summary>Batches that wait in each step.</summary>
    public IEnumerable<(string Step, int Count)> Occupancy => graph.Occupancy;

    /// <summary>True when at most half of the places in the graph are taken, and its writers have room: time to read on after a pause.</summary>
    public bool IsHalfEmpty => graph.Waiting * 2 <= graph.Capacity && graph.HasRoom;

    /// <summary>Hands a batch over to its strand; ends when that, and the memory of its writers, has room for it. One call at a time.</summary>
    /// <exception cref="FlowFailedException">The graph has failed.</exception>
    public async Task SendAsync(T batch)
    {
        if (!graph.HasRoom)
        {
            await graph.RoomAsync().ConfigureAwait(false);

            // A failure ends the wait before it reaches the strands, which would take one more batch until then.
            if (graph.Failure is { } failure)
            {
                throw new FlowFailedException(failure);
            }
        }

        var strand = head.Strands[head.StrandOf(batch)];
        if (!await strand.SendAsync(batch).ConfigureAwait(false))
        {
            throw new FlowFailedException(await ReasonAsync(strand).ConfigureAwait(false));
        }
    }

    // A step that fails declines what comes before the graph hears why.
    private async Task<Exception> ReasonAsync(ActionBlock<T> strand)
    {
        if (graph.Failure is null)
        {
            await strand.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return graph.Failure ?? strand.Completion.Exception?.GetBaseException() ?? new InvalidOperationException("A batch was sent after the graph had been completed.");
    }

    /// <summary>No more batches: the graph drains and ends.</summary>
    public void Complete() => Array.ForEach(head.Strands, strand => strand.Complete());

    /// <summary>Ends the graph now, dropping what is in it.</summary>
    public void Fail(Exception failure) => graph.Fail(failure);
}
