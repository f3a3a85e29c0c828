using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Analytics.EndToEnd.Tests;

/// <summary>Themes, keys of the keyboard, links, and small screens.</summary>
[Collection(EndToEnd.Name)]
public sealed class ReadingTests(StackFixture stack, ChromiumFixture chromium)
{
    [Fact]
    public async Task The_theme_follows_the_system_until_it_is_chosen_and_is_remembered()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(theme: ColorScheme.Light), stack.Address);
        await overview.OpenAsync("tenant=1&range=all");
        var light = await overview.BackgroundAsync();
        await overview.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await overview.BackgroundAsync();
        Assert.NotEqual(light, dark);

        await overview.Page.GetByTestId("theme").SelectOptionAsync("light");
        Assert.Equal(light, await overview.BackgroundAsync());
        await overview.Page.ReloadAsync();
        await overview.Page.GetByTestId("theme").WaitForAsync();
        Assert.Equal(light, await overview.BackgroundAsync());
        await overview.Page.GetByTestId("theme").SelectOptionAsync("dark");
        Assert.Equal(dark, await overview.BackgroundAsync());
    }

    [Fact]
    public async Task The_key_x_turns_the_comparison_off_and_on()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=1&range=custom&from=2017-11-01&to=2017-11-30&compare=year_over_year");
        var change = overview.Tile("revenue").Locator(".change");
        await Expect(change).ToBeVisibleAsync();

        await overview.Page.Keyboard.PressAsync("x");
        await Expect(change).ToHaveCountAsync(0);
        Assert.DoesNotContain("compare=", overview.Page.Url, StringComparison.Ordinal);

        await overview.Page.Keyboard.PressAsync("x");
        await Expect(change).ToBeVisibleAsync();
        Assert.Contains("compare=year_over_year", overview.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrow_keys_walk_along_the_chart()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=3&range=custom&from=2017-11-01&to=2017-11-30");
        var tooltip = overview.Page.GetByTestId("tooltip");

        await overview.Chart.FocusAsync();
        await overview.Page.Keyboard.PressAsync("Home");
        await Expect(tooltip).ToContainTextAsync("Wed, Nov 1, 2017");
        await overview.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(tooltip).ToContainTextAsync("Thu, Nov 2, 2017");
        await overview.Page.Keyboard.PressAsync("Escape");
        await Expect(tooltip).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Dragging_over_the_chart_shows_those_days()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=3&range=custom&from=2017-11-01&to=2017-11-30");
        var plot = (await overview.Chart.Locator(".u-over").BoundingBoxAsync())!;
        var (left, middle) = (plot.X + 1, plot.Y + (plot.Height / 2));

        await overview.Page.Mouse.MoveAsync(left, middle);
        await overview.Page.Mouse.DownAsync();
        await overview.Page.Mouse.MoveAsync(left + (plot.Width * 9 / 29), middle, new() { Steps = 4 });
        await overview.Page.Mouse.UpAsync();

        await Expect(overview.Page.GetByTestId("from")).ToHaveValueAsync("2017-11-01");
        await Expect(overview.Page.GetByTestId("to")).ToHaveValueAsync("2017-11-10");
    }

    [Fact]
    public async Task Back_returns_to_the_view_before()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=1&range=all");
        await overview.Page.GetByTestId("range-30d").ClickAsync();
        await Expect(overview.Page.GetByTestId("range-30d")).ToHaveAttributeAsync("aria-current", "page");

        await overview.Page.GoBackAsync();

        await Expect(overview.Page.GetByTestId("range-all")).ToHaveAttributeAsync("aria-current", "page");
    }

    [Theory]
    [InlineData("tenant=4&range=live")]
    [InlineData("tenant=1&range=all")]
    [InlineData("tenant=1&range=custom&from=2017-11-01&to=2017-11-30&compare=year_over_year&table=1")]
    [InlineData("tenant=2&range=custom&from=2003-05-01&to=2003-05-07")]
    public async Task Nothing_sticks_out_of_a_screen_of_360_pixels(string view)
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(width: 360, height: 740), stack.Address);
        await overview.OpenAsync(view);
        await overview.Tile("revenue").WaitForAsync();

        Assert.Equal(360, await overview.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Every_control_is_large_enough_to_hit()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(width: 360, height: 740), stack.Address);
        await overview.OpenAsync("tenant=1&range=all&table=1");
        await overview.Products.Locator("tbody tr").First.WaitForAsync();

        var small = await overview.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('button, select, input, nav a')]
              .map(control => [control.outerHTML.slice(0, 80), control.getBoundingClientRect()])
              .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
              .map(([html, box]) => `${box.width} × ${box.height}: ${html}`)
            """);

        Assert.Empty(small);
    }
}
