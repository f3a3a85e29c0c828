using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

public sealed class DistinctHashesTests
{
    [Fact]
    public void Of_equal_hashes_the_first_is_new_and_the_others_are_not()
    {
        var seen = new DistinctHashes();
        seen.Begin(4);
        Assert.Equal([true, true, false, true], new[] { 7UL, 1UL << 63, 7UL, ulong.MaxValue }.Select(seen.Add));
    }

    [Fact]
    public void A_group_knows_nothing_of_the_groups_before_it()
    {
        var seen = new DistinctHashes();
        for (var group = 0; group < 3; group++)
        {
            seen.Begin(2);
            Assert.True(seen.Add(5));
            Assert.False(seen.Add(5));
        }
    }

    [Fact]
    public void Groups_of_any_size_agree_with_a_set()
    {
        var random = new Random(1);
        var seen = new DistinctHashes();
        foreach (var size in new[] { 1, 3, 1_000, 2, 65, 20_000, 64, 7 })
        {
            seen.Begin(size);
            var expected = new HashSet<ulong>();
            for (var i = 0; i < size; i++)
            {
                // Few distinct values, and many that begin alike: they meet in one place.
                var hash = ((ulong)random.Next(4) << 62) + (ulong)random.Next(1, size + 1);
                Assert.Equal(expected.Add(hash), seen.Add(hash));
            }
        }
    }
}
