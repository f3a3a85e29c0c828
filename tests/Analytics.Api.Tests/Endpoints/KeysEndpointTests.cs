using System.Net;
using System.Text.Json;
using Analytics.Storage.Postgres;
using Analytics.Testing;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class KeysEndpointTests(RunningApi api)
{
    private const string Path = "/api/v1/keys";

    [Fact]
    public async Task A_made_key_works_is_shown_whole_once_and_is_kept_only_by_its_hash()
    {
        var (reply, made) = await api.PostAsync(Path, """{"name":"shop","kind":"write","tenants":[2,1,1]}""", api.AdminKey);
        var text = made.GetProperty("key").GetString()!;
        var (_, one) = await api.GetAsync(reply.Headers.Location!.ToString(), api.AdminKey);

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Equal([1, 2], one.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetInt32()));
        Assert.Equal(["collect"], one.GetProperty("rights").EnumerateArray().Select(right => right.GetString()));
        Assert.False(one.TryGetProperty("key", out _));
        Assert.StartsWith(one.GetProperty("prefix").GetString()!, text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await api.PostAsync("/events", """{"tenant_id":2,"name":"page_view","user_id":"u"}""", text)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync("/api/v1/tenants", text)).Reply.StatusCode);
    }

    [Fact]
    public async Task After_a_rotation_both_keys_work_until_the_overlap_ends()
    {
        var (_, old) = await api.PostAsync(Path, """{"name":"page","kind":"read","tenants":[1]}""", api.AdminKey);
        var rotate = $"{Path}/{old.GetProperty("id")}/rotate";

        var (reply, made) = await api.PostAsync(rotate, """{"overlap_hours":2}""", api.AdminKey);

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Equal(old.GetProperty("id").GetInt64(), made.GetProperty("replaces").GetInt64());
        Assert.InRange((made.GetProperty("replaced_ends_at").GetDateTimeOffset() - DateTimeOffset.Parse(made.GetProperty("created_at").GetString()!)).TotalHours, 1.99, 2.01);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/tenants", old.GetProperty("key").GetString())).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/tenants", made.GetProperty("key").GetString())).Reply.StatusCode);
        await AssertProblem(await api.PostAsync(rotate, "", api.AdminKey), HttpStatusCode.Conflict, "key-replaced");

        await api.PostAsync($"{Path}/{made.GetProperty("id")}/rotate", """{"overlap_hours":0}""", api.AdminKey);
        await EndsAsync(made.GetProperty("key").GetString()!);
    }

    [Fact]
    public async Task A_revoked_key_and_one_that_has_expired_are_unknown()
    {
        var (_, revoked) = await api.PostAsync(Path, """{"name":"a","kind":"read","tenants":[1]}""", api.AdminKey);
        var end = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var (_, expiring) = await api.PostAsync(Path, JsonSerializer.Serialize(new { name = "b", kind = "read", tenants = (long[])[1], expires_at = end }), api.AdminKey);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/tenants", expiring.GetProperty("key").GetString())).Reply.StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, $"{Path}/{revoked.GetProperty("id")}", api.AdminKey)).Reply.StatusCode);

        await EndsAsync(revoked.GetProperty("key").GetString()!);
        await EndsAsync(expiring.GetProperty("key").GetString()!);
        await AssertProblem(await api.SendAsync(HttpMethod.Delete, $"{Path}/{revoked.GetProperty("id")}", api.AdminKey), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_noted_soon_after()
    {
        var (_, made) = await api.PostAsync(Path, """{"name":"used","kind":"read","tenants":[1]}""", api.AdminKey);
        Assert.Equal(JsonValueKind.Null, made.GetProperty("last_used_at").ValueKind);
        await api.GetAsync("/api/v1/tenants", made.GetProperty("key").GetString());

        await Eventually.HoldsAsync("its use is noted", async () =>
            (await api.GetAsync($"{Path}/{made.GetProperty("id")}", api.AdminKey)).Body.GetProperty("last_used_at").ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task Keys_come_page_by_page()
    {
        for (var i = 0; i < 3; i++)
        {
            await api.PostAsync(Path, """{"name":"page","kind":"read","tenants":[1]}""", api.AdminKey);
        }

        var ids = new List<long>();
        string? next = null;
        do
        {
            var (_, page) = await api.GetAsync($"{Path}?limit=2" + (next is null ? "" : "&cursor=" + next), api.AdminKey);
            ids.AddRange(page.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.True(ids.Count >= 6);
        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.Equal((await api.Keys.ListAsync()).Select(key => key.Key.Id), ids);
    }

    [Theory]
    [InlineData("""{"kind":"read","tenants":[1]}""", "name")]
    [InlineData("""{"name":"a","kind":"root","tenants":[1]}""", "kind")]
    [InlineData("""{"name":"a","kind":"session","tenants":[1]}""", "kind")]
    [InlineData("""{"name":"a","kind":"read"}""", "tenants")]
    [InlineData("""{"name":"a","kind":"read","tenants":[1,777]}""", "tenants")]
    [InlineData("""{"name":"a","kind":"read","tenants":["1"]}""", "tenants")]
    [InlineData("""{"name":"a","kind":"admin","tenants":[1]}""", "tenants")]
    [InlineData("""{"name":"a","kind":"write","tenants":[1],"rights":["read"]}""", "rights")]
    [InlineData("""{"name":"a","kind":"read","tenants":[1],"rights":[]}""", "rights")]
    [InlineData("""{"name":"a","kind":"read","tenants":[1],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"a","kind":"read","tenants":[1],"tenant":1}""", "tenant")]
    [InlineData("""{"name":"a\u0000b","kind":"read","tenants":[1]}""", "name")]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    public async Task A_field_that_cannot_be_used_is_named(string body, string field)
    {
        var (reply, problem) = await api.PostAsync(Path, body, api.AdminKey);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("Expected", problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_manages_makes_and_sees_keys()
    {
        foreach (var key in (string[])[api.ReadKey, api.WriteKey])
        {
            await AssertProblem(await api.GetAsync(Path, key), HttpStatusCode.Forbidden, "key-of-another-kind");
            await AssertProblem(await api.PostAsync(Path, """{"name":"a","kind":"read","tenants":[1]}""", key), HttpStatusCode.Forbidden, "key-of-another-kind");
        }

        await AssertProblem(await api.GetAsync(Path, null), HttpStatusCode.Unauthorized, "key-needed");
    }

    [Fact]
    public async Task An_owner_manages_the_keys_of_own_tenants_and_sees_no_others()
    {
        var owner = await api.SignInAsync(new Dictionary<long, Role> { [1] = Role.Owner, [2] = Role.Viewer });
        var (reply, mine) = await api.PostAsync(Path, """{"name":"mine","kind":"read","tenants":[1]}""", owner);
        var (_, others) = await api.PostAsync(Path, """{"name":"others","kind":"read","tenants":[1,2]}""", api.AdminKey);
        var (_, list) = await api.GetAsync(Path + "?limit=200", owner);

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Contains(mine.GetProperty("id").GetInt64(), list.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetInt64()));
        Assert.All(list.GetProperty("keys").EnumerateArray(), key => Assert.Equal([1], key.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetInt32())));
        await AssertProblem(await api.GetAsync($"{Path}/{others.GetProperty("id")}", owner), HttpStatusCode.NotFound, "not-found");
        await AssertProblem(await api.SendAsync(HttpMethod.Delete, $"{Path}/{others.GetProperty("id")}", owner), HttpStatusCode.NotFound, "not-found");
        await AssertProblem(await api.PostAsync($"{Path}/{others.GetProperty("id")}/rotate", "", owner), HttpStatusCode.NotFound, "not-found");
        await AssertProblem(await api.PostAsync(Path, """{"name":"a","kind":"read","tenants":[2]}""", owner), HttpStatusCode.BadRequest, "invalid-request");
        await AssertProblem(await api.PostAsync(Path, """{"name":"a","kind":"admin"}""", owner), HttpStatusCode.Forbidden, "key-of-another-kind");
    }

    private Task EndsAsync(string text) =>
        Eventually.HoldsAsync("the key has ended", async () => (await api.GetAsync("/api/v1/tenants", text)).Reply.StatusCode == HttpStatusCode.Unauthorized);

    private static Task AssertProblem((HttpResponseMessage Reply, JsonElement Body) answer, HttpStatusCode status, string type)
    {
        Assert.Equal((status, "application/problem+json"), (answer.Reply.StatusCode, answer.Reply.Content.Headers.ContentType?.MediaType));
        Assert.EndsWith("/" + type, answer.Body.GetProperty("type").GetString(), StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
