using System.Text.Json;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests.Enriching;

public sealed class BotTableTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "googlebot")]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "gptbot")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36", "headlesschrome")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("Apache-HttpClient/4.5", "apache-httpclient")]
    [InlineData("MyShopBot/1.0", "generic-bot")]
    [InlineData("my own SPIDER", "generic-spider")]
    public void A_bot_is_named_by_the_first_rule_that_fits(string agent, string expected) => Assert.Equal(expected, BotTable.BuiltIn.Find(agent));

    [Theory]
    [InlineData("")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 359.0.0.30.85 (iPhone14,5; iOS 18_1)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 12; Cubot Note 21) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/130.4.1 like Chrome/130.0 Safari/537.36")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko")]
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 Version/6.0 TV Safari/537.36")]
    public void A_browser_is_no_bot(string agent) => Assert.Null(BotTable.BuiltIn.Find(agent));

    [Fact]
    public void Every_agent_that_the_list_knows_is_a_bot()
    {
        var missed = Crawlers().SelectMany(crawler => crawler.GetProperty("instances").EnumerateArray().Select(agent => agent.GetString()!))
            .Where(agent => BotTable.BuiltIn.Find(agent) is null).ToList();
        Assert.Empty(missed);
    }

    [Fact]
    public void The_table_has_a_rule_for_every_pattern_of_the_list_and_no_id_twice()
    {
        var ids = BotTable.BuiltIn.Ids.ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Crawlers().Count, ids.Count(id => !id.StartsWith("generic-", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_that_is_no_rule_is_refused_with_its_number()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["# mine", "shop\ttext\tShopCrawler", "crawler text Crawler"]);
            var refused = Assert.Throws<FormatException>(() => BotTable.Read(file));
            Assert.Contains("line 3", refused.Message, StringComparison.Ordinal);
            File.WriteAllLines(file, ["# mine", "shop\ttext\tShopCrawler"]);
            Assert.Equal("shop", BotTable.Read(file).Find("ShopCrawler/1.0"));
            Assert.Null(BotTable.Read(file).Find("Googlebot/2.1"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // What the table was made from; `make` installs it.
    private static List<JsonElement> Crawlers()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "tables", "bots.tsv")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"Expected tables/bots.tsv above {AppContext.BaseDirectory}, found none.");
        }

        var file = Path.Combine(folder.FullName, "tables/node_modules/crawler-user-agents/crawler-user-agents.json");
        Assert.True(File.Exists(file), "Run npm ci in tables first.");
        using var list = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. list.RootElement.EnumerateArray().Select(crawler => crawler.Clone())];
    }
}
