namespace Analytics.Storage.Postgres;

/// <summary>What can be saved.</summary>
public enum SavedKind
{
    /// <summary>A page of tiles.</summary>
    Dashboard,

    /// <summary>Steps that users take one after another.</summary>
    Funnel,

    /// <summary>A group of users.</summary>
    Cohort,
}

/// <summary>Something that was saved for a tenant.</summary>
/// <param name="Id">Its number.</param>
/// <param name="TenantId">Whose.</param>
/// <param name="Kind">What.</param>
/// <param name="Name">For people.</param>
/// <param name="Definition">What was saved, a JSON object.</param>
/// <param name="Version">Goes up with every change.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom: <c>user:3</c>, <c>key:12</c>.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
/// <param name="UpdatedBy">By whom.</param>
public sealed record SavedItem(
    long Id, long TenantId, SavedKind Kind, string Name, string Definition, long Version, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>What became of an attempt to save, change or remove.</summary>
public enum SaveOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>Done before, under the same idempotency key: this is what it made then.</summary>
    DoneBefore,

    /// <summary>The idempotency key was used for another request.</summary>
    KeyUsedForAnother,

    /// <summary>The tenant has as many of this kind as it may.</summary>
    TooMany,

    /// <summary>There is no such thing of this tenant (any more).</summary>
    NotThere,

    /// <summary>It was changed by somebody else since.</summary>
    Changed,
}
