namespace Analytics.Worker;

/// <summary>Keeps used batches for their next use, so that steady state allocates nothing.</summary>
/// <param name="make">Makes one when none is kept.</param>
/// <param name="keep">Most that are kept; beyond it they are left to the garbage collector.</param>
/// <remarks>Any thread may rent and return. What is rented holds old data. The one returned last is rented first: its memory is still in the cache.</remarks>
internal sealed class Pool<T>(Func<T> make, int keep)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _kept = new(keep);

    /// <summary>A kept one, or a new one.</summary>
    public T Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out var kept))
            {
                return kept;
            }
        }

        return make();
    }

    /// <summary>Takes one back. Its owner may not touch it afterwards.</summary>
    public void Return(T item)
    {
        lock (_gate)
        {
            if (_kept.Count < keep)
            {
                _kept.Push(item);
            }
        }
    }
}
