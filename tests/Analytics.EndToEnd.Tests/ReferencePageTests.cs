using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Analytics.EndToEnd.Tests;

/// <summary>The page that shows the API's description.</summary>
[Collection(EndToEnd.Name)]
public sealed class ReferencePageTests(StackFixture stack, ChromiumFixture chromium)
{
    [Fact]
    public async Task It_lists_every_operation_finds_one_and_tries_it()
    {
        var page = await chromium.NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(stack.Address.ApiUrl + "/openapi");
        var operations = page.Locator("details.operation");
        var document = JsonDocument.Parse(await (await page.APIRequest.GetAsync(stack.Address.ApiUrl + "/openapi/v1.json")).TextAsync()).RootElement;

        await Expect(operations).ToHaveCountAsync(document.GetProperty("paths").EnumerateObject().Sum(path => path.Value.EnumerateObject().Count()));
        await page.GetByLabel("Find").FillAsync("what may i see");
        await Expect(operations).ToHaveCountAsync(1);
        await operations.First.ClickAsync();
        await page.GetByLabel("Key").FillAsync(stack.Address.ReadKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.GetByLabel("Answer")).ToContainTextAsync("\"time_zone\"");
        await Expect(page.GetByLabel("Answer")).ToContainTextAsync("200 OK");
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task It_has_no_serious_problem_of_access(ColorScheme theme)
    {
        var page = await chromium.NewPageAsync(theme: theme);
        await page.GotoAsync(stack.Address.ApiUrl + "/openapi#createKey");
        await Expect(page.Locator("#createKey textarea")).ToBeVisibleAsync();

        Assert.Empty(await AccessibilityTests.ProblemsAsync(page));
    }
}
