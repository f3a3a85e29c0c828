namespace Analytics.Storage.Postgres;

/// <summary>A person who signs in.</summary>
/// <param name="Id">Number of the user.</param>
/// <param name="Email">By which they sign in; in small letters.</param>
/// <param name="Name">For people.</param>
/// <param name="IsAdmin">True when they may do everything for every tenant, users included.</param>
/// <param name="Roles">What they are to which tenant.</param>
/// <param name="CreatedAt">When they were added.</param>
/// <param name="DisabledAt">Since when they cannot sign in; null while they can.</param>
public sealed record User(long Id, string Email, string Name, bool IsAdmin, IReadOnlyDictionary<long, Role> Roles, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt);

/// <summary>What is to be changed of a user; what is null stays.</summary>
public sealed record UserChange
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>The hash of another password; ends the sessions.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>May do everything, or not any more.</summary>
    public bool? IsAdmin { get; init; }

    /// <summary>May not sign in, or may again; ends the sessions.</summary>
    public bool? IsDisabled { get; init; }

    /// <summary>All roles, in place of those before.</summary>
    public IReadOnlyDictionary<long, Role>? Roles { get; init; }
}
