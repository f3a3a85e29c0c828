using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Analytics.Api.Access;

/// <summary>A memory of bounded size for what was asked for lately. Any thread, no waiting.</summary>
/// <remarks>
/// It has two halves. What is new, or was found in the old half, goes into the young one; when that is full it becomes the old one, and what was not asked for
/// meanwhile is given up. So nothing is sorted or searched, and what is asked for often stays.
/// </remarks>
/// <param name="size">Entries at most, and a few more while several threads add at once.</param>
internal sealed class RecentlyUsed<TKey, TValue>(int size)
    where TKey : notnull
    where TValue : class
{
    private readonly int _half = Math.Max(1, size / 2);
    private readonly Lock _turning = new();
    private volatile Halves _halves = new(new(), new());

    /// <summary>Entries in memory.</summary>
    public int Count => _halves.Young.Count + _halves.Old.Keys.Count(key => !_halves.Young.ContainsKey(key));

    /// <summary>What was kept under this key.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var halves = _halves;
        if (halves.Young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!halves.Old.TryGetValue(key, out value))
        {
            return false;
        }

        // Another thread may have set a newer one meanwhile: that stays.
        Grow(halves, halves.Young.TryAdd(key, value));
        return true;
    }

    /// <summary>Keeps a value, instead of the one before.</summary>
    public void Set(TKey key, TValue value)
    {
        var halves = _halves;
        var isNew = halves.Young.TryAdd(key, value);
        if (!isNew)
        {
            halves.Young[key] = value;
        }

        Grow(halves, isNew);
    }

    private void Grow(Halves halves, bool isNew)
    {
        if (!isNew || Interlocked.Increment(ref halves.Added) < _half)
        {
            return;
        }

        lock (_turning)
        {
            if (_halves == halves)
            {
                _halves = new(new(), halves.Young);
            }
        }
    }

    private sealed class Halves(ConcurrentDictionary<TKey, TValue> young, ConcurrentDictionary<TKey, TValue> old)
    {
        // Counting a dictionary takes all of its locks.
        public int Added;

        public ConcurrentDictionary<TKey, TValue> Young { get; } = young;

        public ConcurrentDictionary<TKey, TValue> Old { get; } = old;
    }
}
