using System.Net;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class QueryEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Days = "\"start\": \"2024-05-01\", \"end\": \"2024-05-03\", \"granularity\": \"day\"";

    public async Task InitializeAsync()
    {
        // The same rows each time: they replace each other.
        const string Cells = "INSERT INTO cells (tenant, window, name, country, currency, epoch, kafka_partition, chunk, ver, events, units, revenue, keep_until) FORMAT TSV";
        const string Until = "2100-01-01 00:00:00";
        await api.ClickHouse.InsertAsync(Cells, Encoding.ASCII.GetBytes(
            $"2\t2024-04-29 10:00:00\torder_placed\tDE\tEUR\t1\t0\t7\t7\t1\t1\t1000\t{Until}\n"
            + $"2\t2024-05-01 10:00:00\torder_placed\tDE\tEUR\t1\t0\t7\t7\t2\t3\t4000\t{Until}\n"
            + $"2\t2024-05-02 10:00:00\torder_placed\tAT\tEUR\t1\t0\t7\t7\t1\t1\t2050\t{Until}\n"
            + $"2\t2024-05-02 10:00:00\tpage_view\tAT\t\t1\t0\t7\t7\t9\t0\t0\t{Until}\n"
            + $"9\t2024-05-02 10:00:00\torder_placed\tAT\tEUR\t1\t0\t7\t7\t99\t99\t9900\t{Until}\n"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_question_is_answered_group_by_group_and_point_by_point()
    {
        var (reply, body) = await AskAsync(
            "2",
            $$"""
            { {{Days}}, "metrics": ["revenue", "orders"], "formulas": [{"name": "mean", "formula": "revenue / orders"}], "breakdown": ["country"],
              "compare": "previous_period", "moving_average": 2 }
            """);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("cells", body.GetProperty("source").GetString());
        Assert.Equal(["2024-04-30T22:00:00Z", "2024-05-01T22:00:00Z"], body.GetProperty("points").EnumerateArray().Select(point => point.GetString()));
        Assert.Equal([("revenue", "money"), ("orders", "number"), ("mean", "money")], body.GetProperty("metrics").EnumerateArray().Select(metric => (metric.GetProperty("name").GetString(), metric.GetProperty("unit").GetString())));
        var groups = body.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(["DE", "AT"], groups.Select(group => group.GetProperty("labels").GetProperty("country").GetString()));
        var germany = groups[0].GetProperty("series");
        Assert.Equal("[40,0]", germany.GetProperty("revenue").GetProperty("values").GetRawText());
        Assert.Equal("[null,20]", germany.GetProperty("revenue").GetProperty("moving_average").GetRawText());
        Assert.Equal((20, 3), (germany.GetProperty("mean").GetProperty("total").GetDouble(), germany.GetProperty("revenue").GetProperty("compared").GetProperty("change").GetDouble()));
        Assert.Equal("[20,null]", germany.GetProperty("mean").GetProperty("values").GetRawText());
        Assert.Equal(JsonValueKind.Null, groups[1].GetProperty("series").GetProperty("orders").GetProperty("compared").GetProperty("change").ValueKind);
        Assert.Equal("previous_period", body.GetProperty("compare").GetProperty("mode").GetString());
    }

    [Fact]
    public async Task The_same_question_may_be_sent_with_get_and_under_the_id_of_the_customers_own_system()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Url + "/api/v1/analytics/two/query") { Content = new StringContent($"{{{Days}, \"metrics\": [\"orders\"]}}", Encoding.UTF8, "application/json") };
        var (reply, body) = await api.SendAsync(request, api.ReadKey);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(3, Total(body, "orders"));
    }

    [Fact]
    public async Task The_same_figures_can_be_asked_for_by_parameters()
    {
        var body = await api.FiguresAsync("/api/v1/metrics?app_id=2&name=revenue,page_views&start=2024-05-01&end=2024-05-03&group_by=country&filter=country%3DAT%7CDE;name!%3Dx&granularity=day");

        Assert.Equal([60.5, 9], ((string[])["revenue", "page_views"]).Select(name => body.GetProperty("groups").EnumerateArray().Sum(group => group.GetProperty("series").GetProperty(name).GetProperty("total").GetDouble())));
    }

    [Theory]
    [InlineData("""{"metrics": ["revenue"], "filter": {"property": "county", "value": "DE"}}""", "filter.property")]
    [InlineData("""{"metrics": []}""", "metrics")]
    [InlineData("""{"metrics": ["revenue"], "filter": {"property": "country", "op": "regex", "value": "("}}""", "filter")]
    [InlineData("{", "body")]
    [InlineData("", "body")]
    public async Task What_is_wrong_is_told_under_its_path(string json, string path)
    {
        var (reply, body) = await AskAsync("2", json);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    [Theory]
    [InlineData("9")]
    [InlineData("nine")]
    [InlineData("77")]
    [InlineData("'")]
    public async Task Somebody_elses_tenant_is_not_there(string app) =>
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(Uri.EscapeDataString(app), "{\"metrics\": [\"orders\"]}")).Reply.StatusCode);

    private static double Total(JsonElement body, string name) => body.GetProperty("groups")[0].GetProperty("series").GetProperty(name).GetProperty("total").GetDouble();

    private Task<(HttpResponseMessage Reply, JsonElement Body)> AskAsync(string app, string json) => api.PostAsync($"/api/v1/analytics/{app}/query", json, api.ReadKey);
}
