using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Analytics.Api.Exporting;

namespace Analytics.Api.Tests.Exporting;

[Collection(ApiCollection.Name)]
public sealed class SalesReportTests(RunningApi api) : IAsyncLifetime
{
    private const string Days = "?start=2024-05-01&end=2024-05-31";

    public async Task InitializeAsync()
    {
        foreach (var table in (string[])["cells", "uniques", "product_cells", "stock_levels", "session_cells"])
        {
            await api.ClickHouse.ExecuteAsync($"TRUNCATE TABLE {table}");
        }

        // Sixty days: the number n of a day sells 20 + 7 × (n mod 9) + n orders of 25.00.
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO cells (tenant, window, name, currency, source, country, device, epoch, chunk, ver, events, units, revenue, keep_until)
            SELECT 2, toDateTime('2024-04-01 10:00:00', 'UTC') + INTERVAL number DAY, 'order_placed', 'EUR', 'search', 'DE', 'mobile', 1, 0, 1, 20 + 7 * (number % 9) + number AS placed, placed, placed * 2500, toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(60)
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO cells (tenant, window, name, source, country, device, epoch, chunk, ver, events, keep_until)
            SELECT 2, toDateTime('2024-04-01 10:00:00', 'UTC') + INTERVAL number DAY, 'page_view', ['search', 'direct', 'email'][1 + number % 3], 'DE', 'mobile', 1, 0, 1, 400, toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(60)
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO uniques SELECT 2, toDateTime('2024-04-01 10:00:00', 'UTC') + INTERVAL number DAY, 'page_view', 'DE', 'mobile', ['search', 'direct', 'email'][1 + number % 3], 0,
                arrayReduce('uniqCombined64State(17)', range(toUInt64(number * 50), toUInt64(number * 50 + 150))), arrayReduce('uniqCombined64State(17)', emptyArrayUInt64()), toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(60)
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO product_cells (tenant, window, product_id, name, currency, epoch, chunk, ver, events, units, revenue, keep_until)
            SELECT 2, toDateTime('2024-04-01 10:00:00', 'UTC') + INTERVAL number % 60 DAY, 'lamp-' || toString(intDiv(number, 60)), 'order_placed', 'EUR', 1, 0, 1, 1, 1 + number % 3, (1 + number % 3) * 1999 * (20 - intDiv(number, 60)), toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(1200)
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, title, keep_until)
            SELECT 2, 'lamp-' || toString(number), '2024-05-29 00:00:00', generateUUIDv4(), number * 2, 'Desk lamp number ' || toString(number) || if(number = 3, ' with a brass stand, a linen shade, a cable of three metres and a switch – “Größe M” ', ''), toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(20)
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_report_is_a_file_of_A4_pages_with_a_title()
    {
        using var reply = await SendAsync(2, Days);
        var bytes = await reply.Content.ReadAsByteArrayAsync();
        var (file, pages) = Read(bytes);

        Assert.Equal(("application/pdf", "attachment; filename=sales-two-2024-05-01-to-2024-05-30.pdf; filename*=UTF-8''sales-two-2024-05-01-to-2024-05-30.pdf"), (reply.Content.Headers.ContentType!.ToString(), reply.Content.Headers.ContentDisposition!.ToString()));
        Assert.Contains($"/Title <FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes("Sales report of Two"))}>", file, StringComparison.Ordinal);
        Assert.Equal(2, pages.Count);
        Assert.Contains("/MediaBox [0 0 595.28 841.89]", file, StringComparison.Ordinal);
        Assert.InRange(bytes.Length, 20_000, 120_000);
    }

    [Fact]
    public async Task A_report_says_the_period_the_figures_the_products_and_what_is_sold_out_soon()
    {
        var (_, pages) = Read(await (await SendAsync(2, Days)).Content.ReadAsByteArrayAsync());
        var text = string.Concat(pages);

        // Orders of May are those of the days 30 to 59.
        Assert.Contains(Glyphs("Two", isBold: true), text, StringComparison.Ordinal);
        Assert.Contains(Glyphs("1 May 2024 – 30 May 2024"), text, StringComparison.Ordinal);
        Assert.Contains(Glyphs($"{Enumerable.Range(30, 30).Sum(day => 20 + (7 * (day % 9)) + day):N0}", isBold: true), text, StringComparison.Ordinal);
        Assert.Contains(Glyphs("Desk lamp number 0"), text, StringComparison.Ordinal);
        Assert.Contains(Glyphs("Sold out within two weeks of 31 May 2024", isBold: true), text, StringComparison.Ordinal);
        Assert.Contains(Glyphs("Page 2 of 2"), pages[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "?start=2020-01-01&end=2020-01-02", 1)]
    [InlineData(3, "?period=today", 1)]
    [InlineData(2, "?start=2024-05-01&end=2024-05-02&granularity=day", 2)]
    [InlineData(2, "?start=2024-05-01&end=2024-05-31&compare=year_over_year&granularity=month", 2)]
    public async Task A_report_of_little_or_nothing_is_one_too(long tenant, string query, int pages)
    {
        using var reply = await SendAsync(tenant, query);

        Assert.Equal(pages, Read(await reply.Content.ReadAsByteArrayAsync()).Pages.Count);
    }

    [Fact]
    public async Task What_cannot_be_reported_is_told_as_a_problem() => Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(2, "?compare=yesterday")).StatusCode);

    [Fact]
    public async Task Somebody_elses_figures_are_not_reported() => Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(9, Days)).StatusCode);

    [Fact]
    public void Missing_fonts_are_told_with_what_to_do()
    {
        var problem = Assert.Throws<Problem>(() => new ReportFonts(new() { FontFolder = "/nowhere" }).Faces());

        Assert.Equal((503, "fonts-unavailable"), (problem.Status, problem.Type));
        Assert.Contains("fonts-dejavu-core", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(4.1, 2)]
    [InlineData(9.5, 2.5)]
    [InlineData(1_234, 500)]
    [InlineData(0.03, 0.01)]
    public void An_axis_has_round_steps(double most, double step) => Assert.Equal(step, ReportChart.StepOf(most), 1e-12);

    // The file, once its table of objects is seen to be right, and what its pages draw.
    private static (string File, List<string> Pages) Read(byte[] bytes)
    {
        var file = Encoding.Latin1.GetString(bytes);
        Assert.StartsWith("%PDF-1.7\n", file, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", file, StringComparison.Ordinal);
        var table = int.Parse(Regex.Match(file, @"startxref\n(\d+)\n").Groups[1].Value, CultureInfo.InvariantCulture);
        var places = Regex.Matches(file[table..], @"(\d{10}) 00000 n ").Select(place => int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.All(places.Index(), place => Assert.StartsWith($"{place.Index + 1} 0 obj\n", file[place.Item..], StringComparison.Ordinal));
        var contents = Regex.Matches(file, @"/Contents (\d+) 0 R").Select(page => Unpack(bytes, file, places[int.Parse(page.Groups[1].Value, CultureInfo.InvariantCulture) - 1]));
        return (file, [.. contents]);
    }

    private static string Unpack(byte[] bytes, string file, int place)
    {
        var start = file.IndexOf("stream\n", place, StringComparison.Ordinal) + "stream\n".Length;
        var length = int.Parse(Regex.Match(file[place..start], @"/Length (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        using var unpacking = new StreamReader(new ZLibStream(new MemoryStream(bytes, start, length), CompressionMode.Decompress));
        return unpacking.ReadToEnd();
    }

    private string Glyphs(string text, bool isBold = false)
    {
        var faces = ((ReportFonts)api.Services.GetService(typeof(ReportFonts))!).Faces();
        return string.Concat(text.EnumerateRunes().Select(letter => (isBold ? faces.Bold : faces.Regular).GlyphOf(letter).ToString("X4", CultureInfo.InvariantCulture)));
    }

    private async Task<HttpResponseMessage> SendAsync(long tenant, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{api.Url}/api/v1/sellers/{tenant}/export.pdf{query}"));
        request.Headers.Authorization = new("Bearer", api.ReadKey);
        return await api.Http.SendAsync(request);
    }
}
