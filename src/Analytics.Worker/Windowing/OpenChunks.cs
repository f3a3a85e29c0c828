using Analytics.Worker.Consuming;

namespace Analytics.Worker.Windowing;

/// <summary>What a lane keeps for each chunk that is open: at most two a partition.</summary>
/// <param name="make">What is kept for a chunk that comes for the first time.</param>
/// <param name="giveBack">Gets what was kept for a chunk that is lost; null where nobody wants it.</param>
internal sealed class OpenChunks<T>(Func<Chunk, T> make, Action<T>? giveBack = null)
    where T : class
{
    private readonly Dictionary<Chunk, T> _open = [];
    private Chunk? _lastChunk;
    private T? _last;

    /// <summary>What is kept for a chunk. A chunk that comes for the first time drives out those that are lost.</summary>
    public T Of(Chunk chunk)
    {
        if (ReferenceEquals(chunk, _lastChunk))
        {
            return _last!;
        }

        if (!_open.TryGetValue(chunk, out var kept))
        {
            foreach (var lost in _open.Keys.Where(open => open.Lost.IsCancellationRequested).ToArray())
            {
                if (Drop(lost) is { } left)
                {
                    giveBack?.Invoke(left);
                }
            }

            _open.Add(chunk, kept = make(chunk));
        }

        (_lastChunk, _last) = (chunk, kept);
        return kept;
    }

    /// <summary>Forgets a chunk; what was kept is returned.</summary>
    public T? Drop(Chunk chunk)
    {
        if (ReferenceEquals(chunk, _lastChunk))
        {
            (_lastChunk, _last) = (null, null);
        }

        return _open.Remove(chunk, out var kept) ? kept : null;
    }
}
