using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Writing;

/// <summary>All lanes' outputs of one flush of one chunk; or the rows that one lane sent between flushes.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Flush">The stores concerned.</param>
/// <param name="LastOffset">Last offset included.</param>
/// <param name="Outputs">The outputs, by lane.</param>
internal sealed record GatheredFlush(Chunk Chunk, Flush Flush, long LastOffset, IReadOnlyList<LaneOutput> Outputs)
{
    /// <summary>True when the chunk ends here.</summary>
    public bool IsSeal => Flush.HasFlag(Flush.Seal);

    /// <summary>Ends when it may be written, or its chunk is lost.</summary>
    public Task Confirmed => Outputs[0].Confirmed;
}

/// <summary>Puts the lanes' outputs of each flush together again: only when every lane has answered is everything up to the offset there.</summary>
/// <param name="lanes">Lanes, the raw lane included.</param>
/// <remarks>One thread. What a lost chunk has left is dropped when the next flush begins.</remarks>
internal sealed class FlushGathering(int lanes)
{
    private readonly Dictionary<(Chunk Chunk, int Sequence), List<LaneOutput>> _open = [];

    /// <summary>The whole flush when <paramref name="output"/> completes it, else null.</summary>
    public GatheredFlush? Add(LaneOutput output)
    {
        if (output.Sequence < 0)
        {
            return new GatheredFlush(output.Chunk, output.Flush, output.LastOffset, [output]);
        }

        var key = (output.Chunk, output.Sequence);
        if (!_open.TryGetValue(key, out var gathered))
        {
            DropLost();
            _open.Add(key, gathered = new List<LaneOutput>(lanes));
        }

        gathered.Add(output);
        if (gathered.Count < lanes)
        {
            return null;
        }

        _open.Remove(key);
        gathered.Sort((a, b) => a.Lane.CompareTo(b.Lane));
        return new GatheredFlush(output.Chunk, output.Flush, output.LastOffset, gathered);
    }

    private void DropLost()
    {
        foreach (var key in _open.Keys.Where(key => key.Chunk.IsLost).ToArray())
        {
            _open.Remove(key);
        }
    }
}
