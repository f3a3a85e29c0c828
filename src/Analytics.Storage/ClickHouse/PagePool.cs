namespace Analytics.Storage.ClickHouse;

/// <summary>Pages of memory for rows on their way to ClickHouse: taken as rows come, given back when they are acknowledged.</summary>
/// <param name="keep">
/// Bytes that are kept at most while nobody uses them. Beyond it pages are left to the garbage collector.
/// </param>
/// <remarks>
/// Fresh memory must be cleared by the system and warmed by the caches, which was 13 % of the worker's time (decision 5); arrays that grow by doubling are half
/// empty and leave their smaller halves behind, which was a third of its memory (decision 15). The page returned last is rented first. Pages never move. Any thread.
/// </remarks>
internal sealed class PagePool(long keep)
{
    /// <summary>Bytes of the first page of a section: most columns of a quiet partition need no other.</summary>
    public const int Small = 2 << 10;

    /// <summary>Bytes of every further page: twelve strips of numbers at least, and little is lost when the last one is half empty.</summary>
    public const int Large = 16 << 10;

    /// <summary>The process's pool. 64 MiB: what the lanes fill and the writer sends at the same time when a backlog is read at full rate.</summary>
    public static readonly PagePool Shared = new(64 << 20);

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _small = [];
    private readonly Stack<byte[]> _large = [];
    private long _kept;

    /// <summary>Bytes that are kept now.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _kept;
            }
        }
    }

    /// <summary>A page of <see cref="Small"/> or <see cref="Large"/> bytes, or, where <paramref name="least"/> is more, of so many. It holds old data.</summary>
    public byte[] Rent(int least, bool isFirst)
    {
        var size = isFirst && least <= Small ? Small : Math.Max(Large, least);
        lock (_gate)
        {
            if (StackOf(size) is { } pages && pages.TryPop(out var page))
            {
                _kept -= page.Length;
                return page;
            }
        }

        return GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>Takes a page back.</summary>
    public void Return(byte[] page)
    {
        lock (_gate)
        {
            if (StackOf(page.Length) is { } pages && _kept + page.Length <= keep)
            {
                pages.Push(page);
                _kept += page.Length;
            }
        }
    }

    private Stack<byte[]>? StackOf(int size) => size == Small ? _small : size == Large ? _large : null;
}
