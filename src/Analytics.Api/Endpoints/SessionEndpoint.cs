using Analytics.Api.Access;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>/api/v1/session: signs a user in and out, and says what a key or a session may do.</summary>
internal static class SessionEndpoint
{
    private const string Path = "/api/v1/session";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, async (HttpContext http, SignIns signIns) =>
        {
            using var body = await RequestBody.ReadAsync(http, "email", "password");
            var (user, text, endsAt) = await signIns.SignInAsync(
                UsersEndpoint.EmailOf(body), body.Text("password", most: 256), http.Connection.RemoteIpAddress?.ToString(), http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Created(Path, new { token = text, expires_at = endsAt, user = Replies.UserReply.Of(user) });
        });
        routes.MapGet(Path, async (HttpContext http, KeyRing ring, TenantDirectory tenants) =>
        {
            var key = await ring.CallerAsync(http);
            // Of a key for all tenants those are told that a list shows first: `everywhere` says that it is the same with the others.
            var known = await tenants.ListAsync(key, TenantDirectory.MostListed, http.RequestAborted);
            return new
            {
                actor = key.ActorId,
                name = key.Name,
                kind = ApiKeyText.Code(key.Kind),
                expires_at = key.ExpiresAt,
                everywhere = key.IsEverywhere,
                rights = known.Select(tenant => (tenant.Id, Words: RightsOf.ToWords(Of(key, tenant.Id)))).Where(one => one.Words.Length > 0).ToDictionary(one => one.Id, one => one.Words),
            };
        });
        routes.MapDelete(Path, async (HttpContext http, KeyRing ring, Users users) =>
        {
            var key = await ring.CallerAsync(http);
            var text = KeyRing.TextOf(http.Request)!;
            if (key.Kind != ApiKeyKind.Session)
            {
                throw Problem.WrongKey($"Expected the session of a user; found the key {key.Prefix}…. DELETE /api/v1/keys/{key.Id} ends a key.");
            }

            await users.SignOutAsync(text, http.RequestAborted);
            ring.Forget(text);
            return Results.NoContent();
        });
    }

    private static Rights Of(ApiKey key, long tenant)
    {
        Rights[] all = [Rights.Collect, Rights.Read, Rights.Edit, Rights.Manage];
        return all.Where(right => key.May(right, tenant)).Aggregate(Rights.None, (sum, right) => sum | right);
    }
}
