using Analytics.Benchmarks.Harness;
using Analytics.Worker.Consuming;

namespace Analytics.Benchmarks.Rows;

/// <summary>How far a run of <see cref="KafkaPath"/> is.</summary>
/// <param name="records">Records to take.</param>
internal sealed class PathProgress(long records)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stretch? _stretch;

    /// <summary>Records taken.</summary>
    public long Records { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>From the first record to the end.</summary>
    public Timing Timing { get; private set; }

    /// <summary>Ends when the graph has taken the last record.</summary>
    public Task Read => _read.Task;

    /// <summary>The graph takes a batch.</summary>
    public void Took(RawBatch batch)
    {
        lock (_gate)
        {
            if (batch.Count > 0)
            {
                _stretch ??= Stretch.Start();
            }

            Records += batch.Count;
            foreach (var length in batch.Lengths.AsSpan(0, batch.Count))
            {
                Bytes += length;
            }

            if (Records >= records)
            {
                _read.TrySetResult();
            }
        }
    }

    /// <summary>All is closed, and written where there are stores.</summary>
    public void End() => Timing = _stretch?.End() ?? default;
}
