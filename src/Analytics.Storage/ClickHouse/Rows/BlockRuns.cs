namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Cuts rows into runs that go to one block of their table each: most often all of them into one.</summary>
/// <remarks>Borrows its spans. Ask <see cref="MoveNext"/> for each run.</remarks>
internal ref struct BlockRuns
{
    private readonly TableRows _rows;
    private readonly ReadOnlySpan<uint> _windows;
    private readonly ReadOnlySpan<uint> _keepUntil;
    private int _start;
    private int _end;

    /// <summary>Runs of some rows.</summary>
    /// <param name="rows">The table's.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="windows">Start of each row's window, Unix seconds.</param>
    /// <param name="retention">Seconds.</param>
    /// <param name="keepUntil">Is filled: when each row may be deleted, Unix seconds.</param>
    public BlockRuns(TableRows rows, in ChunkStamp stamp, ReadOnlySpan<uint> windows, long retention, Span<uint> keepUntil)
    {
        for (var i = 0; i < windows.Length; i++)
        {
            keepUntil[i] = stamp.KeepUntil(windows[i], retention);
        }

        _rows = rows;
        _windows = windows;
        _keepUntil = keepUntil;
        Block = null!;
    }

    /// <summary>The run's block.</summary>
    public NativeBlock Block { get; private set; }

    /// <summary>The run's rows.</summary>
    public readonly Range Range => _start.._end;

    /// <summary>Goes to the next run; false when there is none.</summary>
    public bool MoveNext()
    {
        _start = _end;
        if (_start == _windows.Length)
        {
            return false;
        }

        Block = _rows.BlockAt(_windows[_start], _keepUntil[_start]);
        do
        {
            _end++;
        }
        while (_end < _windows.Length && _rows.BlockAt(_windows[_end], _keepUntil[_end]) == Block);
        return true;
    }
}
