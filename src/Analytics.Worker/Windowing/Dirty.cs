namespace Analytics.Worker.Windowing;

/// <summary>The entries of a table that have changed since the last flush, each once, in the order in which they changed.</summary>
internal sealed class Dirty
{
    private ulong[] _marks = new ulong[1];
    private int[] _entries = new int[64];

    /// <summary>Number of changed entries.</summary>
    public int Count { get; private set; }

    /// <summary>The changed entries.</summary>
    public ReadOnlySpan<int> Entries => _entries.AsSpan(0, Count);

    /// <summary>An entry has changed.</summary>
    public void Mark(int entry)
    {
        var word = entry >> 6;
        if (word >= _marks.Length)
        {
            Array.Resize(ref _marks, Math.Max(word + 1, _marks.Length * 2));
        }

        var bit = 1UL << entry;
        if ((_marks[word] & bit) != 0)
        {
            return;
        }

        _marks[word] |= bit;
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count++] = entry;
    }

    /// <summary>The changes are in an output.</summary>
    public void Clear()
    {
        foreach (var entry in Entries)
        {
            _marks[entry >> 6] = 0;
        }

        Count = 0;
    }
}
