using Analytics.Api.Access;
using Analytics.Api.Replies;
using Analytics.Storage.Postgres;
using Microsoft.AspNetCore.Http.Features;

namespace Analytics.Api.Endpoints;

/// <summary>/api/v1/keys: makes, lists, rotates and ends keys, for admins and for the owners of a tenant.</summary>
internal static class KeysEndpoint
{
    private const string Path = "/api/v1/keys";
    private const int MostTenants = 1_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync);
        routes.MapPost(Path, CreateAsync);
        routes.MapGet(Path + "/{id:long}", async (long id, HttpContext http, KeyRing ring, ApiKeys keys) =>
            KeyReply.Of(await KeptAsync(await ring.KeeperAsync(http), id, keys, http.RequestAborted)));
        routes.MapPost(Path + "/{id:long}/rotate", RotateAsync);
        routes.MapDelete(Path + "/{id:long}", async (long id, HttpContext http, KeyRing ring, ApiKeys keys) =>
        {
            var caller = await ring.KeeperAsync(http);
            var kept = await KeptAsync(caller, id, keys, http.RequestAborted);
            return await keys.RevokeAsync(kept.Key.Id, caller.By(http), http.RequestAborted) ? Results.NoContent() : throw NotThere(id);
        });
    }

    private static async Task<object> ListAsync(HttpContext http, KeyRing ring, ApiKeys keys)
    {
        var caller = await ring.KeeperAsync(http);
        var page = PageOf.Read(http.Request.Query);
        var found = await keys.ListAsync(page.After ?? 0, page.Limit, caller.TenantsOf(Rights.Manage), http.RequestAborted);
        return new { keys = found.Select(KeyReply.Of), next = page.Next(found, entry => entry.Key.Id) };
    }

    private static async Task<IResult> CreateAsync(HttpContext http, KeyRing ring, ApiKeys keys, TenantDirectory tenants, TimeProvider time)
    {
        var caller = await ring.KeeperAsync(http);
        using var body = await RequestBody.ReadAsync(http, "name", "kind", "tenants", "rights", "expires_at");
        var name = body.Text("name", most: 200);
        var kind = KindOf(body.Text("kind", most: 10));
        var asked = body.Numbers("tenants", MostTenants) ?? [];
        await CheckTenantsAsync(caller, kind, asked, tenants, http.RequestAborted);
        var expiresAt = body.Time("expires_at");
        if (expiresAt <= time.GetUtcNow())
        {
            throw Problem.Invalid("expires_at", $"Expected a time to come; found {expiresAt:O}.");
        }

        var (key, text) = await keys.CreateAsync(name, kind, asked, RightsIn(body, kind), expiresAt, caller.By(http), http.RequestAborted);
        var made = (await keys.FindAsync(key.Id, http.RequestAborted))!;
        return Results.Created($"{Path}/{key.Id}", KeyReply.Of(made) with { Key = text });
    }

    private static async Task<IResult> RotateAsync(long id, HttpContext http, KeyRing ring, ApiKeys keys, AccessOptions options)
    {
        var caller = await ring.KeeperAsync(http);
        await KeptAsync(caller, id, keys, http.RequestAborted);
        var overlap = options.OverlapHours;
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && http.Request.ContentLength != 0)
        {
            using var body = await RequestBody.ReadAsync(http, "overlap_hours");
            overlap = (int)(body.Whole("overlap_hours", 0, options.MaxOverlapHours) ?? overlap);
        }

        var rotated = await keys.RotateAsync(id, TimeSpan.FromHours(overlap), caller.By(http), http.RequestAborted);
        return rotated is var (made, text, endsAt)
            ? Results.Created($"{Path}/{made.Key.Id}", KeyReply.Of(made) with { Key = text, ReplacedEndsAt = endsAt })
            : throw new Problem(StatusCodes.Status409Conflict, "key-replaced", "This key has been replaced already", $"Expected a key that was not rotated before; key {id} has a successor. Rotate that one.");
    }

    // A key of which the caller does not manage every tenant is as one that is not there.
    private static async Task<ApiKeyEntry> KeptAsync(ApiKey caller, long id, ApiKeys keys, CancellationToken cancel)
    {
        var entry = await keys.FindAsync(id, cancel);
        var isTheirs = entry is not null
            && (caller.MayEverywhere(Rights.Manage) || (entry.Key.Kind != ApiKeyKind.Admin && entry.Key.TenantIds.All(tenant => caller.May(Rights.Manage, tenant))));
        return isTheirs ? entry! : throw NotThere(id);
    }

    private static async Task CheckTenantsAsync(ApiKey caller, ApiKeyKind kind, IReadOnlyList<long> asked, TenantDirectory tenants, CancellationToken cancel)
    {
        if (kind == ApiKeyKind.Admin)
        {
            if (asked.Count > 0 || !caller.MayEverywhere(Rights.Manage))
            {
                throw asked.Count > 0
                    ? Problem.Invalid("tenants", "Expected no tenants for an admin key, which is good for all; found some. For some tenants make a read key or a write key.")
                    : Problem.WrongKey($"Expected an admin key to make another; found {caller.Prefix}…, which manages some tenants only.");
            }

            return;
        }

        if (asked.Count == 0)
        {
            throw Problem.Invalid("tenants", "Expected the numbers of 1 tenant or more; found none.");
        }

        foreach (var tenant in asked)
        {
            if (!caller.May(Rights.Manage, tenant) || !await tenants.HasAsync(tenant, cancel))
            {
                throw Problem.Invalid("tenants", $"Expected tenants that this key manages; found {tenant}.");
            }
        }
    }

    private static Rights? RightsIn(RequestBody body, ApiKeyKind kind)
    {
        if (body.Texts("rights", most: 4) is not { } words)
        {
            return null;
        }

        var most = RightsOf.Kind(kind);
        return RightsOf.FromWords(words) is { } rights && rights != Rights.None && most.HasFlag(rights)
            ? rights
            : throw Problem.Invalid("rights", $"Expected some of {string.Join(", ", RightsOf.ToWords(most))} for a key of this kind; found others.");
    }

    private static ApiKeyKind KindOf(string text) => text switch
    {
        "write" => ApiKeyKind.Write,
        "read" => ApiKeyKind.Read,
        "admin" => ApiKeyKind.Admin,
        _ => throw Problem.Invalid("kind", $"Expected write, read or admin; found '{text}'."),
    };

    private static Problem NotThere(long id) => Problem.NotFound($"There is no valid key {id} that this key manages. GET {Path} lists those that it does.");
}
