using System.Globalization;
using Microsoft.Playwright;

namespace Analytics.EndToEnd.Tests;

/// <summary>The overview of a shop, as a reader uses it.</summary>
internal sealed class OverviewPage(IPage page, StackAddress stack) : IAsyncDisposable
{
    public IPage Page => page;

    public ILocator Connection => page.GetByTestId("connection");

    public ILocator Chart => page.GetByTestId("chart");

    public ILocator Products => page.GetByTestId("products");

    /// <summary>Opens a view by its address, as a link does: <c>tenant=1&amp;range=all</c>.</summary>
    public Task OpenAsync(string view) => page.GotoAsync($"{stack.ApiUrl}/?{view}");

    /// <summary>Opens a view with a key of the test's choice in place of the server's.</summary>
    public async Task OpenWithKeyAsync(string view, string key)
    {
        await page.GotoAsync($"{stack.ApiUrl}/favicon.svg");
        await page.EvaluateAsync("key => sessionStorage.setItem('analytics.read-key', key)", key);
        await OpenAsync(view);
    }

    /// <summary>Returns when the stream is connected: from here on the tiles move by themselves.</summary>
    public Task IsLiveAsync() => Assertions.Expect(Connection).ToHaveAttributeAsync("data-state", "live");

    public ILocator Tile(string metric) => page.Locator($"[data-metric={metric}][data-value]");

    /// <summary>The raw number of a tile, when there is one.</summary>
    public async Task<decimal> FigureAsync(string metric) =>
        decimal.Parse((await Tile(metric).GetAttributeAsync("data-value"))!, NumberStyles.Float, CultureInfo.InvariantCulture);

    public Task<string> BackgroundAsync() => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}
