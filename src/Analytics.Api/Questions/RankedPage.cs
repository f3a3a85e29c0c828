namespace Analytics.Api.Questions;

/// <summary>The first products behind a place, of however many there are: holds no more than it gives, and one. One thread.</summary>
/// <param name="limit">How many it gives.</param>
/// <param name="after">The place behind which it begins; null for the start.</param>
/// <param name="placeOf">Where a product stands.</param>
internal sealed class RankedPage<T>(int limit, RankPlace? after, Func<T, RankPlace> placeOf)
{
    // The last one first, so that it makes room.
    private readonly PriorityQueue<T, RankPlace> _first = new(Comparer<RankPlace>.Create((left, right) => RankPlace.Compare(right, left)));

    /// <summary>Takes a product, in any order.</summary>
    public void Add(T product)
    {
        var place = placeOf(product);
        if (after is { } start && RankPlace.Compare(place, start) <= 0)
        {
            return;
        }

        if (_first.Count <= limit)
        {
            _first.Enqueue(product, place);
        }
        else
        {
            _ = _first.EnqueueDequeue(product, place);
        }
    }

    /// <summary>The page in order, and the place behind which the next one begins; null at the end. Once, when all are added.</summary>
    public (IReadOnlyList<T> Products, RankPlace? Next) Take()
    {
        var hasMore = _first.Count > limit;
        if (hasMore)
        {
            _first.Dequeue();
        }

        var products = new T[_first.Count];
        for (var index = products.Length - 1; index >= 0; index--)
        {
            products[index] = _first.Dequeue();
        }

        return (products, hasMore ? placeOf(products[^1]) : null);
    }
}
