using System.Text;
using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class SqlTokensTests
{
    [Theory]
    [InlineData("SELECT 1", "SELECT|1")]
    [InlineData("a.b,c", "a|.|b|,|c")]
    [InlineData("'it''s; \\' one' x", "'it''s; \\' one'|x")]
    [InlineData("`a;``b` \"c\\\"d\"", "`a;``b`|\"c\\\"d\"")]
    [InlineData("a -- ; comment\nb", "a|b")]
    [InlineData("a /* ; ' */ b", "a|b")]
    [InlineData("a # comment\nb", "a|b")]
    [InlineData("$tag$ any ' ; text $tag$ b", "$tag$ any ' ; text $tag$|b")]
    [InlineData("'never closed", "'never closed")]
    [InlineData("/* never closed", "")]
    [InlineData("ключ = 'значение'", "ключ|=|'значение'")]
    public void Quotes_comments_and_heredocs_hide_what_is_in_them(string sql, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var tokens = new SqlTokens(bytes);
        var found = new List<string>();
        while (tokens.Next())
        {
            found.Add(Encoding.UTF8.GetString(tokens.Bytes));
        }

        Assert.Equal(expected, string.Join('|', found));
    }

    [Fact]
    public void Depth_counts_open_brackets()
    {
        var tokens = new SqlTokens("f(a, [b], ')') c"u8);
        var depths = new List<int>();
        while (tokens.Next())
        {
            depths.Add(tokens.Depth);
        }

        Assert.Equal([0, 1, 1, 1, 2, 2, 1, 1, 1, 0, 0], depths);
    }
}
