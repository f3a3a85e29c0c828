using System.Text;
using Analytics.Storage.Redis;
using Analytics.Testing;
using StackExchange.Redis;

namespace Analytics.Storage.Tests.Redis;

/// <summary>Packs as a real Redis takes them apart.</summary>
public sealed class ScriptPackTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(-1)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    [InlineData(short.MaxValue + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue + 1L)]
    [InlineData(9_007_199_254_740_991)]
    [InlineData(-9_007_199_254_740_991)]
    public async Task A_number_arrives_as_it_is(long number)
    {
        var pack = new ScriptPack();
        pack.Add(number);
        Assert.Equal([number.ToString(System.Globalization.CultureInfo.InvariantCulture)], await UnpackAsync(pack));
    }

    [Fact]
    public async Task Values_of_all_kinds_arrive_in_their_order()
    {
        var pack = new ScriptPack();
        pack.Add(7);
        pack.AddBytes(0x4847464544434241);
        var longest = new string('x', ScriptPack.LongestText);
        AddText(pack, longest);
        AddText(pack, "");
        Assert.Equal(4, pack.Count);
        Assert.Equal(["7", "ABCDEFGH", longest, ""], await UnpackAsync(pack));
    }

    [Fact]
    public async Task What_was_taken_is_no_longer_in_it()
    {
        var pack = new ScriptPack();
        pack.Add(1);
        pack.Take();
        pack.Add(2);
        Assert.Equal(["2"], await UnpackAsync(pack));
        Assert.Equal(0, pack.Count);
    }

    private static void AddText(ScriptPack pack, string text) => pack.EndText(Encoding.UTF8.GetBytes(text, pack.BeginText()));

    private static async Task<string[]> UnpackAsync(ScriptPack pack)
    {
        const string Texts =
            """
            local texts = {}
            for i, value in ipairs(cmsgpack.unpack(ARGV[1])) do texts[i] = type(value) == 'number' and string.format('%.0f', value) or value end
            return texts
            """;
        using var redis = await ConnectionMultiplexer.ConnectAsync((await RedisServer.SharedAsync()).Connection);
        return (string[])(await redis.GetDatabase().ScriptEvaluateAsync(Texts, [], [pack.Take()]))!;
    }
}
