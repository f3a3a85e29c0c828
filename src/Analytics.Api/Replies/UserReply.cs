using Analytics.Storage.Postgres;

namespace Analytics.Api.Replies;

/// <summary>A user. Roles by tenant: owner, editor or viewer.</summary>
internal sealed record UserReply(
    long Id, string Email, string Name, bool Admin, IReadOnlyDictionary<long, string> Roles, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
{
    /// <summary>Of a user as they are kept.</summary>
    public static UserReply Of(User user) => new(
        user.Id, user.Email, user.Name, user.IsAdmin, user.Roles.ToDictionary(one => one.Key, one => NameOf(one.Value)), user.CreatedAt, user.DisabledAt);

    /// <summary>A role on the wire.</summary>
    public static string NameOf(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Editor => "editor",
        Role.Owner => "owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };
}
