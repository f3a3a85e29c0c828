using Analytics.Api.Access;
using Analytics.Api.Replies;
using Analytics.Api.Saving;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>/api/v1/sellers/{id}/dashboards, …/funnels, …/cohorts: what people keep of what they asked.</summary>
internal static class SavedEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in Enum.GetValues<SavedKind>())
        {
            var path = "/api/v1/sellers/{id:long}/" + SavedItems.NameOf(kind) + "s";
            routes.MapGet(path, (long id, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items) => ListAsync(kind, id, http, ring, tenants, items));
            routes.MapPost(path, (long id, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items) => CreateAsync(kind, id, http, ring, tenants, items));
            path += "/{item:long}";
            routes.MapGet(path, (long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items) => ReadAsync(kind, id, item, http, ring, tenants, items));
            routes.MapPut(path, (long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items) => ChangeAsync(kind, id, item, http, ring, tenants, items));
            routes.MapDelete(path, (long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items) => RemoveAsync(kind, id, item, http, ring, tenants, items));
        }
    }

    private static async Task<object> ListAsync(SavedKind kind, long id, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items)
    {
        var tenant = await tenants.ReadableAsync(await ring.ReaderAsync(http), id, http.RequestAborted);
        var page = PageOf.Read(http.Request.Query);
        var found = await items.ListAsync(tenant.Id, kind, page.After ?? 0, page.Limit, http.RequestAborted);
        return new { items = found.Select(SavedReply.Listed), next = page.Next(found, item => item.Id) };
    }

    private static async Task<IResult> CreateAsync(SavedKind kind, long id, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items)
    {
        var (tenant, actor) = await EditableAsync(id, http, ring, tenants);
        var once = Preconditions.IdempotencyKeyOf(http.Request);
        using var body = await RequestBody.ReadAsync(http, "name", "definition");
        var (name, definition) = (body.Text("name", most: 200), SavedDefinition.Read(body, kind));
        var (outcome, item) = await KeptAsync(() => items.CreateAsync(tenant, kind, name, definition, once, actor, http.RequestAborted));
        switch (outcome)
        {
            case SaveOutcome.Done or SaveOutcome.DoneBefore:
                http.Response.Headers.ETag = Preconditions.TagOf(item!.Version);
                return Results.Created($"{http.Request.Path}/{item.Id}", SavedReply.Of(item));
            case SaveOutcome.KeyUsedForAnother:
                throw new Problem(
                    StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "This Idempotency-Key stands for another request",
                    "Expected the request that this key was first used for, or a new key; found another request.");
            case SaveOutcome.TooMany:
                throw new Problem(
                    StatusCodes.Status409Conflict, "too-many-saved", "There is no room for another one",
                    $"Expected fewer than {SavedItems.Most} {SavedItems.NameOf(kind)}s of seller {tenant}; found as many. Remove some.");
            default:
                throw new Problem(
                    StatusCodes.Status409Conflict, "removed-since", "What this request made was removed since",
                    "Expected to give again what was made under this Idempotency-Key; it has been removed. Take a new key to make it anew.");
        }
    }

    private static async Task<IResult> ReadAsync(SavedKind kind, long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items)
    {
        var tenant = await tenants.ReadableAsync(await ring.ReaderAsync(http), id, http.RequestAborted);
        var found = await items.FindAsync(tenant.Id, kind, item, http.RequestAborted) ?? throw NotThere(kind, item);
        var tag = Preconditions.TagOf(found.Version);
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.ToString() == tag ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(SavedReply.Of(found));
    }

    private static async Task<IResult> ChangeAsync(SavedKind kind, long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items)
    {
        var (tenant, actor) = await EditableAsync(id, http, ring, tenants);
        var version = Preconditions.VersionOf(http.Request);
        using var body = await RequestBody.ReadAsync(http, "name", "definition");
        var (name, definition) = (body.Text("name", most: 200), SavedDefinition.Read(body, kind));
        var (outcome, changed) = await KeptAsync(() => items.ChangeAsync(tenant, kind, item, name, definition, version, actor, http.RequestAborted));
        Check(outcome, kind, item);
        http.Response.Headers.ETag = Preconditions.TagOf(changed!.Version);
        return Results.Ok(SavedReply.Of(changed));
    }

    private static async Task<IResult> RemoveAsync(SavedKind kind, long id, long item, HttpContext http, KeyRing ring, TenantDirectory tenants, SavedItems items)
    {
        var (tenant, actor) = await EditableAsync(id, http, ring, tenants);
        Check(await items.RemoveAsync(tenant, kind, item, Preconditions.VersionOf(http.Request), actor, http.RequestAborted), kind, item);
        return Results.NoContent();
    }

    private static async Task<(long Tenant, Actor Actor)> EditableAsync(long id, HttpContext http, KeyRing ring, TenantDirectory tenants)
    {
        var key = await ring.ReaderAsync(http);
        var tenant = await tenants.ReadableAsync(key, id, http.RequestAborted);
        return key.May(Rights.Edit, tenant.Id)
            ? (tenant.Id, key.By(http))
            : throw Problem.WrongKey($"Expected a key with the right 'edit' for seller {id}, or an editor's session; found {key.Prefix}…, which only reads.");
    }

    private static async Task<(SaveOutcome Outcome, SavedItem? Item)> KeptAsync(Func<Task<(SaveOutcome, SavedItem?)>> keep)
    {
        try
        {
            return await keep();
        }
        catch (ArgumentException error)
        {
            throw Problem.Invalid("definition", error.Message);
        }
    }

    private static void Check(SaveOutcome outcome, SavedKind kind, long item)
    {
        if (outcome != SaveOutcome.Done)
        {
            throw outcome == SaveOutcome.Changed ? Preconditions.Failed("that of an older one") : NotThere(kind, item);
        }
    }

    private static Problem NotThere(SavedKind kind, long item) => Problem.NotFound($"There is no {SavedItems.NameOf(kind)} {item} of this seller.");
}
