using System.Diagnostics.Metrics;
using System.Text;
using Analytics.Core.Events;
using Analytics.Worker.Configuring;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests.Enriching;

public sealed class EventEnricherTests
{
    [Theory]
    [InlineData("93.184.216.34", "93.184.216.0")]
    [InlineData("1.2.3.4", "1.2.3.0")]
    [InlineData("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::")]
    [InlineData("2001:db8::1", "2001:db8::")]
    [InlineData("::1", "::")]
    [InlineData("::ffff:10.20.30.40", "10.20.30.0")]
    [InlineData("fe80::1%eth0", "fe80::")]
    [InlineData("1:2:3:4:5:6:7:8", "1:2:3::")]
    [InlineData("1.2.3", "")]
    [InlineData("1.2.3.256", "")]
    [InlineData("1:2:3:4:5:6:7", "")]
    [InlineData("1:2:3:4:5:6:7:8:9", "")]
    [InlineData("1::2::3", "")]
    [InlineData("a visitor", "")]
    public void An_address_loses_its_host_part(string given, string expected)
    {
        var batch = Enrich(new MadeEvent { Ip = given });
        Assert.Equal(expected, Encoding.UTF8.GetString(Columns(batch).Ip.Of(0, batch.Decoded.Raw.Bytes)));
    }

    [Theory]
    [InlineData("de", null, "DE")]
    [InlineData("Deutschland", null, "")]
    [InlineData(null, "93.184.216.34", "US")]
    [InlineData(null, "93.184.219.0", "")]
    [InlineData(null, "2a00:1450::5", "IE")]
    [InlineData("fr", "93.184.216.34", "FR")]
    [InlineData(null, "not an address", "")]
    public void A_country_is_the_given_one_or_that_of_the_address(string? given, string? ip, string expected)
    {
        var file = Path.GetTempFileName();
        try
        {
            // 93.184.216.0 to 93.184.218.255, and 2a00:1450::/32.
            File.WriteAllLines(file, ["1572395008,1572395775,US", "55827987809411540836515382960316219392,55827987888639703350779720553860169727,IE"]);
            var options = new EnrichingOptions { CountryTables = { file } };
            var batch = new EventEnricher(options, _ => { }).Apply(MadeBatches.Of(MadeBatches.Chunk(), 0, new MadeEvent { Country = given, Ip = ip }));
            Assert.Equal(expected, Word(batch, Columns(batch).Country.Ids[0]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", null, "desktop", 0)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", null, "mobile", 0)]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148", null, "tablet", 0)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0 Mobile Safari/537.36", null, "mobile", 0)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-X900) Chrome/130.0 Safari/537.36", null, "tablet", 0)]
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0)", null, "tv", 0)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", null, "other", 1)]
    [InlineData("Mozilla/5.0 (Linux; Android 9; CUBOT X19) Mobile Safari/537.36", null, "mobile", 0)]
    [InlineData("curl/8.5.0", null, "other", 1)]
    [InlineData("curl/8.5.0", "Phone", "mobile", 1)]
    [InlineData(null, null, "", 0)]
    [InlineData(null, "fridge", "other", 0)]
    public void A_device_is_the_given_one_or_that_of_the_user_agent(string? agent, string? given, string expected, byte bot)
    {
        var batch = Enrich(new MadeEvent { UserAgent = agent, Device = given });
        Assert.Equal(expected, Word(batch, Columns(batch).Device.Ids[0]));
        Assert.Equal(bot, batch.Bots[0]);
    }

    [Theory]
    [InlineData(null, null, null, "direct")]
    [InlineData("https://shop.example/desk", "https://www.google.co.uk/", null, "search")]
    [InlineData("https://shop.example/desk", "https://www.shop.example/", null, "internal")]
    [InlineData("https://shop.example/desk", "https://m.facebook.com/x", null, "social")]
    [InlineData("https://shop.example/desk", "https://t.co/abc", null, "social")]
    [InlineData("https://shop.example/desk", "https://t.company.org/abc", null, "referral")]
    [InlineData("https://shop.example/desk", "https://mail.google.com/", null, "email")]
    [InlineData("https://shop.example/desk", "https://blog.example/", null, "referral")]
    [InlineData("https://shop.example/desk?utm_medium=cpc&utm_source=google", "https://www.google.com/", null, "paid")]
    [InlineData("https://shop.example/desk?utm_source=x&utm_medium=email", null, null, "email")]
    [InlineData("https://shop.example/desk?gclid=abc", null, null, "paid")]
    [InlineData(null, null, "spring_sale", "paid")]
    [InlineData(null, null, "newsletter_14", "email")]
    public void A_channel_is_of_the_marks_the_campaign_or_the_referrer(string? url, string? referrer, string? campaign, string expected)
    {
        var batch = Enrich(new MadeEvent { Url = url, Referrer = referrer, Campaign = campaign });
        Assert.Equal(expected, Word(batch, batch.Sources[0]));
    }

    [Theory]
    [InlineData("https://shop.example/desk?utm_campaign=spring_sale&x=1", null, "spring_sale")]
    [InlineData("https://shop.example/desk?x=1&utm_campaign=Fr%C3%BChling+%2B1#top", null, "Frühling +1")]
    [InlineData("https://shop.example/desk?utm_campaign=url", "field", "field")]
    [InlineData("https://shop.example/desk?my_utm_campaign=no", null, "")]
    [InlineData("https://shop.example/desk?utm_campaign=", null, "")]
    [InlineData("https://shop.example/desk?utm_campaign=%FF%FE", null, "")]
    [InlineData("https://shop.example/desk?utm_campaign=100%", null, "100%")]
    [InlineData("https://shop.example/utm_campaign=no", null, "")]
    public void A_campaign_is_the_given_one_or_that_of_the_marks(string url, string? given, string expected)
    {
        var batch = Enrich(new MadeEvent { Url = url, Campaign = given });
        Assert.Equal(expected, Word(batch, Columns(batch).Campaign.Ids[0]));
    }

    [Fact]
    public void A_campaign_of_the_marks_that_is_too_long_is_left_out()
    {
        var batch = Enrich(
            new MadeEvent { Url = "https://shop.example/?utm_campaign=" + new string('a', 256) }, new MadeEvent { Url = "https://shop.example/?utm_campaign=" + new string('a', 257) });
        Assert.Equal(256, Word(batch, Columns(batch).Campaign.Ids[0]).Length);
        Assert.Equal(0, Columns(batch).Campaign.Ids[1]);
    }

    [Fact]
    public void A_bot_keeps_the_rule_that_flagged_it_and_every_agent_its_browser_and_system()
    {
        const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1";
        var batch = Enrich(new MadeEvent { UserAgent = "Mozilla/5.0 (compatible; bingbot/2.0)" }, new MadeEvent { UserAgent = Phone }, new MadeEvent());
        Assert.Equal(["bingbot", "", ""], batch.BotRules[..3].Select(rule => Word(batch, rule)));
        Assert.Equal([1, 0, 0], batch.Bots[..3].Select(bot => (int)bot));
        Assert.Equal(["other", "Chrome", ""], batch.Browsers[..3].Select(browser => Word(batch, browser)));
        Assert.Equal(["other", "iOS", ""], batch.Systems[..3].Select(system => Word(batch, system)));
    }

    [Fact]
    public void Each_step_is_timed_and_says_how_many_records_it_completed()
    {
        using var metrics = new WorkerMetrics();
        var completed = new Dictionary<string, long>();
        var timed = new Dictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == metrics.Meter && instrument.Name.StartsWith("analytics_enrich", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, labels, _) => completed[(string)labels[0].Value!] = value);
        listener.SetMeasurementEventCallback<double>((_, _, labels, _) => timed[(string)labels[0].Value!] = timed.GetValueOrDefault((string)labels[0].Value!) + 1);
        listener.Start();

        var configs = new FixedConfig(EventConfig.OfSettings(new EnrichingOptions(), new CountingOptions()));
        var events = new[]
        {
            new MadeEvent { UserAgent = "curl/8" }, new MadeEvent { UserAgent = "curl/8", Url = "https://x.example/?utm_campaign=a" }, new MadeEvent { Currency = "usd", Decoded = Verdict.Corrupt },
        };
        new EventEnricher(configs, TimeProvider.System, metrics, _ => { }).Apply(MadeBatches.Of(MadeBatches.Chunk(), 0, events));
        Assert.Equal(new Dictionary<string, long> { ["country"] = 0, ["agent"] = 2, ["source"] = 1, ["currency"] = 0, ["identity"] = 2 }, completed);
        Assert.All(completed.Keys, step => Assert.Equal(1, timed[step]));
    }

    [Fact]
    public void Users_and_sessions_are_told_apart_by_hash()
    {
        var batch = Enrich(
            new MadeEvent { User = "anna", Session = "1" }, new MadeEvent { User = "anna", Session = "2" }, new MadeEvent { User = "ben", Session = "1" },
            new MadeEvent { User = "ben" });
        Assert.Equal(batch.UserHashes[0], batch.UserHashes[1]);
        Assert.Equal(batch.UserHashes[2], batch.UserHashes[3]);
        Assert.NotEqual(batch.UserHashes[0], batch.UserHashes[2]);
        Assert.Equal(3, batch.SessionHashes[..3].Distinct().Count());
        Assert.Equal(0UL, batch.SessionHashes[3]);
    }

    [Fact]
    public void A_batch_goes_back_when_its_last_holder_lets_go()
    {
        DecodedBatch? back = null;
        var decoded = MadeBatches.Of(MadeBatches.Chunk(), 0, new MadeEvent());
        var batch = new EventEnricher(new EnrichingOptions(), returned => back = returned).Apply(decoded);
        batch.Retain(1);
        batch.Release();
        Assert.Null(back);
        batch.Release();
        Assert.Same(decoded, back);
    }

    [Fact]
    public void A_table_that_is_not_numeric_is_refused_with_its_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["1,2,DE", "1.0.0.0,1.0.0.255,AU"]);
            var refused = Assert.Throws<FormatException>(() => CountryTable.Read(file));
            Assert.Contains("line 2", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static EnrichedBatch Enrich(params MadeEvent[] events) => MadeBatches.Enriched(MadeBatches.Chunk(), 0, events);

    private static EventColumns Columns(EnrichedBatch batch) => batch.Decoded.Columns;

    private static string Word(EnrichedBatch batch, int id) => Encoding.UTF8.GetString(batch.Decoded.Raw.Chunk.Words[id]);
}
