using System.Globalization;
using System.Text.Json;
using Analytics.Api.Access;
using Analytics.Api.Replies;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>/api/v1/users: adds, lists, changes and disables users, for admins.</summary>
internal static class UsersEndpoint
{
    private const string Path = "/api/v1/users";
    private const int ShortestPassword = 12;
    private const int LongestPassword = 256;
    private const int LongestEmail = 254;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync);
        routes.MapPost(Path, CreateAsync);
        routes.MapGet(Path + "/{id:long}", async (long id, HttpContext http, KeyRing ring, Users users) =>
        {
            await ring.AdminAsync(http);
            return UserReply.Of(await users.FindAsync(id, http.RequestAborted) ?? throw NotThere(id));
        });
        routes.MapPatch(Path + "/{id:long}", ChangeAsync);
        routes.MapDelete(Path + "/{id:long}", async (long id, HttpContext http, KeyRing ring, Users users) =>
        {
            var caller = await ring.AdminAsync(http);
            _ = await users.ChangeAsync(id, new() { IsDisabled = true }, caller.By(http), http.RequestAborted) ?? throw NotThere(id);
            return Results.NoContent();
        });
    }

    /// <summary>An address as it is kept.</summary>
    public static string EmailOf(RequestBody body)
    {
        var email = body.Text("email", LongestEmail, least: 3).ToLowerInvariant();
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < email.Length - 1 && !email.Any(char.IsWhiteSpace) ? email : throw Problem.Invalid("email", "Expected an e-mail address; found a text without one.");
    }

    private static async Task<object> ListAsync(HttpContext http, KeyRing ring, Users users)
    {
        await ring.AdminAsync(http);
        var page = PageOf.Read(http.Request.Query);
        var found = await users.ListAsync(page.After ?? 0, page.Limit, http.RequestAborted);
        return new { users = found.Select(UserReply.Of), next = page.Next(found, user => user.Id) };
    }

    private static async Task<IResult> CreateAsync(HttpContext http, KeyRing ring, Users users, TenantDirectory tenants)
    {
        var caller = await ring.AdminAsync(http);
        using var body = await RequestBody.ReadAsync(http, "email", "name", "password", "admin", "roles");
        var email = EmailOf(body);
        var name = body.Text("name", most: 200);
        var password = PasswordIn(body) ?? throw Problem.Invalid("password", $"Expected a password of {ShortestPassword} letters or more; found none.");
        var roles = await RolesInAsync(body, tenants, http.RequestAborted) ?? new Dictionary<long, Role>();
        var hash = await Task.Run(() => PasswordHash.Of(password), http.RequestAborted);
        var user = await users.CreateAsync(email, name, hash, body.Flag("admin") ?? false, roles, caller.By(http), http.RequestAborted)
            ?? throw new Problem(StatusCodes.Status409Conflict, "user-exists", "There is such a user already", "Expected an address that no user has; found one that somebody has. Change that user, or take another address.");
        return Results.Created($"{Path}/{user.Id}", UserReply.Of(user));
    }

    private static async Task<UserReply> ChangeAsync(long id, HttpContext http, KeyRing ring, Users users, TenantDirectory tenants)
    {
        var caller = await ring.AdminAsync(http);
        using var body = await RequestBody.ReadAsync(http, "name", "password", "admin", "roles", "disabled");
        var password = PasswordIn(body);
        var change = new UserChange
        {
            Name = body.OptionalText("name", most: 200),
            IsAdmin = body.Flag("admin"),
            IsDisabled = body.Flag("disabled"),
            Roles = await RolesInAsync(body, tenants, http.RequestAborted),
            PasswordHash = password is null ? null : await Task.Run(() => PasswordHash.Of(password), http.RequestAborted),
        };
        return UserReply.Of(await users.ChangeAsync(id, change, caller.By(http), http.RequestAborted) ?? throw NotThere(id));
    }

    // Length is what makes a password strong; rules about its letters only make it hard to keep in mind.
    private static string? PasswordIn(RequestBody body) => body.OptionalText("password", LongestPassword, ShortestPassword);

    private static async Task<IReadOnlyDictionary<long, Role>?> RolesInAsync(RequestBody body, TenantDirectory tenants, CancellationToken cancel)
    {
        if (body.Field("roles") is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Problem.Invalid("roles", $"Expected an object such as {{\"1\": \"owner\"}}; found {RequestBody.Kind(value)}.");
        }

        var roles = new Dictionary<long, Role>();
        foreach (var property in value.EnumerateObject())
        {
            var name = property.Name;
            var tenant = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && await tenants.HasAsync(id, cancel)
                ? id
                : throw Problem.Invalid("roles", $"Expected numbers of tenants; found '{name}'.");
            roles[tenant] = RoleOf(property.Value);
        }

        return roles;
    }

    private static Role RoleOf(JsonElement value) => value switch
    {
        { ValueKind: JsonValueKind.String } when value.ValueEquals("viewer") => Role.Viewer,
        { ValueKind: JsonValueKind.String } when value.ValueEquals("editor") => Role.Editor,
        { ValueKind: JsonValueKind.String } when value.ValueEquals("owner") => Role.Owner,
        _ => throw Problem.Invalid("roles", $"Expected owner, editor or viewer; found {(value.ValueKind == JsonValueKind.String ? $"'{value}'" : RequestBody.Kind(value))}."),
    };

    private static Problem NotThere(long id) => Problem.NotFound($"There is no user {id}. GET {Path} lists them.");
}
