using System.IO.Compression;
using Microsoft.Playwright;

namespace Analytics.EndToEnd.Tests;

/// <summary>The page stays light: what a first visit must fetch before it can show anything.</summary>
[Collection(EndToEnd.Name)]
public sealed class WeightTests(StackFixture stack, ChromiumFixture chromium)
{
    private const int MostScriptBytes = 120 * 1024;

    [Fact]
    public async Task The_scripts_of_a_first_visit_fit_into_120_KB_compressed()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        var scripts = new List<IResponse>();
        overview.Page.Response += (_, response) =>
        {
            if (response.Request.ResourceType == "script")
            {
                scripts.Add(response);
            }
        };

        await overview.OpenAsync("tenant=1&range=all");
        await overview.Tile("revenue").WaitForAsync();

        var bytes = 0;
        foreach (var script in scripts)
        {
            bytes += Compressed(await script.BodyAsync());
        }

        Assert.InRange(bytes, 1, MostScriptBytes);
    }

    [Fact]
    public async Task Nothing_is_fetched_from_elsewhere()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        var elsewhere = new List<string>();
        overview.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(stack.Address.ApiUrl + "/", StringComparison.Ordinal))
            {
                elsewhere.Add(request.Url);
            }
        };

        await overview.OpenAsync("tenant=4&range=live");
        await overview.IsLiveAsync();

        Assert.Empty(elsewhere);
    }

    private static int Compressed(byte[] body)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return (int)target.Length;
    }
}
