using System.Net;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class SqlEndpointTests(RunningApi api) : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        // The same rows each time: they replace each other.
        const string Until = "2100-01-01 00:00:00";
        await api.ClickHouse.InsertAsync(
            "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, country, currency, revenue, properties, keep_until) FORMAT TSV",
            Encoding.ASCII.GetBytes(
                $"2\t2023-05-01\tpage_view\t00000000-0000-0000-0000-000000000001\t2023-05-01 10:00:00\tu1\tDE\t\t0\t{{'plan':'pro'}}\t{Until}\n"
                + $"2\t2023-05-01\torder_placed\t00000000-0000-0000-0000-000000000002\t2023-05-01 22:30:00\tu1\tDE\tEUR\t1999\t{{}}\t{Until}\n"
                + $"2\t2023-05-02\torder_placed\t00000000-0000-0000-0000-000000000003\t2023-05-02 09:00:00\tu2\tAT\tEUR\t501\t{{}}\t{Until}\n"
                + $"9\t2023-05-02\torder_placed\t00000000-0000-0000-0000-000000000004\t2023-05-02 09:00:00\tu9\tAT\tEUR\t99900\t{{}}\t{Until}\n"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_query_is_answered_in_columns_and_rows_and_says_what_it_was_held_to()
    {
        var (reply, body) = await AskAsync(
            "two", """{"query": "SELECT day(time) AS d, sum(revenue) AS revenue, uniq(user_id) AS users FROM events WHERE name = :name AND time >= '2023-05-01' AND time < '2023-05-03' GROUP BY d", "parameters": {"name": "order_placed"}}""");

        Assert.True(reply.StatusCode == HttpStatusCode.OK, body.ToString());
        Assert.Equal("""[["2023-05-01T22:00:00Z",25,2]]""", body.GetProperty("rows").GetRawText().Replace("25.00", "25", StringComparison.Ordinal));
        Assert.Equal(["d time", "revenue money", "users number"], body.GetProperty("columns").EnumerateArray().Select(column => $"{column.GetProperty("name")} {column.GetProperty("type")}"));
        Assert.Equal(("2023-04-30T22:00:00Z", "2023-05-02T22:00:00Z", "Europe/Berlin"), (body.GetProperty("start").GetString(), body.GetProperty("end").GetString(), body.GetProperty("time_zone").GetString()));
        Assert.Equal((1000, 30, false), (body.GetProperty("limits").GetProperty("rows").GetInt32(), body.GetProperty("limits").GetProperty("seconds").GetInt32(), body.GetProperty("has_more").GetBoolean()));
    }

    [Fact]
    public async Task Explain_says_what_would_be_read()
    {
        var (_, body) = await AskAsync("2", """{"query": "EXPLAIN SELECT country, count() FROM events GROUP BY country", "start": "2023-05-01", "end": "2023-05-03"}""");

        var plan = body.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()!).Zip(body.GetProperty("rows")[0].EnumerateArray()).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(("events", "country", "2023-04-30T22:00:00Z"), (plan["table"].GetString(), plan["columns"].GetString(), plan["start"].GetString()));
        Assert.True(plan["rows_at_most"].GetInt64() >= 3 && plan["bytes_about"].GetInt64() > 0);
    }

    [Theory]
    [InlineData("""{"query": "SELECT count()\nFROM evens"}""", "query", "Did you mean events?")]
    [InlineData("""{"query": "SELECT tenant FROM events"}""", "query", "Expected a column of events")]
    [InlineData("""{"query": "SELECT count() FROM events; DROP TABLE events"}""", "query", "the end")]
    [InlineData("""{"query": "SELECT count() FROM events WHERE url MATCHES '(' AND time > '2023-05-01'"}""", "filter", "regular expression")]
    [InlineData("""{"query": "SELECT count() FROM events", "range": "1x"}""", "range", "a number of minutes")]
    [InlineData("""{"query": "SELECT count() FROM events", "limit": 5}""", "limit", "which means nothing here")]
    [InlineData("""{"query": 5}""", "query", "Expected a query")]
    [InlineData("""{"query": "SELECT count() FROM events", "parameters": {"x": {}}}""", "parameters.x", "true or false")]
    [InlineData("""{"query": "SELECT count() FROM events WHERE name = '\ud800'"}""", "body", "surrogate")]
    [InlineData("""{"query": "SELECT count() FROM events", "parameters": {"\ud800": 1}}""", "body", "surrogate")]
    [InlineData("[]", "question", "an object")]
    public async Task What_is_wrong_is_told_with_its_place(string json, string path, string message)
    {
        var (reply, body) = await AskAsync("2", json);

        Assert.True(reply.StatusCode == HttpStatusCode.BadRequest, body.ToString());
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
        Assert.Contains(message, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_has_its_line_column_and_hint_apart()
    {
        var (_, body) = await AskAsync("2", """{"query": "SELECT count()\nFROM evens"}""");

        Assert.Equal((2, 6, "Did you mean events?"), (body.GetProperty("line").GetInt32(), body.GetProperty("column").GetInt32(), body.GetProperty("hint").GetString()));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("nine")]
    public async Task Somebody_elses_tenant_is_not_there(string app) =>
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(app, """{"query": "SELECT count() FROM events"}""")).Reply.StatusCode);

    private Task<(HttpResponseMessage Reply, JsonElement Body)> AskAsync(string app, string json) => api.PostAsync($"/api/v1/analytics/{app}/sql", json, api.ReadKey);
}
