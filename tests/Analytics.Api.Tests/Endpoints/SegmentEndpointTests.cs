using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Core.Events;
using Analytics.Testing;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class SegmentEndpointTests(RunningApi api)
{
    [Fact]
    public async Task The_client_that_segment_publishes_sends_here_unchanged()
    {
        var user = "segment-" + Guid.NewGuid();

        var told = await NodeClient.RunAsync("segment-node.mjs", api.Url, api.WriteKeyOfOne, user);

        Assert.Empty(told.GetProperty("failures").EnumerateArray());
        var answers = told.GetProperty("answers").EnumerateArray().ToList();
        Assert.All(answers, answer => Assert.Equal(202, answer.GetProperty("status").GetInt32()));
        Assert.Equal((4, 0), (answers.Sum(answer => answer.GetProperty("accepted").GetInt32()), answers.Sum(answer => answer.GetProperty("rejected").GetInt32())));
        Assert.Equal(PartitionKey.Of(1, user), api.Record(Topics.Clickstream, user).Key);
        Assert.Equal(PartitionKey.Of(1, user), api.Record(Topics.Orders, user).Key);
    }

    [Theory]
    [InlineData("track", """{"userId":"u","event":"Lamp Lit"}""")]
    [InlineData("page", """{"userId":"u"}""")]
    [InlineData("identify", """{"userId":"u","traits":{"plan":"gold"}}""")]
    [InlineData("batch", """{"batch":[{"type":"page","userId":"u"}],"sentAt":"2026-11-22T10:00:00Z"}""")]
    public async Task Each_address_takes_the_key_as_user_name_as_bearer_and_in_the_body(string path, string body)
    {
        var basic = await SendAsync(path, body, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(api.WriteKeyOfOne + ":"))));
        var bearer = await SendAsync(path, body, new AuthenticationHeaderValue("Bearer", api.WriteKeyOfOne));
        var inBody = await SendAsync(path, body[..^1] + $",\"writeKey\":\"{api.WriteKeyOfOne}\"}}", null);

        Assert.All(new[] { basic, bearer, inBody }, one => Assert.Equal((HttpStatusCode.Accepted, 1), (one.Reply.StatusCode, one.Body.GetProperty("accepted").GetInt32())));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(path, body, null)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(path, body, new AuthenticationHeaderValue("Basic", "not base64!"))).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(path, body, new AuthenticationHeaderValue("Bearer", api.ReadKey))).Reply.StatusCode);
    }

    [Fact]
    public async Task Each_message_is_told_what_became_of_it()
    {
        var large = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"n\",\"properties\":{\"a\":\"" + new string('x', 33_000) + "\"}}";

        var (reply, body) = await SendAsync("batch", $$"""{"batch":[{"type":"page","userId":"u","messageId":"m"},{"type":"track","userId":"u"},{{large}},7]}""", Key);

        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        Assert.Equal(
            [("accepted", null), ("rejected", "missing_name"), ("rejected", "oversized"), ("rejected", "corrupt")],
            body.GetProperty("events").EnumerateArray().Select(result => (result.GetProperty("status").GetString(), result.GetProperty("reason").GetString())));
        var again = await SendAsync("batch", """{"batch":[{"type":"page","userId":"u","messageId":"m"}]}""", Key);
        Assert.Equal(body.GetProperty("events")[0].GetProperty("event_id").GetString(), again.Body.GetProperty("events")[0].GetProperty("event_id").GetString());
    }

    [Fact]
    public async Task What_is_too_large_or_no_batch_is_refused_as_a_whole()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync("batch", "{\"batch\":[],\"a\":\"" + new string('x', 513_000) + "\"}", Key)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync("batch", "{\"batch\":[" + string.Join(',', Enumerable.Repeat("0", 2_501)) + "]}", Key)).Reply.StatusCode);
        foreach (var body in (string[])["[]", "{}", "{\"batch\":{}}", "{\"batch\":[],\"sentAt\":\"soon\"}", "{"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("batch", body, Key)).Reply.StatusCode);
        }
    }

    private AuthenticationHeaderValue Key => new("Bearer", api.WriteKeyOfOne);

    private async Task<(HttpResponseMessage Reply, JsonElement Body)> SendAsync(string path, string body, AuthenticationHeaderValue? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{api.Url}/v1/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = authorization;
        return await api.SendAsync(request, null);
    }
}
