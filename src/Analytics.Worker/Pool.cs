using System.Collections.Concurrent;

namespace Analytics.Worker;

/// <summary>Keeps used batches for their next use, so that steady state allocates nothing.</summary>
/// <param name="make">Makes one when none is kept.</param>
/// <param name="keep">Most that are kept; beyond it they are left to the garbage collector.</param>
/// <remarks>Any thread may rent and return. What is rented holds old data.</remarks>
internal sealed class Pool<T>(Func<T> make, int keep)
    where T : class
{
    private readonly ConcurrentQueue<T> _kept = new();

    /// <summary>A kept one, or a new one.</summary>
    public T Rent() => _kept.TryDequeue(out var kept) ? kept : make();

    /// <summary>Takes one back. Its owner may not touch it afterwards.</summary>
    public void Return(T item)
    {
        if (_kept.Count < keep)
        {
            _kept.Enqueue(item);
        }
    }
}
