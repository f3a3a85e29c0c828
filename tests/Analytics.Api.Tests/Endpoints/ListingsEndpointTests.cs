using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class ListingsEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/sellers/1/listings";

    public async Task InitializeAsync()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE stock_levels");
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO stock_levels SELECT tenant, product, toDateTime64(at, 3, 'UTC'), generateUUIDv4(), stock, title, images, description, rating, price, currency, 1, 0, offset, toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('tenant UInt64, product String, at String, stock Int64, title String, images Nullable(Int32), description Nullable(Int32), rating Nullable(Float64), price Nullable(Int64), currency String, offset Int64',
                (1, 'chair', '2024-05-01 08:00:00', 9, 'A chair', 1, 500, 4.5, 1999, 'EUR', 1), (1, 'chair', '2024-05-02 08:00:00', 5, '', 2, NULL, NULL, NULL, '', 2),
                (1, 'chair', '2024-05-02 08:00:00', 0, '', NULL, NULL, NULL, NULL, '', 3), (1, 'table', '2024-05-01 08:00:00', 2, repeat('t', 60), 6, 900, 4.9, 20000, 'USD', 4),
                (9, 'sofa', '2024-05-01 08:00:00', 2, '', NULL, NULL, NULL, NULL, '', 5))
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Listings_are_scored_the_worst_first_with_parts_weights_and_what_helps_most()
    {
        var reply = await api.FiguresAsync(Path);
        var listings = reply.GetProperty("listings").EnumerateArray().ToList();

        // A chair: title 7/40 of 20 = 3.5, images 2/5 of 20 = 8, description 20, rating 20, price 10, stock 0.
        Assert.Equal(["chair", "table"], listings.Select(listing => listing.GetProperty("product_id").GetString()));
        Assert.Equal((61.5, 100.0), (listings[0].GetProperty("score").GetDouble(), listings[1].GetProperty("score").GetDouble()));
        Assert.Equal("""{"name":"title","weight":20,"score":0.175}""", listings[0].GetProperty("parts")[0].GetRawText());
        Assert.Equal("""{"part":"title","advice":"Say more in the title, 40 characters or more: 7 so far.","gain":16.5}""", listings[0].GetProperty("top_fix").GetRawText());
        Assert.Equal(JsonValueKind.Null, listings[1].GetProperty("top_fix").ValueKind);
        Assert.Equal((2, 80.8), (reply.GetProperty("listing_count").GetInt32(), Math.Round(reply.GetProperty("mean_score").GetDouble(), 1)));
    }

    [Fact]
    public async Task Each_part_is_the_latest_that_was_told_of_it()
    {
        var chair = (await api.FiguresAsync(Path + "?limit=1")).GetProperty("listings")[0];

        Assert.Equal(("A chair", 2, 500), (chair.GetProperty("title").GetString(), chair.GetProperty("images").GetInt32(), chair.GetProperty("description_length").GetInt32()));

        // Of two levels of one millisecond that of the later record.
        Assert.Equal((0, 19.99m, "EUR"), (chair.GetProperty("stock").GetInt32(), chair.GetProperty("price").GetDecimal(), chair.GetProperty("currency").GetString()));
    }

    [Fact]
    public async Task A_page_begins_behind_the_last_listing_of_the_one_before()
    {
        var first = await api.FiguresAsync(Path + "?limit=1");
        var second = await api.FiguresAsync($"{Path}?limit=1&cursor={first.GetProperty("next").GetString()}");

        Assert.Equal(("chair", "table"), (first.GetProperty("listings")[0].GetProperty("product_id").GetString(), Assert.Single(second.GetProperty("listings").EnumerateArray()).GetProperty("product_id").GetString()));
        Assert.Equal((2, JsonValueKind.Null), (second.GetProperty("listing_count").GetInt32(), second.GetProperty("next").ValueKind));
        Assert.Equal(400, (int)(await api.GetAsync(Path + "?cursor=1", api.ReadKey)).Reply.StatusCode);
    }

    [Fact]
    public async Task Without_any_listing_there_is_no_mean()
    {
        var reply = await api.FiguresAsync("/api/v1/sellers/2/listings");

        Assert.Equal((0, JsonValueKind.Null), (reply.GetProperty("listing_count").GetInt32(), reply.GetProperty("mean_score").ValueKind));
    }
}
