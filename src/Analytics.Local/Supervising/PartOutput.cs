namespace Analytics.Local.Supervising;

/// <summary>What a part printed: all of it appended to a file, the last lines in memory for its error message.</summary>
/// <remarks>Thread-safe: standard output and error are read by two tasks.</remarks>
internal sealed class PartOutput(string? file) : IDisposable
{
    /// <summary>Lines kept in memory: a .NET exception with its stack fits.</summary>
    private const int Kept = 40;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new(Kept);
    private readonly StreamWriter? _file = file is null ? null : new StreamWriter(file, append: true) { AutoFlush = true };

    public string LastLines
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _last);
            }
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(line);
            _file?.WriteLine(line);
        }
    }

    public void Dispose() => _file?.Dispose();
}
