using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class SavedEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Funnel = """{"name":"Checkout","definition":{"steps":[{"event":"product_view"},{"event":"order_placed"}]}}""";
    private const string Funnels = "/api/v1/sellers/1/funnels";

    private string _editor = "";

    public async Task InitializeAsync() => _editor = await api.SignInAsync(new Dictionary<long, Role> { [1] = Role.Editor, [2] = Role.Viewer });

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("dashboards", """{"tiles":[{"title":"Revenue"}]}""")]
    [InlineData("funnels", """{"steps":[{"event":"product_view"},{"event":"order_placed"}]}""")]
    [InlineData("cohorts", """{"event":"order_placed"}""")]
    public async Task What_is_saved_is_read_changed_and_removed(string kind, string definition)
    {
        var path = $"/api/v1/sellers/1/{kind}";
        var (made, body) = await SendAsync(HttpMethod.Post, path, $$"""{"name":"First","definition":{{definition}}}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var (read, item) = await SendAsync(HttpMethod.Get, made.Headers.Location!.ToString());
        Assert.Equal(("First", 1, "\"1\""), (item.GetProperty("name").GetString(), item.GetProperty("version").GetInt32(), read.Headers.ETag!.Tag));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(definition).RootElement, item.GetProperty("definition")));
        Assert.Equal(item.GetRawText(), body.GetRawText());
        Assert.StartsWith("user:", item.GetProperty("created_by").GetString(), StringComparison.Ordinal);

        var (changed, now) = await SendAsync(HttpMethod.Put, made.Headers.Location!.ToString(), $$"""{"name":"Second","definition":{{definition}}}""", ifMatch: "\"1\"");
        Assert.Equal((HttpStatusCode.OK, "Second", 2, "\"2\""), (changed.StatusCode, now.GetProperty("name").GetString(), now.GetProperty("version").GetInt32(), changed.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, made.Headers.Location!.ToString(), ifMatch: "\"2\"")).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, made.Headers.Location!.ToString())).Reply.StatusCode);
    }

    [Fact]
    public async Task Of_two_who_change_the_same_version_the_second_is_told()
    {
        var path = await MakeAsync();

        var first = await SendAsync(HttpMethod.Put, path, Funnel, ifMatch: "\"1\"");
        var second = await SendAsync(HttpMethod.Put, path, Funnel, ifMatch: "\"1\"");
        var removed = await SendAsync(HttpMethod.Delete, path, ifMatch: "\"1\"");
        var blind = await SendAsync(HttpMethod.Put, path, Funnel);
        var forced = await SendAsync(HttpMethod.Put, path, Funnel, ifMatch: "*");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionRequired, HttpStatusCode.OK],
            new[] { first, second, removed, blind, forced }.Select(one => one.Reply.StatusCode));
        Assert.Equal(3, forced.Body.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Many_changes_of_one_version_at_once_let_one_through()
    {
        var path = await MakeAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(HttpMethod.Put, path, Funnel, ifMatch: "\"1\"")));

        Assert.Single(replies, one => one.Reply.StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, replies.Count(one => one.Reply.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task A_creation_sent_again_under_its_key_saves_once_even_at_the_same_time()
    {
        var once = Guid.NewGuid().ToString();

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(HttpMethod.Post, Funnels, Funnel, idempotencyKey: once)));

        Assert.All(replies, one => Assert.Equal(HttpStatusCode.Created, one.Reply.StatusCode));
        Assert.Single(replies.Select(one => one.Body.GetProperty("id").GetInt64()).Distinct());
        var (reply, problem) = await SendAsync(HttpMethod.Post, Funnels, Funnel.Replace("Checkout", "Other", StringComparison.Ordinal), idempotencyKey: once);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
        Assert.EndsWith("/idempotency-key-reused", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(replies[0].Body.GetProperty("id").GetInt64(), (await SendAsync(HttpMethod.Post, Funnels, Funnel)).Body.GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Nothing_of_a_tenant_can_be_reached_through_another()
    {
        var (_, others) = await SendAsync(HttpMethod.Post, "/api/v1/sellers/9/funnels", Funnel, key: api.AdminKey);
        var item = others.GetProperty("id");

        // The seller may not be seen at all; and under an own seller the number finds nothing.
        foreach (var path in (string[])[$"/api/v1/sellers/9/funnels/{item}", $"/api/v1/sellers/1/funnels/{item}", $"/api/v1/sellers/1/dashboards/{item}"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, path)).Reply.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Put, path, path.Contains("funnels", StringComparison.Ordinal) ? Funnel : """{"name":"x","definition":{"tiles":[]}}""", ifMatch: "*")).Reply.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, path, ifMatch: "*")).Reply.StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "/api/v1/sellers/9/funnels")).Reply.StatusCode);
        Assert.DoesNotContain(await ListAsync(Funnels), id => id == item.GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, $"/api/v1/sellers/9/funnels/{item}", key: api.AdminKey)).Reply.StatusCode);
    }

    [Fact]
    public async Task Who_only_reads_saves_nothing()
    {
        var path = await MakeAsync();
        foreach (var (method, target, seller, key) in new[]
        {
            (HttpMethod.Post, Funnels, 1, api.ReadKey), (HttpMethod.Put, path, 1, api.ReadKey), (HttpMethod.Delete, path, 1, api.ReadKey), (HttpMethod.Post, "/api/v1/sellers/2/funnels", 2, _editor),
        })
        {
            var (reply, _) = await SendAsync(method, target, Funnel, ifMatch: "*", key: key);
            Assert.True(reply.StatusCode == HttpStatusCode.Forbidden, $"{method} of seller {seller}: {reply.StatusCode}");
        }

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, path, key: api.ReadKey)).Reply.StatusCode);
        var (_, editing) = await api.PostAsync("/api/v1/keys", """{"name":"page","kind":"read","tenants":[1],"rights":["read","edit"]}""", api.AdminKey);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Post, Funnels, Funnel, key: editing.GetProperty("key").GetString())).Reply.StatusCode);
    }

    [Fact]
    public async Task A_list_comes_page_by_page_and_a_version_that_is_known_is_not_sent_again()
    {
        for (var i = 0; i < 5; i++)
        {
            await MakeAsync();
        }

        var ids = await ListAsync(Funnels);
        Assert.True(ids.Count >= 5);
        Assert.Equal(ids.Distinct().Order(), ids);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{api.Url}{Funnels}/{ids[^1]}");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"1\""));
        Assert.Equal(HttpStatusCode.NotModified, (await api.SendAsync(request, _editor)).Reply.StatusCode);
    }

    [Theory]
    [InlineData("""{"definition":{"steps":[{}]}}""", "name")]
    [InlineData("""{"name":"x"}""", "definition")]
    [InlineData("""{"name":"x","definition":[]}""", "definition")]
    [InlineData("""{"name":"x","definition":{"steps":[]}}""", "definition")]
    [InlineData("""{"name":"x","definition":{"steps":["a"]}}""", "definition")]
    [InlineData("""{"name":"x","definition":{"steps":[{"event":"a\u0000b"}]}}""", "definition")]
    [InlineData("""{"name":"x","definition":{"steps":[{"event":"\ud800"}]}}""", "body")]
    [InlineData("""{"name":"x","definition":{"steps":[{"n":1e999999}]}}""", "definition")]
    public async Task What_cannot_be_saved_is_named(string body, string field)
    {
        var (reply, problem) = await SendAsync(HttpMethod.Post, Funnels, body);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    private async Task<string> MakeAsync() => (await SendAsync(HttpMethod.Post, Funnels, Funnel)).Reply.Headers.Location!.ToString();

    private async Task<List<long>> ListAsync(string path)
    {
        var ids = new List<long>();
        string? next = null;
        do
        {
            var (_, page) = await SendAsync(HttpMethod.Get, $"{path}?limit=3" + (next is null ? "" : "&cursor=" + next));
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return ids;
    }

    private async Task<(HttpResponseMessage Reply, JsonElement Body)> SendAsync(
        HttpMethod method, string path, string? json = null, string? ifMatch = null, string? idempotencyKey = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, api.Url + path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await api.SendAsync(request, key ?? _editor);
    }
}
