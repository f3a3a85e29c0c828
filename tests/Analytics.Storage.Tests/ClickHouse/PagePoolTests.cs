using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class PagePoolTests
{
    [Theory]
    [InlineData(1, true, PagePool.Small)]
    [InlineData(PagePool.Small + 1, true, PagePool.Large)]
    [InlineData(1, false, PagePool.Large)]
    [InlineData(PagePool.Large + 8, false, PagePool.Large + 8)]
    public void A_page_is_as_large_as_it_must_be(int least, bool isFirst, int expected) => Assert.Equal(expected, new PagePool(keep: 0).Rent(least, isFirst).Length);

    [Fact]
    public void The_page_returned_last_is_rented_first()
    {
        var pool = new PagePool(keep: 1 << 20);
        var (first, second) = (pool.Rent(1, false), pool.Rent(1, false));
        pool.Return(first);
        pool.Return(second);
        Assert.Equal(2 * PagePool.Large, pool.KeptBytes);
        Assert.Same(second, pool.Rent(1, false));
        Assert.Same(first, pool.Rent(1, false));
        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void Pages_beyond_the_bound_and_pages_of_a_size_of_their_own_are_not_kept()
    {
        var pool = new PagePool(keep: PagePool.Large);
        pool.Return(new byte[PagePool.Large + 8]);
        Assert.Equal(0, pool.KeptBytes);
        pool.Return(new byte[PagePool.Large]);
        pool.Return(new byte[PagePool.Large]);
        pool.Return(new byte[PagePool.Small]);
        Assert.Equal(PagePool.Large, pool.KeptBytes);
    }
}
