using System.Net;
using System.Text;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class FunnelEndpointTests(RunningApi api) : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        const string Events = "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, country, kafka_offset, keep_until) FORMAT TSV";
        var rows = ((long Tenant, string Name, string Time, string User)[])
        [
            (2, "view", "10:00:00", "u1"), (2, "cart", "10:01:00", "u1"), (2, "view", "10:00:00", "u2"), (9, "view", "10:00:00", "u3"), (9, "cart", "10:01:00", "u3"),
        ];
        await api.ClickHouse.InsertAsync(Events, Encoding.ASCII.GetBytes(string.Concat(rows.Select((row, index) =>
            $"{row.Tenant}\t2024-06-01\t{row.Name}\t{new Guid(index + 1, 6, 24, [0, 0, 0, 0, 0, 0, 0, 0])}\t2024-06-01 {row.Time}.000\t{row.User}\tDE\t{index}\t2100-01-01 00:00:00\n"))));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_funnel_tells_users_rates_and_times_of_its_steps()
    {
        var (reply, body) = await AskAsync("""{"start": "2024-06-01", "end": "2024-06-02", "steps": ["view", {"event": "cart", "within": "1h"}], "breakdown": "country"}""");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var steps = body.GetProperty("steps");
        Assert.Equal((2, 1), (steps[0].GetProperty("users").GetInt32(), steps[1].GetProperty("users").GetInt32()));
        Assert.Equal((0.5, 60), (steps[1].GetProperty("rate_from_first").GetDouble(), steps[1].GetProperty("median_seconds").GetDouble()));
        Assert.Equal("DE", body.GetProperty("groups")[0].GetProperty("label").GetString());
    }

    [Theory]
    [InlineData("""{"steps": ["view"]}""", "steps")]
    [InlineData("""{"steps": ["view", {"event": "cart", "within": "soon"}]}""", "steps[1].within")]
    [InlineData("""{"steps": ["view", "cart"], "window": "400d"}""", "window")]
    [InlineData("""{"steps": ["view", "cart"], "breakdown": "status"}""", "breakdown")]
    [InlineData("""{"steps": ["view", "cart"], "exclusions": [{"event": "x", "from_step": 2}]}""", "exclusions[0].from_step")]
    public async Task What_is_wrong_is_told_under_its_path(string json, string path)
    {
        var (reply, body) = await AskAsync(json);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    private Task<(HttpResponseMessage Reply, System.Text.Json.JsonElement Body)> AskAsync(string json) => api.PostAsync("/api/v1/analytics/2/funnel", json, api.ReadKey);
}
