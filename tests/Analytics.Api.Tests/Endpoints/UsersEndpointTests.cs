using System.Net;
using System.Text.Json;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class UsersEndpointTests(RunningApi api)
{
    private const string Password = "seven lamps in a row";

    [Fact]
    public async Task A_user_signs_in_sees_what_the_role_shows_and_signs_out()
    {
        var (email, _) = await MakeAsync("""{"1":"viewer","2":"editor"}""");
        var (reply, session) = await SignInAsync(email.ToUpperInvariant(), Password);
        var token = session.GetProperty("token").GetString()!;
        var (_, tenants) = await api.GetAsync("/api/v1/tenants", token);
        var (_, me) = await api.GetAsync("/api/v1/session", token);

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Matches("^ak_session_[0-9a-f]{72}$", token);
        Assert.Equal([1, 2], tenants.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetProperty("id").GetInt32()));
        Assert.Equal("""{"1":["read"],"2":["read","edit"]}""", me.GetProperty("rights").GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/api/v1/sellers/9/metrics/realtime", token)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/events", "{}", token)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync("/api/v1/keys", token)).Reply.StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, "/api/v1/session", token)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/api/v1/tenants", token)).Reply.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_disabled_user_are_refused_in_the_same_words()
    {
        var (email, id) = await MakeAsync("{}");
        var (disabled, disabledId) = await MakeAsync("{}");
        await api.SendAsync(HttpMethod.Delete, $"/api/v1/users/{disabledId}", api.AdminKey);

        var refused = new[] { await SignInAsync(email, "seven lamps in a line"), await SignInAsync("nobody@lamps.example", Password), await SignInAsync(disabled, Password) };

        Assert.All(refused, one => Assert.Equal(HttpStatusCode.Unauthorized, one.Reply.StatusCode));
        Assert.Single(refused.Select(one => one.Body.GetProperty("detail").GetString()).Distinct());
        Assert.True(id > 0);
    }

    [Fact]
    public async Task Who_guesses_is_stopped_and_nobody_else_is()
    {
        var (email, _) = await MakeAsync("{}");
        var (other, _) = await MakeAsync("{}");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(email, "guess number " + i)).Reply.StatusCode);
        }

        var (stopped, body) = await SignInAsync(email, Password);

        Assert.Equal((HttpStatusCode.TooManyRequests, true), (stopped.StatusCode, stopped.Headers.RetryAfter!.Delta > TimeSpan.Zero));
        Assert.EndsWith("/sign-ins-refused", body.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await SignInAsync(other, Password)).Reply.StatusCode);
    }

    [Fact]
    public async Task A_role_taken_away_a_new_password_and_a_disabled_user_end_what_sessions_may()
    {
        var (email, id) = await MakeAsync("""{"1":"viewer"}""");
        var token = (await SignInAsync(email, Password)).Body.GetProperty("token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/sellers/1/metrics/realtime", token)).Reply.StatusCode);

        await ChangeAsync(id, """{"roles":{"2":"viewer"}}""");
        await Eventually.HoldsAsync("the role is gone", async () => (await api.GetAsync("/api/v1/sellers/1/metrics/realtime", token)).Reply.StatusCode == HttpStatusCode.NotFound);
        await ChangeAsync(id, """{"password":"eight lamps in a row"}""");
        await Eventually.HoldsAsync("the session is gone", async () => (await api.GetAsync("/api/v1/tenants", token)).Reply.StatusCode == HttpStatusCode.Unauthorized);
        token = (await SignInAsync(email, "eight lamps in a row")).Body.GetProperty("token").GetString()!;
        await ChangeAsync(id, """{"disabled":true}""");
        await Eventually.HoldsAsync("the session is gone", async () => (await api.GetAsync("/api/v1/tenants", token)).Reply.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_administrator_does_what_an_admin_key_does()
    {
        var token = await api.SignInAsync(new Dictionary<long, Role>(), isAdmin: true);

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/users", token)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/sellers/9/metrics/realtime", token)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/v1/keys", """{"name":"a","kind":"admin"}""", token)).Reply.StatusCode);
    }

    [Fact]
    public async Task Owners_and_keys_of_tenants_do_not_look_after_users()
    {
        var owner = await api.SignInAsync(new Dictionary<long, Role> { [1] = Role.Owner });

        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync("/api/v1/users", owner)).Reply.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/api/v1/users", "{}", api.ReadKey)).Reply.StatusCode);
    }

    [Theory]
    [InlineData("""{"email":"a@b","name":"A","password":"short"}""", "password")]
    [InlineData("""{"email":"nowhere","name":"A","password":"seven lamps in a row"}""", "email")]
    [InlineData("""{"email":"a@b","name":"A","password":"seven lamps in a row","roles":{"1":"king"}}""", "roles")]
    [InlineData("""{"email":"a@b","name":"A","password":"seven lamps in a row","roles":{"777":"owner"}}""", "roles")]
    [InlineData("""{"email":"a@b","name":"A","password":"seven lamps in a row","admin":"yes"}""", "admin")]
    public async Task A_field_that_cannot_be_used_is_named(string body, string field)
    {
        var (reply, problem) = await api.PostAsync("/api/v1/users", body, api.AdminKey);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task An_address_is_one_users()
    {
        var (email, _) = await MakeAsync("{}");

        Assert.Equal(HttpStatusCode.Conflict, (await api.PostAsync("/api/v1/users", Body(email.ToUpperInvariant(), "{}"), api.AdminKey)).Reply.StatusCode);
    }

    [Fact]
    public async Task Everything_that_changes_rights_is_in_the_audit_log_with_who_and_from_where()
    {
        var (email, id) = await MakeAsync("""{"1":"owner"}""");
        var token = (await SignInAsync(email, Password)).Body.GetProperty("token").GetString()!;
        var (_, key) = await api.PostAsync("/api/v1/keys", """{"name":"mine","kind":"write","tenants":[1]}""", token);
        await api.SendAsync(HttpMethod.Delete, $"/api/v1/keys/{key.GetProperty("id")}", token);
        await SignInAsync(email, "not this one");
        var (_, all) = await api.GetAsync("/api/v1/audit?limit=200", api.AdminKey);
        var (_, mine) = await api.GetAsync("/api/v1/audit?limit=200", token);

        var actor = $"user:{id}";
        var ofUser = all.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("actor").GetString() == actor).ToList();
        Assert.Equal(["key.revoked", "key.created", "session.started"], ofUser.Select(entry => entry.GetProperty("action").GetString()));
        Assert.All(ofUser, entry => Assert.Equal(("127.0.0.1", email), (entry.GetProperty("ip").GetString(), entry.GetProperty("actor_name").GetString())));
        Assert.Contains(all.GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("action").GetString() == "session.refused" && entry.GetProperty("actor_name").GetString() == email);
        Assert.DoesNotContain(key.GetProperty("key").GetString()!, all.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("pbkdf2", all.GetRawText(), StringComparison.Ordinal);
        Assert.All(mine.GetProperty("entries").EnumerateArray(), entry => Assert.Equal([1], entry.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetInt32())));
        Assert.Contains(mine.GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("subject").GetString() == $"key:{key.GetProperty("id")}");
    }

    [Fact]
    public async Task The_audit_log_comes_newest_first_page_by_page_and_cannot_be_changed()
    {
        await MakeAsync("{}");
        await MakeAsync("{}");
        var (_, first) = await api.GetAsync("/api/v1/audit?limit=1", api.AdminKey);
        var (_, second) = await api.GetAsync($"/api/v1/audit?limit=1&cursor={first.GetProperty("next").GetString()}", api.AdminKey);

        Assert.True(Id(first) > Id(second));
        foreach (var statement in (string[])["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() => api.PostgresAsync(statement));
            Assert.Contains("only added to", error.MessageText, StringComparison.Ordinal);
        }

        static long Id(JsonElement page) => Assert.Single(page.GetProperty("entries").EnumerateArray()).GetProperty("id").GetInt64();
    }

    private static string Body(string email, string roles) => $$"""{"email":"{{email}}","name":"Ana","password":"{{Password}}","roles":{{roles}}}""";

    private async Task<(string Email, long Id)> MakeAsync(string roles)
    {
        var email = $"ana-{Guid.NewGuid():N}@lamps.example";
        var (reply, body) = await api.PostAsync("/api/v1/users", Body(email, roles), api.AdminKey);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return (email, body.GetProperty("id").GetInt64());
    }

    private Task<(HttpResponseMessage Reply, JsonElement Body)> SignInAsync(string email, string password) =>
        api.PostAsync("/api/v1/session", JsonSerializer.Serialize(new { email, password }), null);

    private async Task ChangeAsync(long id, string body)
    {
        var (reply, problem) = await api.SendAsync(HttpMethod.Patch, $"/api/v1/users/{id}", api.AdminKey, body);
        Assert.True(reply.IsSuccessStatusCode, problem.ToString());
    }
}
