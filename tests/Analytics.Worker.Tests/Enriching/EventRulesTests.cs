using Analytics.Core.Events;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests.Enriching;

public sealed class EventRulesTests
{
    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    public static TheoryData<string, string> Clickstream => new()
    {
        { "sound", "Accepted" },
        { "tenant 0", "MissingTenant" },
        { "tenant -3", "MissingTenant" },
        { "no id", "MissingEventId" },
        { "no name", "MissingName" },
        { "no user", "MissingUser" },
        { "name of 128", "Accepted" },
        { "name of 129", "TextTooLong" },
        { "url of 2048", "Accepted" },
        { "url of 2049", "TextTooLong" },
        { "created 1970", "InvalidTime" },
        { "created 2106", "InvalidTime" },
        { "sent 1970", "InvalidTime" },
        { "25 h ahead", "FutureTimestamp" },
        { "24 h ahead", "Accepted" },
        { "7 d old", "Accepted" },
        { "7 d and 1 ms old", "TooOld" },
        { "not decoded", "Corrupt" },
    };

    [Theory]
    [MemberData(nameof(Clickstream))]
    public void A_clickstream_event_is_judged_by_the_first_rule_it_breaks(string which, string expected)
    {
        var sound = new MadeEvent();
        var made = which switch
        {
            "sound" => sound,
            "tenant 0" => sound with { Tenant = 0 },
            "tenant -3" => sound with { Tenant = -3 },
            "no id" => sound with { Id = 0 },
            "no name" => sound with { Name = "" },
            "no user" => sound with { User = "" },
            "name of 128" => sound with { Name = new string('n', 128) },
            "name of 129" => sound with { Name = new string('n', 129) },
            "url of 2048" => sound with { Url = new string('u', 2_048) },
            "url of 2049" => sound with { Url = new string('u', 2_049) },
            "created 1970" => sound with { Created = 1_000 },
            "created 2106" => sound with { Created = EventClock.Latest },
            "sent 1970" => sound with { Sent = 1_000 },
            "25 h ahead" => sound with { Created = MadeEvent.Noon + 25 * Day / 24 },
            "24 h ahead" => sound with { Created = MadeEvent.Noon + Day },
            "7 d old" => sound with { Created = MadeEvent.Noon - 7 * Day },
            "7 d and 1 ms old" => sound with { Created = MadeEvent.Noon - 7 * Day - 1 },
            "not decoded" => sound with { Decoded = Verdict.Corrupt },
            _ => throw new ArgumentException(which),
        };
        Assert.Equal(expected, Judge(Topics.Clickstream, made).ToString());
    }

    [Fact]
    public void An_order_may_be_of_any_year()
    {
        var order = MadeBatches.Order() with { Created = DateTimeOffset.Parse("2014-01-03T00:00:00Z").ToUnixTimeMilliseconds() };
        Assert.Equal(Verdict.Accepted, Judge(Topics.Orders, order));
    }

    [Theory]
    [InlineData("usd", Verdict.Accepted)]
    [InlineData("US", Verdict.InvalidCurrency)]
    [InlineData("U5D", Verdict.InvalidCurrency)]
    [InlineData("", Verdict.InvalidCurrency)]
    internal void An_order_has_a_currency_of_three_letters(string currency, Verdict expected) =>
        Assert.Equal(expected, Judge(Topics.Orders, MadeBatches.Order() with { Currency = currency }));

    [Theory]
    [InlineData(1, 0, 0, Verdict.Accepted)]
    [InlineData(0, 100, 0, Verdict.InvalidQuantity)]
    [InlineData(-1, 100, 0, Verdict.InvalidQuantity)]
    [InlineData(2, -1, 0, Verdict.InvalidAmount)]
    [InlineData(2, 100, 200, Verdict.Accepted)]
    [InlineData(2, 100, 201, Verdict.InvalidAmount)]
    [InlineData(2, 100, -1, Verdict.InvalidAmount)]
    [InlineData(int.MaxValue, long.MaxValue, 0, Verdict.InvalidAmount)]
    [InlineData(1, EventLimits.Amount, 0, Verdict.Accepted)]
    [InlineData(1, EventLimits.Amount + 1, 0, Verdict.InvalidAmount)]
    internal void A_line_has_amounts_that_fit(long quantity, long price, long discount, Verdict expected) =>
        Assert.Equal(expected, Judge(Topics.Orders, MadeBatches.Order(new MadeLine("desk", quantity, price, discount))));

    [Fact]
    public void The_lines_of_an_order_fit_together()
    {
        var half = new MadeLine("desk", 1, EventLimits.Amount / 2 + 1);
        Assert.Equal(Verdict.InvalidAmount, Judge(Topics.Orders, MadeBatches.Order(half, half)));
    }

    [Fact]
    public void An_order_has_lines_that_name_their_product()
    {
        Assert.Equal(Verdict.NoLines, Judge(Topics.Orders, MadeBatches.Order() with { Lines = [] }));
        Assert.Equal(Verdict.MissingName, Judge(Topics.Orders, MadeBatches.Order(new MadeLine(""))));
        Assert.Equal(Verdict.MissingName, Judge(Topics.Orders, MadeBatches.Order() with { OrderId = "" }));
        Assert.Equal(Verdict.TooManyItems, Judge(Topics.Orders, MadeBatches.Order([.. Enumerable.Repeat(new MadeLine("desk"), 1_001)])));
    }

    [Fact]
    public void A_stock_level_needs_a_product_and_no_user()
    {
        var stock = new MadeEvent { Name = "stock_level", User = "", Product = "desk" };
        Assert.Equal(Verdict.Accepted, Judge(Topics.Inventory, stock));
        Assert.Equal(Verdict.MissingName, Judge(Topics.Inventory, stock with { Product = null }));
        Assert.Equal(Verdict.InvalidQuantity, Judge(Topics.Inventory, stock with { Stock = -1 }));
        Assert.Equal(Verdict.InvalidAmount, Judge(Topics.Inventory, stock with { Price = -1 }));
        Assert.Equal(Verdict.InvalidCurrency, Judge(Topics.Inventory, stock with { Currency = "dollar" }));
    }

    [Fact]
    public void Without_a_maximum_age_old_behaviour_is_imported()
    {
        var options = new EnrichingOptions { Rules = new RulesOptions { ClickstreamMaxAgeDays = 0 } };
        var old = new MadeEvent { Created = MadeEvent.Noon - 4_000 * Day };
        var batch = new EventEnricher(options, _ => { }).Apply(MadeBatches.Of(MadeBatches.Chunk(), 0, old));
        Assert.Equal(Verdict.Accepted, batch.Decoded.Columns.Verdicts[0]);
    }

    private static Verdict Judge(string topic, MadeEvent made) =>
        MadeBatches.Enriched(MadeBatches.Chunk(topic), 0, made).Decoded.Columns.Verdicts[0];
}
