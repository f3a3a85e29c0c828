using System.Net;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Retention, lifecycle, stickiness, paths, experiments and sessions over HTTP; what their numbers are is tested where they are read.</summary>
[Collection(ApiCollection.Name)]
public sealed class UserQuestionsTests(RunningApi api) : IAsyncLifetime
{
    private const string May = "\"start\": \"2025-05-05\", \"end\": \"2025-05-08\"";

    public async Task InitializeAsync()
    {
        const string Events = "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, properties, kafka_offset, keep_until) FORMAT TSV";
        var rows = ((string Name, string Time, string User, string Variant)[])
        [
            ("saw", "2025-05-05 10:00:00", "u1", "A"), ("bought", "2025-05-05 10:05:00", "u1", ""), ("bought", "2025-05-07 10:05:00", "u1", ""),
            ("saw", "2025-05-05 10:00:00", "u2", "B"), ("saw", "2025-05-06 10:00:00", "u3", "B"),
        ];
        await api.ClickHouse.InsertAsync(Events, Encoding.ASCII.GetBytes(string.Concat(rows.Select((row, index) =>
            $"1\t{row.Time[..10]}\t{row.Name}\t{new Guid(index + 1, 5, 25, [0, 0, 0, 0, 0, 0, 0, 0])}\t{row.Time}.000\t{row.User}\t{{'variant':'{row.Variant}'}}\t{index}\t2100-01-01 00:00:00\n"))));
        const string Sessions =
            "INSERT INTO session_cells (tenant, window, user, session, epoch, kafka_partition, chunk, ver, first_at, last_at, events, page_views, orders, source, keep_until) FORMAT TSV";
        await api.ClickHouse.InsertAsync(Sessions, Encoding.ASCII.GetBytes(
            "1\t2025-05-05 10:00:00\t7\t0\t1\t0\t0\t1\t2025-05-05 10:00:00.000\t2025-05-05 10:01:00.000\t4\t3\t1\tsearch\t2100-01-01 00:00:00\n"
            + "1\t2025-05-05 10:00:00\t8\t0\t1\t0\t0\t1\t2025-05-05 10:00:00.000\t2025-05-05 10:00:00.000\t1\t1\t0\tdirect\t2100-01-01 00:00:00\n"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Retention_is_a_matrix_of_cohorts_and_periods()
    {
        var body = await AskAsync("retention", $"{{{May}, \"start_event\": \"saw\", \"return_event\": \"bought\", \"periods\": 2}}");

        var cohorts = body.GetProperty("cohorts");
        Assert.Equal([2, 1, 0], cohorts.EnumerateArray().Select(cohort => cohort.GetProperty("users").GetInt32()));
        Assert.Equal([0.5, 0, 0.5], cohorts[0].GetProperty("periods").EnumerateArray().Select(cell => cell.GetProperty("rate").GetDouble()));
        Assert.True(cohorts[0].GetProperty("periods")[2].GetProperty("is_finished").GetBoolean());
        Assert.Equal("[0.333333,0,0.333333]", body.GetProperty("mean_rates").GetRawText());
    }

    [Fact]
    public async Task Cells_that_still_grow_are_marked_and_those_to_come_are_empty()
    {
        var cohorts = (await AskAsync("retention", "{\"range\": \"today\", \"periods\": 2}")).GetProperty("cohorts");

        var cells = Assert.Single(cohorts.EnumerateArray()).GetProperty("periods");
        Assert.Equal((JsonValueKind.Number, JsonValueKind.Null), (cells[0].GetProperty("users").ValueKind, cells[1].GetProperty("users").ValueKind));
        Assert.False(cells[0].GetProperty("is_finished").GetBoolean());
    }

    [Fact]
    public async Task Lifecycle_and_stickiness_tell_how_users_come_and_go()
    {
        var points = (await AskAsync("lifecycle", $"{{{May}}}")).GetProperty("points");
        var stickiness = await AskAsync("stickiness", $"{{{May}}}");

        Assert.Equal(["2 0 0 0", "1 0 0 2", "0 0 1 1"], points.EnumerateArray().Select(point => string.Join(' ', ((string[])["new", "returning", "resurrected", "dormant"]).Select(kind => point.GetProperty(kind).GetInt32()))));
        Assert.Equal((3, 3), (stickiness.GetProperty("users").GetInt32(), stickiness.GetProperty("periods").GetInt32()));
        Assert.Equal([(1, 2), (2, 1)], stickiness.GetProperty("bars").EnumerateArray().Select(bar => (bar.GetProperty("periods").GetInt32(), bar.GetProperty("users").GetInt32())));
    }

    [Fact]
    public async Task Stickiness_is_told_group_by_group_the_largest_first_and_the_others_last()
    {
        // By the first event of the range: u2 and u3 saw B, each on one day; u1 saw A and came on two.
        var groups = (await AskAsync("stickiness", $"{{{May}, \"breakdown\": \"properties.variant\", \"limit\": 1}}")).GetProperty("groups");

        Assert.Equal([("B", false, 2, 1.0), (null, true, 1, 2.0)], groups.EnumerateArray().Select(group => (
            group.GetProperty("label").GetString(), group.GetProperty("is_other").GetBoolean(), group.GetProperty("users").GetInt32(), group.GetProperty("mean_periods").GetDouble())));
        Assert.Equal("""[{"periods":2,"users":1,"share":1}]""", groups[1].GetProperty("bars").GetRawText());
    }

    [Fact]
    public async Task Paths_tell_what_came_next()
    {
        var body = await AskAsync("paths", $"{{{May}, \"from\": \"saw\", \"depth\": 1}}");

        Assert.Equal(3, body.GetProperty("paths").GetInt32());
        Assert.Equal([("bought", false, 1), (null, true, 2)], body.GetProperty("links").EnumerateArray().Select(link => (link.GetProperty("to").GetString(), link.GetProperty("is_end").GetBoolean(), link.GetProperty("count").GetInt32())));
    }

    [Fact]
    public async Task An_experiment_compares_its_variants_and_checks_their_split()
    {
        var body = await AskAsync("experiment", $"{{{May}, \"exposure\": \"saw\", \"variant\": \"properties.variant\", \"goals\": [\"bought\"], \"split\": [{{\"variant\": \"A\", \"share\": 1}}]}}");

        Assert.Equal("A", body.GetProperty("control").GetString());
        var variants = body.GetProperty("variants");
        Assert.Equal([("A", 1, 1.0), ("B", 2, 0)], variants.EnumerateArray().Select(variant => (variant.GetProperty("name").GetString(), variant.GetProperty("users").GetInt32(), variant.GetProperty("goals")[0].GetProperty("value").GetDouble())));
        Assert.Equal(-1, variants[1].GetProperty("goals")[0].GetProperty("against_control").GetProperty("difference").GetDouble());
        Assert.Contains("'B'", body.GetProperty("sample_ratio").GetProperty("warning").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_tell_how_long_and_how_many_bounced()
    {
        var body = await AskAsync("sessions", $"{{{May}, \"group_by\": \"source\"}}");

        var totals = body.GetProperty("totals");
        Assert.Equal((2, 0.5, 30.0, 2.0), (totals.GetProperty("sessions").GetInt32(), totals.GetProperty("bounce_rate").GetDouble(), totals.GetProperty("mean_seconds").GetDouble(), totals.GetProperty("pages_per_session").GetDouble()));
        Assert.Equal(["direct", "search"], body.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("label").GetString()));
    }

    [Theory]
    [InlineData("retention", """{"clock": "rolling", "period": "week"}""", "clock")]
    [InlineData("retention", """{"range": "all", "start_event": {"evnt": "x"}}""", "start_event.evnt")]
    [InlineData("lifecycle", """{"period": "year"}""", "period")]
    [InlineData("stickiness", """{"range": "20y"}""", "range")]
    [InlineData("paths", """{"depth": 9, "from": "a"}""", "depth")]
    [InlineData("paths", """{}""", "from")]
    [InlineData("experiment", """{"exposure": "saw", "variant": "colour", "goals": ["x"]}""", "variant")]
    [InlineData("experiment", """{"exposure": "saw", "variant": "country"}""", "goals")]
    [InlineData("sessions", """{"group_by": "colour"}""", "group_by")]
    [InlineData("sessions", """[]""", "question")]
    public async Task What_is_wrong_is_told_under_its_path(string kind, string json, string path)
    {
        var (reply, body) = await api.PostAsync($"/api/v1/analytics/1/{kind}", json, api.ReadKey);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    private async Task<JsonElement> AskAsync(string kind, string json)
    {
        var (reply, body) = await api.PostAsync($"/api/v1/analytics/1/{kind}", json, api.ReadKey);
        Assert.True(reply.IsSuccessStatusCode, body.ToString());
        return body;
    }
}
