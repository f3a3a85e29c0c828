using System.Globalization;
using Analytics.Storage.ClickHouse;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Benchmarks.Assembling;

/// <summary>The end of a graph: counts the finished rows, gives their memory back as the writers do, and says when chunks are sealed.</summary>
/// <param name="lanes">Lanes, the last included.</param>
internal sealed class RowCounter(int lanes) : IWriter<LaneOutput>
{
    private TaskCompletionSource _sealed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited;
    private long _cells;
    private long _users;
    private long _sessions;
    private long _accepted;

    /// <summary>Starts over.</summary>
    /// <param name="chunks">How many are awaited.</param>
    /// <returns>Ends when every lane has sealed as many.</returns>
    public Task Expect(int chunks)
    {
        _sealed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_awaited, _cells, _users, _sessions, _accepted) = (chunks * lanes, 0, 0, 0, 0);
        return _sealed.Task;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
    {
        Take(output);
        return ValueTask.CompletedTask;
    }

    /// <summary>The same, called directly.</summary>
    public void Take(LaneOutput output)
    {
        foreach (var table in output.Tables)
        {
            if (table.Shape == Tables.Cells)
            {
                _cells += table.Rows;
            }
            else if (table.Shape == Tables.Uniques)
            {
                // A column of arrays is one 8-byte end a row and 8 bytes a value.
                _users += table.Blocks.Values.Sum(block => block[7].Length / 8 - block.Rows);
                _sessions += table.Blocks.Values.Sum(block => block[8].Length / 8 - block.Rows);
            }

            table.Dispose();
        }

        output.Live?.Return();
        output.Visitors?.Return();
        if (output.Flush.HasFlag(Flush.Seal))
        {
            _accepted += output.Counts?.Accepted ?? 0;
            if (--_awaited == 0)
            {
                _sealed.SetResult();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>What was counted since <see cref="Expect"/>.</summary>
    public Groups Counted => new(_accepted, _cells, _users, _sessions);
}

/// <summary>What a grouping came to: both sides of a comparison say it in these words.</summary>
internal readonly record struct Groups(long Events, long Cells, long Users, long Sessions)
{
    /// <summary>Two parts of one whole.</summary>
    public static Groups operator +(Groups a, Groups b) => new(a.Events + b.Events, a.Cells + b.Cells, a.Users + b.Users, a.Sessions + b.Sessions);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Events} events, {Cells} groups, {Users} users and {Sessions} sessions in them");
}
