using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Analytics.Api.Limiting;
using Microsoft.AspNetCore.Builder;

namespace Analytics.Api.Tests.Limiting;

/// <summary>Another API over the same stores, with small limits, behind a proxy that tells from where requests come.</summary>
[Collection(ApiCollection.Name)]
public sealed class RequestLimitsTests(RunningApi api) : IAsyncLifetime
{
    // So many that a slow machine, whose buckets fill meanwhile, runs into the limit too.
    private const int Many = 40;

    private const string Question = "/api/v1/tenants";
    private const string Event = """{"name":"page_view","user_id":"u"}""";

    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _app = ApiHost.Build(
        [
            .. api.Settings, "--Limits:Enabled=true", "--Limits:Proxies=127.0.0.1",
            "--Limits:CollectPerKey=1", "--Limits:CollectPerKeyBurst=6", "--Limits:CollectPerIp=1", "--Limits:CollectPerIpBurst=4",
            "--Limits:QuestionsPerKey=1", "--Limits:QuestionsPerKeyBurst=6", "--Limits:QuestionsPerIp=1", "--Limits:QuestionsPerIpBurst=4",
        ]);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Beyond_the_limit_of_an_address_there_is_429_with_when_to_come_back()
    {
        var replies = new List<HttpResponseMessage>();
        for (var i = 0; i < Many; i++)
        {
            replies.Add(await AskAsync("203.0.113.1", api.ReadKey));
        }

        Assert.InRange(replies.TakeWhile(reply => reply.StatusCode == HttpStatusCode.OK).Count(), 4, Many / 2);
        var refused = replies.Last(reply => reply.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.EndsWith("/rate-limit", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_has_its_limit_wherever_it_is_used_and_others_have_their_own()
    {
        var replies = new List<HttpStatusCode>();
        for (var i = 0; i < Many; i++)
        {
            replies.Add((await AskAsync($"203.0.114.{i}", api.AdminKey)).StatusCode);
        }

        Assert.InRange(replies.TakeWhile(status => status == HttpStatusCode.OK).Count(), 6, Many / 2);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("203.0.114.99", api.ReadKey)).StatusCode);
    }

    [Fact]
    public async Task Asking_takes_nothing_from_what_may_be_sent()
    {
        var asked = new List<HttpStatusCode>();
        for (var i = 0; i < Many; i++)
        {
            asked.Add((await AskAsync("203.0.115.1", api.ReadKey)).StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, asked);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("203.0.115.1", api.WriteKeyOfOne)).StatusCode);
    }

    [Fact]
    public async Task The_addresses_of_one_ipv6_network_are_one_caller()
    {
        var replies = new List<HttpStatusCode>();
        for (var i = 0; i < Many; i++)
        {
            replies.Add((await SendAsync($"2001:db8:1:2::{i + 1:x}", null)).StatusCode);
        }

        Assert.InRange(replies.TakeWhile(status => status == HttpStatusCode.Unauthorized).Count(), 4, Many / 2);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("2001:db8:1:3::1", null)).StatusCode);
    }

    [Fact]
    public async Task Probes_and_the_description_have_no_limit()
    {
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await FromAsync("203.0.116.1", HttpMethod.Get, "/health/live", null)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await FromAsync("203.0.116.1", HttpMethod.Get, "/openapi/v1.json", null)).StatusCode);
        }
    }

    [Fact]
    public void Settings_that_cannot_be_are_all_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new LimitOptions { CollectPerIp = 0, QuestionsPerKey = -1 }.Validate());

        Assert.Contains("Limits__CollectPerIp is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Limits__QuestionsPerKey is -1", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new LimitOptions { Proxies = "the load balancer" }.Validate());
    }

    private Task<HttpResponseMessage> AskAsync(string from, string? key) => FromAsync(from, HttpMethod.Get, Question, key);

    private Task<HttpResponseMessage> SendAsync(string from, string? key) => FromAsync(from, HttpMethod.Post, "/events", key);

    private async Task<HttpResponseMessage> FromAsync(string address, HttpMethod method, string path, string? key)
    {
        using var request = new HttpRequestMessage(method, _app.Urls.First() + path);
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = method == HttpMethod.Post ? new StringContent(Event, System.Text.Encoding.UTF8, "application/json") : null;
        return await api.Http.SendAsync(request);
    }
}
