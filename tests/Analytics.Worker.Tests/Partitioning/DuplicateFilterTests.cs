using Analytics.Worker.Partitioning;

namespace Analytics.Worker.Tests.Partitioning;

public sealed class DuplicateFilterTests
{
    [Theory]
    [InlineData(1, 3, 100_000)]
    [InlineData(2, 300_000, 1_200_000)]
    [InlineData(3, 500_000, 1_200_000)]
    [InlineData(4, 1, 400_000)]
    public void Agrees_with_a_naive_filter(int seed, int ids, int records)
    {
        var random = new Random(seed);
        var filter = new DuplicateFilter();
        var naive = new Dictionary<(ulong, ulong), long>();
        long offset = -5_000;
        for (var i = 0; i < records; i++)
        {
            // Mostly the next offset, sometimes a hole, sometimes one as wide as the horizon.
            offset += random.Next(1_000) switch { 0 => random.Next(2, 5_000), 1 when random.Next(100) == 0 => DuplicateFilter.Horizon, _ => 1 };
            var id = ((ulong)random.Next(ids), (ulong)random.Next(2));
            var expected = naive.TryGetValue(id, out var earlier) && offset - earlier <= DuplicateFilter.Horizon;
            naive[id] = offset;
            Assert.True(expected == filter.Seen(offset, id.Item1, id.Item2), $"offset {offset}, id {id}, earlier {earlier}: expected {expected}");
        }
    }

    [Fact]
    public void The_horizon_is_exact()
    {
        var filter = new DuplicateFilter();
        Assert.False(filter.Seen(0, 1, 1));
        Assert.True(filter.Seen(DuplicateFilter.Horizon, 1, 1));
        Assert.False(filter.Seen(2 * DuplicateFilter.Horizon + 1, 1, 1));
    }

    [Fact]
    public void A_filter_that_is_warmed_agrees_with_one_that_never_stopped()
    {
        var random = new Random(5);
        (ulong, ulong)[] log = [.. Enumerable.Range(0, 900_000).Select(_ => (1UL, (ulong)random.Next(400_000)))];
        var whole = new DuplicateFilter();
        for (var i = 0; i < 600_000; i++)
        {
            whole.Seen(i, log[i].Item1, log[i].Item2);
        }

        var warmed = new DuplicateFilter();
        for (var i = 600_000 - DuplicateFilter.Horizon; i < 600_000; i++)
        {
            warmed.Seen(i, log[i].Item1, log[i].Item2);
        }

        for (var i = 600_000; i < log.Length; i++)
        {
            Assert.Equal(whole.Seen(i, log[i].Item1, log[i].Item2), warmed.Seen(i, log[i].Item1, log[i].Item2));
        }
    }

    [Fact]
    public void An_offset_that_goes_back_is_a_bug()
    {
        var filter = new DuplicateFilter();
        filter.Seen(10, 1, 1);
        Assert.Throws<InvalidOperationException>(() => filter.Seen(10, 2, 2));
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event()
    {
        var filter = new DuplicateFilter();
        var offset = 0;

        // A garbage collection of another test takes what is left of this thread's allocation buffer, which then counts as allocated; not five times in a row.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBy(() =>
        {
            for (var end = offset + 400_000; offset < end; offset++)
            {
                filter.Seen(offset, 1, (ulong)offset);
            }
        })));

        static long AllocatedBy(Action action)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
