using System.Globalization;
using System.Net;
using CsvHelper;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class ExportEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Days = "&start=2024-05-01&end=2024-05-03";

    public async Task InitializeAsync()
    {
        foreach (var table in (string[])["cells", "uniques", "product_cells", "stock_levels", "session_cells"])
        {
            await api.ClickHouse.ExecuteAsync($"TRUNCATE TABLE {table}");
        }

        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO product_cells SELECT 2, toDateTime(window, 'UTC'), product, 'order_placed', 'EUR', 1, 0, 0, 1, 1, units, revenue, 0, toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('window String, product String, units Int64, revenue Int64',
                ('2024-05-01 08:00:00', 'chair', 3, 7505), ('2024-05-01 08:00:00', '=cmd|calc', 1, 100), ('2024-04-30 08:00:00', 'chair', 4, 15010))
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, title, keep_until) VALUES
                (2, 'chair', '2024-04-01 00:00:00', generateUUIDv4(), 5, 'A "good", old chair\nof oak – Stühle', '2100-01-01 00:00:00'),
                (2, '=cmd|calc', '2024-04-01 00:00:00', generateUUIDv4(), 5, '@SUM(A1)', '2100-01-01 00:00:00')
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO cells (tenant, window, name, currency, source, epoch, chunk, ver, events, units, revenue, keep_until) VALUES
                (2, '2024-05-01 08:00:00', 'order_placed', 'EUR', 'search', 1, 0, 1, 2, 4, 7605, '2100-01-01 00:00:00')
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_table_is_a_file_in_the_form_of_RFC_4180()
    {
        using var reply = await SendAsync("report=products" + Days);
        var text = await reply.Content.ReadAsStringAsync();

        Assert.Equal("text/csv; charset=utf-8; header=present", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=products-two-2024-05-01-to-2024-05-02.csv; filename*=UTF-8''products-two-2024-05-01-to-2024-05-02.csv", reply.Content.Headers.ContentDisposition!.ToString());
        Assert.StartsWith("product_id,title,revenue,currency,", text, StringComparison.Ordinal);

        // Quotes are doubled, a cell with commas, quotes or line breaks is quoted, lines end with CR LF.
        Assert.Contains("\r\nchair,\"A \"\"good\"\", old chair\nof oak – Stühle\",75.05,EUR,3,", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_that_a_spreadsheet_would_run_is_shown_as_text_and_a_number_stays_one()
    {
        var rows = await RowsAsync("report=products" + Days);

        Assert.Equal(("'=cmd|calc", "'@SUM(A1)"), (rows[1]["product_id"], rows[1]["title"]));
        Assert.Equal(("-0.5", "150.1"), (rows[0]["revenue_change"], rows[0]["revenue_before"]));
    }

    [Fact]
    public async Task History_has_a_row_for_each_point_by_the_sellers_clock()
    {
        var rows = await RowsAsync("granularity=day" + Days);

        Assert.Equal(["2024-05-01", "2024-05-02"], rows.Select(row => row["start"]));
        Assert.Equal([("76.05", "2", "38.02"), ("0", "0", "")], rows.Select(row => (row["revenue"], row["orders"], row["aov"])));
        Assert.Equal("2024-05-01T00:00:00+02:00", (await RowsAsync("granularity=hour" + Days))[0]["start"]);
    }

    [Fact]
    public async Task A_byte_order_mark_comes_first_where_it_is_asked_for()
    {
        var plain = await (await SendAsync("granularity=day" + Days)).Content.ReadAsByteArrayAsync();
        var marked = await (await SendAsync("bom=include&granularity=day" + Days)).Content.ReadAsByteArrayAsync();

        Assert.Equal([0xef, 0xbb, 0xbf, .. plain], marked);
    }

    [Theory]
    [InlineData("report=traffic" + Days, "part,value,views", 3)]
    [InlineData("report=forecast&as_of=2024-05-03", "product_id,title,as_of,stock,method", 2)]
    [InlineData("report=listings", "product_id,title,score,known_weight,title_score", 2)]
    public async Task Every_page_has_its_table(string query, string header, int count)
    {
        var text = await (await SendAsync(query)).Content.ReadAsStringAsync();

        Assert.StartsWith(header, text, StringComparison.Ordinal);
        Assert.Equal(count, (await RowsAsync(query)).Count);
    }

    [Fact]
    public async Task A_table_longer_than_what_is_sent_at_a_time_is_whole()
    {
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO product_cells SELECT 2, toDateTime('2024-05-01 09:00:00', 'UTC'), 'lamp-' || toString(number), 'order_placed', 'EUR', 1, 0, 0, 1, 1, 1, 50, 0, toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(5000)");
        var rows = await RowsAsync("report=products" + Days);

        Assert.Equal(5_002, rows.Count);
        Assert.Equal(5_002, rows.Select(row => row["product_id"]).Distinct().Count());
    }

    [Theory]
    [InlineData("report=everything", 400)]
    [InlineData("bom=yes", 400)]
    [InlineData("report=products&sort=colour", 400)]
    [InlineData("granularity=minute&start=2020-01-01&end=2024-01-01", 400)]
    public async Task What_cannot_be_exported_is_told_as_a_problem(string query, int status)
    {
        using var reply = await SendAsync(query);

        Assert.Equal((status, "application/problem+json"), ((int)reply.StatusCode, reply.Content.Headers.ContentType!.MediaType));
        Assert.Null(reply.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task Somebody_elses_figures_are_not_exported() =>
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/sellers/9/export.csv", api.ReadKey)).Reply.StatusCode);

    private async Task<HttpResponseMessage> SendAsync(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{api.Url}/api/v1/sellers/2/export.csv?{query}");
        request.Headers.Authorization = new("Bearer", api.ReadKey);
        return await api.Http.SendAsync(request);
    }

    private async Task<List<IDictionary<string, string>>> RowsAsync(string query)
    {
        using var reply = await SendAsync(query);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var csv = new CsvReader(new StringReader(await reply.Content.ReadAsStringAsync()), CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<dynamic>().Select(row => ((IDictionary<string, object>)row).ToDictionary(cell => cell.Key, cell => (string)cell.Value))];
    }
}
