using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Analytics.EndToEnd.Tests;

/// <summary>What the page says when there is nothing to show, or when it may not.</summary>
[Collection(EndToEnd.Name)]
public sealed class StatesTests(StackFixture stack, ChromiumFixture chromium)
{
    [Fact]
    public async Task A_period_without_events_shows_how_to_send_one()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=2&range=custom&from=2003-05-01&to=2003-05-07");

        var empty = overview.Page.GetByTestId("empty");
        await Expect(empty).ToContainTextAsync($"curl {stack.Address.ApiUrl}/events");
        Assert.Equal(0, await overview.FigureAsync("orders"));
        await overview.Page.GetByTestId("see-all").ClickAsync();
        await Expect(overview.Chart).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_key_asks_for_another_and_the_right_one_opens_the_page()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenWithKeyAsync("tenant=1&range=all", "not-a-key");

        await Expect(overview.Page.GetByTestId("key-refused")).ToContainTextAsync("not accepted");
        await overview.Page.GetByLabel("Read key").FillAsync(stack.Address.ReadKey);
        await overview.Page.GetByRole(AriaRole.Button, new() { Name = "Show figures" }).ClickAsync();

        await Expect(overview.Tile("revenue")).ToBeVisibleAsync();
        await overview.Page.GetByTestId("forget-key").ClickAsync();
        Assert.Null(await overview.Page.EvaluateAsync<string?>("() => sessionStorage.getItem('analytics.read-key')"));
    }

    [Fact]
    public async Task A_path_that_is_no_page_is_not_found_instead_of_another_page()
    {
        var page = await chromium.NewPageAsync();

        Assert.Equal(200, (await page.APIRequest.GetAsync(stack.Address.ApiUrl + "/?tenant=1")).Status);
        var reply = await page.APIRequest.GetAsync(stack.Address.ApiUrl + "/sellers/1");

        Assert.Equal(404, reply.Status);
        Assert.Contains("GET /sellers/1 is no address of this API", await reply.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shop_that_the_key_does_not_open_is_said_so()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=987654&range=all");

        await Expect(overview.Page.GetByTestId("unknown-tenant")).ToContainTextAsync("987654");
        await overview.Page.GetByTestId("unknown-tenant").GetByRole(AriaRole.Link, new() { Name = "Technology" }).ClickAsync();
        await Expect(overview.Page).ToHaveTitleAsync("Technology · Analytics");
    }

    [Fact]
    public async Task A_question_that_fails_says_what_failed_and_can_be_asked_again()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.Page.RouteAsync("**/metrics/history*", route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/problem+json",
            Body = """{"title":"ClickHouse does not answer","detail":"Expected a reply within 5 s, found none.","status":503}""",
        }));
        await overview.OpenAsync("tenant=1&range=all");
        await Expect(overview.Page.GetByTestId("failure")).ToContainTextAsync("ClickHouse does not answer");

        await overview.Page.UnrouteAllAsync();
        await overview.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Expect(overview.Tile("revenue")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_bare_address_opens_a_shop_by_itself()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);

        await overview.OpenAsync("");

        await Expect(overview.Tile("revenue")).ToBeVisibleAsync();
        await Expect(overview.Page.GetByTestId("tenant")).Not.ToHaveValueAsync("");
    }
}
