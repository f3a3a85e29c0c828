using System.Net;
using Analytics.Storage.Postgres;
using Analytics.Testing;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class AccessTests(RunningApi api)
{
    public static TheoryData<string> Questions { get; } =
        ["metrics/realtime", "metrics/history", "products/performance", "live"];

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Another_tenants_figures_and_those_of_no_tenant_look_the_same(string question)
    {
        var (others, othersBody) = await api.GetAsync($"/api/v1/sellers/9/{question}", api.ReadKey);
        var (nobodys, nobodysBody) = await api.GetAsync($"/api/v1/sellers/12345/{question}", api.ReadKey);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (others.StatusCode, nobodys.StatusCode));
        Assert.Equal(othersBody.GetProperty("detail").GetString(), nobodysBody.GetProperty("detail").GetString()!.Replace("12345", "9", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Without_a_key_that_reads_there_are_no_figures(string question)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync($"/api/v1/sellers/1/{question}", null)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync($"/api/v1/sellers/1/{question}", "ak_read_unknown")).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync($"/api/v1/sellers/1/{question}", api.WriteKey)).Reply.StatusCode);
    }

    [Fact]
    public async Task A_key_is_taken_from_either_header_and_from_the_query()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Url + "/api/v1/tenants");
        request.Headers.Add("X-Api-Key", api.ReadKey);

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(request, null)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/tenants?key=" + api.ReadKey, null)).Reply.StatusCode);
    }

    [Fact]
    public async Task A_revoked_key_ends_within_seconds()
    {
        var (key, text) = await api.Keys.CreateAsync("short", ApiKeyKind.Read, [1]);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/tenants", text)).Reply.StatusCode);

        await api.Keys.RevokeAsync(key.Id);

        await Eventually.HoldsAsync("the key has ended", async () => (await api.GetAsync("/api/v1/tenants", text)).Reply.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_lists_its_tenants_and_the_page_gets_those_of_its_own()
    {
        var (_, body) = await api.GetAsync("/api/v1/tenants", api.ReadKey);
        var (_, config) = await api.GetAsync("/config.json", null);

        Assert.Equal([1, 2, 3], body.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetProperty("id").GetInt32()));
        Assert.Equal("Europe/Berlin", body.GetProperty("tenants")[1].GetProperty("time_zone").GetString());
        Assert.Equal(api.ReadKey, config.GetProperty("read_key").GetString());
        Assert.Equal(3, config.GetProperty("tenants").GetArrayLength());
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("GET", "/api/v1/sellers/abc/metrics/realtime", HttpStatusCode.NotFound, "not-found")]
    [InlineData("DELETE", "/api/v1/tenants", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("GET", "/events", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    public async Task What_is_not_there_is_answered_with_a_problem(string method, string path, HttpStatusCode status, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), api.Url + path);

        var (reply, body) = await api.SendAsync(request, api.ReadKey);

        Assert.Equal(status, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("/" + type, body.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
    }
}
