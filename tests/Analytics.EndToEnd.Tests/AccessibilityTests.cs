using Microsoft.Playwright;

namespace Analytics.EndToEnd.Tests;

/// <summary>axe-core, the checker most screen-reader users' advocates use, finds nothing serious on any state of the page in either theme.</summary>
[Collection(EndToEnd.Name)]
public sealed class AccessibilityTests(StackFixture stack, ChromiumFixture chromium)
{
    private const string AxeFile = "tests/clients/node_modules/axe-core/axe.min.js";

    private const string Check = """
        async () => {
          const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
          return result.violations
            .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
            .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${violation.help}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
        }
        """;

    public static TheoryData<string, ColorScheme> Views()
    {
        var views = new TheoryData<string, ColorScheme>();
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            views.Add("tenant=4&range=live", theme);
            views.Add("tenant=1&range=all", theme);
            views.Add("tenant=3&range=custom&from=2017-11-01&to=2017-11-30&compare=year_over_year", theme);
            views.Add("tenant=3&range=custom&from=2017-11-01&to=2017-11-30&compare=year_over_year&table=1", theme);
            views.Add("tenant=2&range=custom&from=2003-05-01&to=2003-05-07", theme);
            views.Add("tenant=987654", theme);
        }

        return views;
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task A_view_has_no_serious_problem(string view, ColorScheme theme)
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(theme: theme), stack.Address);
        await overview.OpenAsync(view);
        await overview.Page.Locator("[data-value], [data-testid=unknown-tenant]").First.WaitForAsync();

        Assert.Empty(await ProblemsAsync(overview.Page));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_form_for_a_key_has_no_serious_problem(ColorScheme theme)
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(theme: theme), stack.Address);
        await overview.OpenWithKeyAsync("", "not-a-key");
        await overview.Page.GetByTestId("key-refused").WaitForAsync();

        Assert.Empty(await ProblemsAsync(overview.Page));
    }

    /// <summary>What axe-core finds serious on a page.</summary>
    internal static async Task<string[]> ProblemsAsync(IPage page)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(FindAxe()));
        return await page.EvaluateAsync<string[]>(Check);
    }

    private static string FindAxe()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, AxeFile);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException($"expected {AxeFile} above {AppContext.BaseDirectory}, found none: run `npm ci` in tests/clients.");
    }
}
