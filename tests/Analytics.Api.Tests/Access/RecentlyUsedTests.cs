using Analytics.Api.Access;

namespace Analytics.Api.Tests.Access;

public sealed class RecentlyUsedTests
{
    [Fact]
    public void Memory_stays_within_its_size_however_much_is_asked_for()
    {
        var memory = new RecentlyUsed<int, string>(100);
        for (var key = 0; key < 100_000; key++)
        {
            memory.Set(key, "kept");
            Assert.InRange(memory.Count, 1, 100);
        }
    }

    [Fact]
    public void What_is_asked_for_stays_and_the_rest_is_given_up()
    {
        var memory = new RecentlyUsed<int, string>(10);
        memory.Set(-1, "used");
        memory.Set(-2, "not used");
        for (var key = 0; key < 50; key++)
        {
            memory.Set(key, "others");
            Assert.True(memory.TryGet(-1, out var used));
            Assert.Equal("used", used);
        }

        Assert.False(memory.TryGet(-2, out _));
    }

    [Fact]
    public void A_newer_value_takes_the_place_of_the_one_before_in_both_halves()
    {
        var memory = new RecentlyUsed<int, string>(4);
        memory.Set(1, "first");
        memory.Set(2, "turns the halves");
        memory.Set(1, "second");
        Assert.True(memory.TryGet(1, out var value));
        Assert.Equal("second", value);
        Assert.Equal(2, memory.Count);
    }
}
