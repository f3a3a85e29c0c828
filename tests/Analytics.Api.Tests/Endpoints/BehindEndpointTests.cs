using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Analytics.Core.Avro;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>The addresses that answers about users carry, followed; that lists and figures agree for every question is tested where they are read.</summary>
[Collection(ApiCollection.Name)]
public sealed partial class BehindEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string June = "\"start\": \"2021-06-01\", \"end\": \"2021-06-05\"";

    public async Task InitializeAsync()
    {
        // The same rows each time: they replace each other.
        const string Events = "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, session_id, country, properties, kafka_offset, keep_until) FORMAT TSV";
        var rows = ((string Name, string Time, string User, string Session, string Country, string Variant)[])
        [
            ("saw", "2021-06-01 10:00:00", "u1", "", "DE", "A"), ("bought", "2021-06-01 10:05:00", "u1", "", "DE", ""), ("bought", "2021-06-02 10:05:00", "u1", "", "FR", ""),
            ("saw", "2021-06-01 11:00:00", "u&2", "s1", "AT", "B"), ("left", "2021-06-01 11:01:00", "u&2", "s1", "AT", ""), ("saw", "2021-06-02 10:00:00", "u3", "", "", "B"), ("saw", "2021-06-02 10:01:00", "u3", "", "", "A"),
        ];
        await api.ClickHouse.InsertAsync(Events, Encoding.ASCII.GetBytes(string.Concat(rows.Select((row, index) =>
            $"3\t{row.Time[..10]}\t{row.Name}\t{new Guid(index + 1, 6, 21, [0, 0, 0, 0, 0, 0, 0, 0])}\t{row.Time}.000\t{row.User}\t{row.Session}\t{row.Country}\t{{'variant':'{row.Variant}'}}\t{index}\t2100-01-01 00:00:00\n"))));
        const string Sessions = "INSERT INTO session_cells (tenant, window, user, session, epoch, ver, first_at, last_at, events, source, keep_until) FORMAT TSV";
        var two = Hash64.Of("u&2"u8);
        var ofTwo = Hash64.Mix(Hash64.Join(two, Hash64.Of("s1"u8)));
        await api.ClickHouse.InsertAsync(Sessions, Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"3\t2021-06-01 10:00:00\t{Hash64.Of("u1"u8)}\t0\t1\t1\t2021-06-01 10:00:00.000\t2021-06-01 10:05:00.000\t2\tsearch\t2100-01-01 00:00:00\n3\t2021-06-01 11:00:00\t{two}\t{ofTwo}\t1\t1\t2021-06-01 11:00:00.000\t2021-06-01 11:01:00.000\t2\t\t2100-01-01 00:00:00\n3\t2021-06-02 10:00:00\t{Hash64.Of("u1"u8)}\t0\t1\t1\t2021-06-02 10:05:00.000\t2021-06-02 10:05:00.000\t1\tdirect\t2100-01-01 00:00:00\n")));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_funnel_s_address_lists_the_users_of_a_step_with_their_attempt_and_those_who_dropped_out()
    {
        var answer = await AskAsync("funnel", $"{{{June}, \"steps\": [\"saw\", \"bought\"], \"breakdown\": \"country\", \"limit\": 1}}");

        await AssertListedAsync(answer, answer.GetProperty("steps"), "users", "dropped", "open");
        foreach (var group in answer.GetProperty("groups").EnumerateArray())
        {
            await AssertListedAsync(group, group.GetProperty("steps"), "users", "dropped", "open");
        }

        var made = (await ListAsync(answer, answer.GetProperty("steps")[1], "users"))[0];
        Assert.Equal(("u1", "AT"), (made.GetProperty("user_id").GetString(), (await ListAsync(answer, answer.GetProperty("steps")[0], "dropped"))[0].GetProperty("label").GetString()));
        Assert.Equal([("saw", 1), ("bought", 2)], made.GetProperty("made_by").EnumerateArray().Select(one => (one.GetProperty("name").GetString(), one.GetProperty("step").GetInt32())));
        Assert.Equal(3, (await api.FiguresAsync(made.GetProperty("events").GetString()!)).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task Addresses_of_retention_lifecycle_and_stickiness_list_the_users_of_every_cell()
    {
        var retention = await AskAsync("retention", $"{{{June}, \"start_event\": \"saw\", \"return_event\": \"bought\", \"periods\": 1, \"breakdown\": \"country\"}}");
        var lifecycle = await AskAsync("lifecycle", $"{{{June}, \"breakdown\": \"country\"}}");
        var stickiness = await AskAsync("stickiness", $"{{{June}, \"breakdown\": \"country\", \"limit\": 1}}");

        foreach (var answer in retention.GetProperty("groups").EnumerateArray().Prepend(retention))
        {
            foreach (var cohort in answer.GetProperty("cohorts").EnumerateArray())
            {
                await AssertListedAsync(answer, cohort, "users");
                await AssertListedAsync(answer, cohort.GetProperty("periods"), cohort, "users");
            }
        }

        foreach (var answer in lifecycle.GetProperty("groups").EnumerateArray().Prepend(lifecycle))
        {
            await AssertListedAsync(answer, answer.GetProperty("points"), "new", "returning", "resurrected", "dormant");
        }

        foreach (var answer in stickiness.GetProperty("groups").EnumerateArray().Prepend(stickiness))
        {
            await AssertListedAsync(answer, answer.GetProperty("bars"), "users");
        }
    }

    [Fact]
    public async Task Addresses_of_paths_and_experiments_list_what_their_figures_count()
    {
        var paths = await AskAsync("paths", $"{{{June}, \"from\": \"saw\", \"depth\": 2, \"limit\": 1}}");
        var experiment = await AskAsync("experiment", $"{{{June}, \"exposure\": \"saw\", \"variant\": \"properties.variant\", \"goals\": [\"bought\"]}}");

        await AssertListedAsync(paths, paths, "paths");
        await AssertListedAsync(paths, paths.GetProperty("links"), "count");
        await AssertListedAsync(experiment, experiment, "users_of_several");
        foreach (var variant in experiment.GetProperty("variants").EnumerateArray())
        {
            await AssertListedAsync(variant, variant, "users");
            var goal = variant.GetProperty("goals")[0];
            await AssertListedAsync(goal, goal, "converted");
            Assert.Equal(variant.GetProperty("users").GetInt64() - goal.GetProperty("converted").GetInt64(), (await ListAsync(goal, goal, "not_converted")).Count);
        }
    }

    [Fact]
    public async Task Addresses_of_sessions_list_visits_and_each_visit_s_address_lists_its_events()
    {
        var sessions = await AskAsync("sessions", $"{{{June}, \"group_by\": \"source\"}}");

        foreach (var answer in sessions.GetProperty("groups").EnumerateArray().Prepend(sessions.GetProperty("totals")))
        {
            await AssertListedAsync(answer, answer, "sessions", "bounces", "engaged");
        }

        var visits = await ListAsync(sessions.GetProperty("totals"), sessions.GetProperty("totals"), "sessions");
        Assert.Equal(["u1", "u&2", "u1"], visits.Select(visit => visit.GetProperty("user_id").GetString()));
        foreach (var visit in visits)
        {
            var count = visit.GetProperty("visit").GetProperty("event_count").GetInt32();
            Assert.Equal((count, count), (visit.GetProperty("made_by").GetArrayLength(), (await api.FiguresAsync(visit.GetProperty("events").GetString()!)).GetProperty("events").GetArrayLength()));
        }
    }

    [Fact]
    public async Task Addresses_of_the_seller_s_pages_list_the_events_behind_their_figures()
    {
        const string July = "start=2021-07-01&end=2021-07-03";
        await api.ClickHouse.InsertAsync(
            "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, country, source, product_id, currency, keep_until) FORMAT TSV",
            Encoding.ASCII.GetBytes(string.Concat((((string Day, string Name)[])[("01", "page_view"), ("01", "page_view"), ("02", "page_view"), ("02", "order_placed")]).Select((row, index) => $"3\t2021-07-{row.Day}\t{row.Name}\t{new Guid(index + 1, 7, 21, new byte[8])}\t2021-07-{row.Day} 10:00:0{index}.000\tu1\t\tsearch\t\t\t2100-01-01 00:00:00\n"))));
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO cells SELECT tenant, toStartOfMinute(event_time), name, country, device, source, currency, is_bot, 1, 0, 0, 9, count(), 0, 0, 0, max(keep_until)
            FROM events FINAL WHERE tenant = 3 AND day >= '2021-07-01' AND day < '2021-07-03' GROUP BY ALL
            """);
        await api.ClickHouse.ExecuteAsync("INSERT INTO order_lines (tenant, day, order_id, status, event_id, event_time, product_id, quantity, keep_until) VALUES (3, '2021-07-02', 'o', 'placed', '00000004-0007-0015-0000-000000000000', '2021-07-02 10:00:03', 'p;1', 1, '2100-01-01 00:00:00')");
        await api.ClickHouse.ExecuteAsync("INSERT INTO product_cells (tenant, window, product_id, name, ver, events, units, keep_until) VALUES (3, '2021-07-02 10:00:00', 'p;1', 'order_placed', 9, 1, 1, '2100-01-01 00:00:00')");

        var history = await api.FiguresAsync($"/api/v1/sellers/3/metrics/history?{July}&granularity=day");
        var points = history.GetProperty("points").EnumerateArray().ToList();
        foreach (var figure in history.GetProperty("events").EnumerateObject())
        {
            for (var index = 0; index < points.Count; index++)
            {
                var end = index + 1 < points.Count ? points[index + 1].GetProperty("start") : history.GetProperty("end");
                var address = figure.Value.GetString()!.Replace("{start}", points[index].GetProperty("start").GetString(), StringComparison.Ordinal).Replace("{end}", end.GetString(), StringComparison.Ordinal);
                Assert.Equal(points[index].GetProperty(figure.Name).GetInt32(), await CountAsync(address));
            }
        }

        var product = Assert.Single((await api.FiguresAsync($"/api/v1/sellers/3/products/performance?{July}")).GetProperty("products").EnumerateArray());
        Assert.Equal(product.GetProperty("orders").GetInt32(), await CountAsync(product.GetProperty("events").GetString()!));
        var traffic = await api.FiguresAsync($"/api/v1/sellers/3/traffic?{July}");
        foreach (var part in ((string[])["sources", "countries", "devices"]).SelectMany(name => traffic.GetProperty(name).EnumerateArray()))
        {
            Assert.Equal((3, 3), (part.GetProperty("views").GetInt32(), await CountAsync(part.GetProperty("events").GetString()!)));
        }

        async Task<int> CountAsync(string address) => (await api.FiguresAsync(address)).GetProperty("events").GetArrayLength();
    }

    [Theory]
    [InlineData("""{"of": "funnel"}""", "question")]
    [InlineData("""{"of": "funnel", "question": {"steps": ["a", "b"], "range": "7d"} }""", "question")]
    [InlineData("""{"of": "what", "question": {"start": "2021-06-01", "end": "2021-06-05"} }""", "of")]
    [InlineData("""{"of": 1, "question": {"start": "2021-06-01", "end": "2021-06-05"} }""", "of")]
    [InlineData("""{"of": "funnel", "question": {"start": "2021-06-01", "end": "2021-06-05", "steps": ["a"]} }""", "question.steps")]
    [InlineData("""{"of": "funnel", "question": {"start": "2021-06-01", "end": "2021-06-05", "steps": ["a", "b"]} }""", "step")]
    [InlineData("""{"of": "funnel", "question": {"start": "2021-06-01", "end": "2021-06-05", "steps": ["a", "b"]}, "step": 1, "label": "x" }""", "label")]
    [InlineData("""{"of": "funnel", "question": {"start": "2021-06-01", "end": "2021-06-05", "steps": ["a", "b"]}, "step": 1, "cursor": "x" }""", "cursor")]
    [InlineData("""{"of": "retention", "question": {"start": "2021-06-01", "end": "2021-06-05"}, "after": 99 }""", "after")]
    [InlineData("""{"of": "lifecycle", "question": {"start": "2021-06-01", "end": "2021-06-05"}, "start": "2021-06-01T00:00:00Z" }""", "figure")]
    [InlineData("""{"of": "paths", "question": {"start": "2021-06-01", "end": "2021-06-05", "from": "a"}, "step": 1 }""", "from")]
    [InlineData("""{"of": "sessions", "question": {"start": "2021-06-01", "end": "2021-06-05"}, "label": "search" }""", "label")]
    [InlineData("[]", "question")]
    public async Task What_is_wrong_is_told_under_its_path(string json, string path)
    {
        var (reply, body) = await api.PostAsync("/api/v1/analytics/3/behind", json, api.ReadKey);

        Assert.True(reply.StatusCode == HttpStatusCode.BadRequest, body.ToString());
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    [Fact]
    public async Task Somebody_else_s_users_are_not_there() => Assert.Equal(
        HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/analytics/9/behind?of=sessions&question=%7B%22start%22:%222021-06-01%22,%22end%22:%222021-06-05%22%7D", api.ReadKey)).Reply.StatusCode);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Name();

    // Members of the point in the place of their names, as the document says.
    private static string Filled(string address, string figure, params JsonElement[] points) => Name().Replace(address, name =>
    {
        var member = name.Groups[1].Value;
        var value = member == "figure" ? figure : points.Select(point => point.TryGetProperty(member, out var found) && found.ValueKind != JsonValueKind.Null ? found.ToString() : null).FirstOrDefault(one => one is not null);
        return Uri.EscapeDataString(value is "True" or "False" ? value.ToLowerInvariant() : value ?? "");
    });

    private Task AssertListedAsync(JsonElement answer, JsonElement points, params string[] figures) => AssertListedAsync(answer, points, default, figures);

    private async Task AssertListedAsync(JsonElement answer, JsonElement points, JsonElement around, params string[] figures)
    {
        foreach (var point in points.ValueKind == JsonValueKind.Array ? points.EnumerateArray().ToList() : [points])
        {
            foreach (var figure in figures)
            {
                var (count, listed) = (point.GetProperty(figure).GetInt64(), await ListAsync(answer, point, figure, around));
                Assert.True(count == listed.Count, $"{figure} is {count} of {point}; listed: {string.Join('\n', listed)}");
            }
        }
    }

    private async Task<List<JsonElement>> ListAsync(JsonElement answer, JsonElement point, string figure, JsonElement around = default)
    {
        var address = Filled(answer.GetProperty("events").GetString()!, figure, around.ValueKind == JsonValueKind.Undefined ? [point] : [point, around]) + "&limit=1";
        var (items, next) = (new List<JsonElement>(), "");
        do
        {
            var part = await api.FiguresAsync(next.Length == 0 ? address : $"{address}&cursor={next}");
            items.AddRange(part.GetProperty("items").EnumerateArray());
            next = part.GetProperty("next").GetString() ?? "";
        }
        while (next.Length > 0);
        return items;
    }

    private async Task<JsonElement> AskAsync(string kind, string json)
    {
        var (reply, body) = await api.PostAsync($"/api/v1/analytics/3/{kind}", json, api.ReadKey);
        Assert.True(reply.IsSuccessStatusCode, body.ToString());
        return body;
    }
}
