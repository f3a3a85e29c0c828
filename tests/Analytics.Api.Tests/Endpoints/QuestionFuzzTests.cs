using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Whatever is asked, the answer is an answer or says what is wrong: never that we are broken.</summary>
[Collection(ApiCollection.Name)]
public sealed class QuestionFuzzTests(RunningApi api)
{
    private const int Cases = 1_000;

    private static readonly (string Kind, string Json)[] Questions =
    [
        ("query", """{"metrics": ["revenue", "conversion_rate", {"name": "a", "event": "x", "measure": "p95", "property": "properties.ms", "filter": {"property": "country", "op": "in", "value": ["DE", "AT"]}}], "formulas": [{"name": "f", "formula": "revenue / (a + 1)"}], "filter": {"any": [{"property": "revenue", "op": "between", "value": [1, 2]}, {"all": [{"property": "properties.x", "op": "regex", "value": "^a"}]}]}, "breakdown": ["country", "properties.plan"], "limit": 3, "start": "2024-05-01", "end": "2024-05-03", "granularity": "day", "compare": "year_over_year", "moving_average": 3, "time_zone": "Europe/Berlin", "bots": "exclude"}"""),
        ("query", """{"metrics": ["revenue", "units"], "breakdown": ["product_id"], "range": "all"}"""),
        ("funnel", """{"steps": ["a", {"event": "b", "within": "1h", "filter": {"property": "country", "value": "DE"}}, "c"], "exclusions": [{"event": "x", "from_step": 1, "to_step": 2}], "order": "ordered", "window": "14d", "breakdown": "country", "attribution": "last", "range": "7d"}"""),
        ("retention", """{"start_event": "a", "return_event": {"event": "b"}, "mode": "first_time", "period": "week", "periods": 5, "range": "12w"}"""),
        ("retention", """{"start_event": "a", "clock": "rolling", "periods": 5, "range": "12d"}"""),
        ("lifecycle", """{"event": "a", "period": "month", "range": "6mo"}"""),
        ("stickiness", """{"event": {"event": "a", "filter": []}, "period": "day", "range": "30d"}"""),
        ("paths", """{"from": "a", "by": "page", "direction": "previous", "depth": 4, "gap": "10m", "range": "24h"}"""),
        ("experiment", """{"exposure": "a", "variant": "properties.v", "goals": ["b", {"event": "c", "property": "revenue"}], "window": "3d", "split": [{"variant": "x", "share": 1}], "range": "30d"}"""),
        ("sessions", """{"group_by": "source", "limit": 5, "range": "7d"}"""),
    ];

    private static readonly string[] Odd =
    [
        "null", "true", "-1", "0", "1e400", "99999999999999999999", "1.5", "\"\"", "\" \"", "\"'\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "[]", "{}", "[[[[]]]]", "[null]", "\"2024-02-30\"", "\"1971-01-01\"", "\"2105-12-31\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"36600d\"", "\"1200mo\"", "\"99999999w\"", "\"-5d\"", "\"all\"", "\"properties.\"", "\"properties.'\"", "\"event_time\"", "\"revenue\"", "\"status\"", "\"is_bot\"", "\"country\"",
        "\"(\"", "\"[a-\"", "\"month\"", "\"minute\"", "\"regex\"", "\">\"", "\"set\"", "\"Asia/Kolkata\"", "\"UTC; DROP\"", "{\"any\": []}", "{\"property\": \"event_time\", \"op\": \">\", \"value\": \"2024-01-01T00:00:00Z\"}", "\"p99\"", "\"__other__\"",
    ];

    [Fact]
    public async Task No_question_breaks_anything()
    {
        var random = new Random(1_122);
        var cases = Enumerable.Range(0, Cases).Select(_ =>
        {
            var (kind, json) = Questions[random.Next(Questions.Length)];
            var question = JsonNode.Parse(json)!;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                Change(question, random);
            }

            return (Kind: kind, Json: question.ToJsonString());
        }).ToList();
        var answered = 0;
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, cancel) =>
        {
            var (reply, body) = await api.PostAsync($"/api/v1/analytics/1/{one.Kind}", one.Json, api.ReadKey);
            Assert.True((int)reply.StatusCode is 200 or 400 or 422, $"{one.Kind} {one.Json}\n{reply.StatusCode} {body}");
            Assert.Equal(reply.StatusCode == HttpStatusCode.OK ? "application/json" : "application/problem+json", reply.Content.Headers.ContentType!.MediaType);
            Interlocked.Add(ref answered, reply.StatusCode == HttpStatusCode.OK ? 1 : 0);
        });
        Assert.True(answered > Cases / 20, $"Only {answered} of {Cases} questions were answered: the others test the reader alone.");
    }

    [Theory]
    [InlineData("{\"metrics\": [\"\\ud800\"]}")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("{\"metrics\": [\"revenue\"], \"metrics\": [\"orders\", \"orders\"]}")]
    public async Task What_is_no_text_or_too_deep_is_no_question(string json)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));

        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync("/api/v1/analytics/1/query", content, api.ReadKey)).Reply.StatusCode);
    }

    [Theory]
    [InlineData("name=revenue&start=1971-01-01&end=1971-02-01&compare=previous_period")]
    [InlineData("name=visitors&range=100y&granularity=month&compare=match_weekday")]
    public async Task Comparisons_may_reach_further_back_than_any_event(string query) => await api.FiguresAsync("/api/v1/metrics?app_id=1&" + query);

    // Somewhere in the tree: another value, a value less, or one more.
    private static void Change(JsonNode node, Random random)
    {
        while (true)
        {
            var keys = node is JsonObject fields ? fields.Select(field => field.Key).ToList() : [];
            var count = node is JsonArray items ? items.Count : keys.Count;
            var index = count == 0 ? 0 : random.Next(count);
            var child = count == 0 ? null : node is JsonArray array ? array[index] : node[keys[index]];
            if (child is JsonObject or JsonArray && random.Next(3) > 0)
            {
                node = child;
                continue;
            }

            var odd = JsonNode.Parse(Odd[random.Next(Odd.Length)]);
            switch (node)
            {
                case JsonArray list when count == 0 || random.Next(4) == 0:
                    list.Add(odd);
                    return;
                case JsonArray list:
                    list[index] = odd;
                    return;
                case JsonObject some when count > 0 && random.Next(5) > 0:
                    some[keys[index]] = odd;
                    return;
                case JsonObject some when count > 0:
                    some.Remove(keys[index]);
                    return;
                default:
                    return;
            }
        }
    }
}
