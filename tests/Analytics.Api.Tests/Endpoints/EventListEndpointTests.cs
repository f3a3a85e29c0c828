using System.Globalization;
using System.Net;
using System.Text;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class EventListEndpointTests(RunningApi api) : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        // The same rows each time: they replace each other.
        var rows = new StringBuilder();
        for (var index = 0; index < 30; index++)
        {
            var (day, country) = (1 + index % 3, index % 5 == 0 ? "AT" : index % 2 == 0 ? "DE" : "FR");
            rows.Append(CultureInfo.InvariantCulture, $"2\t2022-07-0{day}\t{(index % 4 == 0 ? "order_placed" : "page_view")}\t{new Guid(index + 1, 7, 7, new byte[8])}\t2022-07-0{day} 10:00:{index:D2}\t");
            rows.Append(CultureInfo.InvariantCulture, $"u{index % 6}\t{country}\t{(index % 4 == 0 ? "EUR" : "")}\t{(index % 4 == 0 ? 1_000 : 0)}\t{{'plan':'{(index % 2 == 0 ? "pro" : "it\\'s")}'}}\t2100-01-01 00:00:00\n");
        }

        await api.ClickHouse.InsertAsync(
            "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, country, currency, revenue, properties, keep_until) FORMAT TSV", Encoding.UTF8.GetBytes(rows.ToString()));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""[{"event": "page_view"}]""", """["country"]""", 1)]
    [InlineData("""[{"event": "page_view"}]""", """["country", "properties.plan"]""", 2)]
    [InlineData("""[{"event": "order_placed", "filter": {"property": "user_id", "op": "contains", "value": "U"}}]""", "[]", 1)]
    [InlineData("""["events"]""", """["is_bot"]""", 1)]
    [InlineData("""["events"]""", """["country"]""", 2, "\"start\": \"2022-07-01T10:00:00Z\", \"end\": \"2022-07-01T10:01:00Z\", \"granularity\": \"5s\"")]
    public async Task The_link_of_every_point_lists_as_many_events_as_the_point_counts(
        string metrics, string breakdown, int limit, string period = "\"start\": \"2022-07-01\", \"end\": \"2022-07-04\", \"granularity\": \"day\"")
    {
        var (reply, body) = await api.PostAsync(
            "/api/v1/analytics/2/query",
            $$"""{"metrics": {{metrics}}, "breakdown": {{breakdown}}, "limit": {{limit}}, {{period}}, "source": "raw"}""",
            api.ReadKey);

        Assert.True(reply.StatusCode == HttpStatusCode.OK, body.ToString());
        var starts = body.GetProperty("points").EnumerateArray().Select(point => point.GetString()!).Append(body.GetProperty("end").GetString()!).ToList();
        foreach (var series in body.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("series").EnumerateObject()).Select(one => one.Value))
        {
            var link = series.GetProperty("events").GetString()!;
            foreach (var (value, index) in series.GetProperty("values").EnumerateArray().Select((value, index) => (value.GetDouble(), index)))
            {
                var listed = await api.FiguresAsync(link.Replace("{start}", starts[index], StringComparison.Ordinal).Replace("{end}", starts[index + 1], StringComparison.Ordinal) + "&limit=500");
                Assert.True(value == listed.GetProperty("events").GetArrayLength(), $"{value} of {link} from {starts[index]}: {listed}");
            }
        }
    }

    [Fact]
    public async Task Parts_follow_each_other_by_their_cursor()
    {
        const string Address = "/api/v1/analytics/two/events?start=2022-07-01&end=2022-07-04&filter=country%3DDE%7CAT&limit=4";
        var (ids, next) = (new List<string>(), (string?)"");
        while (next is not null)
        {
            var part = await api.FiguresAsync(next.Length == 0 ? Address : $"{Address}&cursor={next}");
            ids.AddRange(part.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event_id").GetString()!));
            next = part.GetProperty("next").GetString();
        }

        Assert.Equal(18, ids.Count);
        Assert.Equal(18, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("cursor=x", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("filter=county%3DDE", "filter[0][0].property")]
    [InlineData("filter=status%3Dplaced%3Bcountry%3DDE", "filter")]
    [InlineData("filter=%7B%22property%22%3A%22name%22%2C%22value%22%3A%22%5Cud800%22%7D", "body")]
    public async Task What_is_wrong_is_told_under_its_path(string parameter, string path)
    {
        var (reply, body) = await api.GetAsync("/api/v1/analytics/2/events?" + parameter, api.ReadKey);

        Assert.True(reply.StatusCode == HttpStatusCode.BadRequest, body.ToString());
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    [Fact]
    public async Task Somebody_elses_events_are_not_there() =>
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/analytics/9/events", api.ReadKey)).Reply.StatusCode);
}
