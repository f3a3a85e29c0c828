using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Testing;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class EventsEndpointTests(RunningApi api)
{
    private const string Batch = "/api/v1/events/batch";

    [Fact]
    public async Task Good_events_are_in_the_log_when_the_reply_comes_and_bad_ones_are_told_why()
    {
        var user = "u-" + Guid.NewGuid();
        var (reply, body) = await api.PostAsync(
            Batch,
            $$"""
            {"events":[
              {"event_id":"0188d0e2-0000-7000-8000-000000000001","tenant_id":2,"name":"page_view","user_id":"{{user}}"},
              {"tenant_id":2,"name":"page_view"},
              {"type":"order","tenant_id":1,"order_id":"o","user_id":"{{user}}","currency":"USD","lines":[{"product_id":"p","quantity":1,"unit_price":1}]},
              {"tenant_id":9,"name":"page_view","user_id":"{{user}}"}]}
            """,
            api.WriteKey);

        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        Assert.Equal((2, 2), (body.GetProperty("accepted").GetInt32(), body.GetProperty("rejected").GetInt32()));
        Assert.Equal(
            [("accepted", null), ("rejected", "missing_user"), ("accepted", null), ("rejected", "tenant_not_allowed")],
            body.GetProperty("events").EnumerateArray().Select(result => (result.GetProperty("status").GetString(), result.GetProperty("reason").GetString())));
        Assert.Equal("0188d0e2-0000-7000-8000-000000000001", body.GetProperty("events")[0].GetProperty("event_id").GetString());
        var record = api.Record(Topics.Clickstream, user);
        Assert.Equal(PartitionKey.Of(2, user), record.Key);
        Assert.Equal(Verdict.Accepted, WireFormat.Read(record.Value, out var schemaId));
        Assert.True(schemaId > 0);
        Assert.Equal(PartitionKey.Of(1, user), api.Record(Topics.Orders, user).Key);
    }

    [Fact]
    public async Task One_event_an_array_a_beacon_and_a_packed_body_are_taken()
    {
        const string Event = """{"name":"page_view","user_id":"u"}""";
        var packed = new ByteArrayContent(Gzip("[" + Event + "]"));
        packed.Headers.Add("Content-Encoding", "gzip");

        Assert.Equal(HttpStatusCode.Accepted, (await api.PostAsync("/events", Event, api.WriteKeyOfOne)).Reply.StatusCode);
        Assert.Equal(2, (await api.PostAsync("/events", $"[{Event},{Event}]", api.WriteKeyOfOne)).Body.GetProperty("accepted").GetInt32());
        Assert.Equal(1, (await api.PostAsync("/events?key=" + api.WriteKeyOfOne, new StringContent(Event), null)).Body.GetProperty("accepted").GetInt32());
        Assert.Equal(1, (await api.PostAsync(Batch, packed, api.WriteKeyOfOne)).Body.GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_large_event_is_refused_alone_and_a_large_body_as_a_whole()
    {
        var large = "{\"name\":\"page_view\",\"user_id\":\"u\",\"properties\":{\"a\":\"" + new string('x', 33_000) + "\"}}";
        var (reply, body) = await api.PostAsync(Batch, $$"""[{{large}},{"name":"page_view","user_id":"u"}]""", api.WriteKeyOfOne);
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        Assert.Equal("oversized", body.GetProperty("events")[0].GetProperty("reason").GetString());
        Assert.Equal("accepted", body.GetProperty("events")[1].GetProperty("status").GetString());

        // Small on the wire, too large unpacked.
        var bomb = new ByteArrayContent(Gzip(new string(' ', 2_000_000)));
        bomb.Headers.Add("Content-Encoding", "gzip");
        await AssertProblem(await api.PostAsync(Batch, bomb, api.WriteKeyOfOne), HttpStatusCode.RequestEntityTooLarge, "too-large");
        await AssertProblem(
            await api.PostAsync(Batch, "[" + string.Join(',', Enumerable.Repeat("{}", 1_001)) + "]", api.WriteKeyOfOne), HttpStatusCode.RequestEntityTooLarge, "too-large");
        await AssertProblem(await api.PostAsync(Batch, new string(' ', 1_100_000), api.WriteKeyOfOne), HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_told_so()
    {
        var broken = new ByteArrayContent([1, 2, 3]);
        broken.Headers.Add("Content-Encoding", "gzip");

        await AssertProblem(await api.PostAsync(Batch, "{\"events\":[", api.WriteKey), HttpStatusCode.BadRequest, "invalid-request");
        await AssertProblem(await api.PostAsync(Batch, "7", api.WriteKey), HttpStatusCode.BadRequest, "invalid-request");
        await AssertProblem(await api.PostAsync(Batch, broken, api.WriteKey), HttpStatusCode.BadRequest, "invalid-request");
        await AssertProblem(
            await api.PostAsync(Batch, new StringContent("<x/>", Encoding.UTF8, "text/xml"), api.WriteKey), HttpStatusCode.UnsupportedMediaType, "unsupported-type");
    }

    [Fact]
    public async Task Without_a_write_key_nothing_is_taken()
    {
        await AssertProblem(await api.PostAsync(Batch, "[]", null), HttpStatusCode.Unauthorized, "key-needed");
        await AssertProblem(await api.PostAsync(Batch, "[]", "ak_write_nobody"), HttpStatusCode.Unauthorized, "key-needed");
        await AssertProblem(await api.PostAsync(Batch, "[]", api.ReadKey), HttpStatusCode.Forbidden, "key-of-another-kind");
    }

    [Fact]
    public async Task While_the_broker_is_away_the_reply_is_503_and_says_what_to_send_again()
    {
        const string Event = """{"event_id":"0188d0e2-0000-7000-8000-0000000000aa","name":"page_view","user_id":"u"}""";
        await api.PostAsync(Batch, Event, api.WriteKeyOfOne);
        await api.Broker.GoDownAsync();
        try
        {
            var (reply, body) = await api.PostAsync(Batch, $$"""[{{Event}},{"name":"x"}]""", api.WriteKeyOfOne);

            await AssertProblem((reply, body), HttpStatusCode.ServiceUnavailable, "log-unavailable");
            Assert.Equal(TimeSpan.FromSeconds(5), reply.Headers.RetryAfter!.Delta);
            Assert.Equal(["failed", "rejected"], body.GetProperty("events").EnumerateArray().Select(result => result.GetProperty("status").GetString()));
            Assert.Equal("0188d0e2-0000-7000-8000-0000000000aa", body.GetProperty("events")[0].GetProperty("event_id").GetString());
        }
        finally
        {
            await api.Broker.ComeUpAsync();
        }

        await Eventually.HoldsAsync("events are taken again", async () =>
            (await api.PostAsync(Batch, Event, api.WriteKeyOfOne)).Reply.StatusCode == HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_page_of_another_site_may_send()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, api.Url + "/events");
        preflight.Headers.Add("Origin", "https://shop.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        var (reply, _) = await api.SendAsync(preflight, null);

        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    private static Task AssertProblem((HttpResponseMessage Reply, JsonElement Body) answer, HttpStatusCode status, string type)
    {
        Assert.Equal(status, answer.Reply.StatusCode);
        Assert.Equal("application/problem+json", answer.Reply.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("/" + type, answer.Body.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Body.GetProperty("detail").GetString()!);
        return Task.CompletedTask;
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
