using System.Runtime.CompilerServices;

namespace Analytics.Worker.Windowing;

/// <summary>Numbers of a table's entries, in the order in which they were added. The memory stays for the next use.</summary>
internal sealed class EntryList
{
    private int[] _entries = new int[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<int> Entries => _entries.AsSpan(0, Count);

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count++] = entry;
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => Count = 0;
}
