namespace Analytics.Storage.Postgres;

/// <summary>What a key is for.</summary>
public enum ApiKeyKind
{
    /// <summary>Sends events of its tenants; may stand in a web page.</summary>
    Write,

    /// <summary>Reads the figures of its tenants, and may be allowed to save what is asked.</summary>
    Read,

    /// <summary>Everything, for every tenant.</summary>
    Admin,

    /// <summary>A user who signed in, for some hours.</summary>
    Session,
}

/// <summary>A key that is valid, or a user's session. Its text is not kept, only its SHA-256.</summary>
/// <param name="Id">Number of the key; of the user for a session.</param>
/// <param name="Prefix">The start of its text, by which people recognise it.</param>
/// <param name="Name">For people: who holds it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="TenantIds">Whose figures or events; none means none (one that goes everywhere needs no list).</param>
public sealed record ApiKey(long Id, string Prefix, string Name, ApiKeyKind Kind, IReadOnlySet<long> TenantIds)
{
    /// <summary>What it may do for each of its tenants, where <see cref="RightsByTenant"/> does not say.</summary>
    public Rights Rights { get; init; } = RightsOf.Usual(Kind);

    /// <summary>What a user may do, by tenant; null for a key.</summary>
    public IReadOnlyDictionary<long, Rights>? RightsByTenant { get; init; }

    /// <summary>True when it is good for every tenant, those to come too.</summary>
    public bool IsEverywhere { get; init; } = Kind == ApiKeyKind.Admin;

    /// <summary>From when on it is not valid any more; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its name in the audit log.</summary>
    public string ActorId => Kind == ApiKeyKind.Session ? $"user:{Id}" : $"key:{Id}";

    /// <summary>True when it may do this for this tenant.</summary>
    public bool May(Rights right, long tenant) =>
        IsEverywhere ? Rights.HasFlag(right)
        : RightsByTenant is { } byTenant ? byTenant.GetValueOrDefault(tenant).HasFlag(right)
        : Rights.HasFlag(right) && TenantIds.Contains(tenant);

    /// <summary>True when it may do this for a tenant at all.</summary>
    public bool MaySomewhere(Rights right) => !IsEverywhere && RightsByTenant is { } byTenant ? byTenant.Values.Any(rights => rights.HasFlag(right)) : Rights.HasFlag(right);

    /// <summary>True when it may do this for every tenant, those to come too.</summary>
    public bool MayEverywhere(Rights right) => IsEverywhere && Rights.HasFlag(right);

    /// <summary>The tenants for which it may do this; null for all.</summary>
    public IReadOnlyCollection<long>? TenantsOf(Rights right) => MayEverywhere(right) ? null : [.. TenantIds.Where(tenant => May(right, tenant))];

    /// <summary>True when it reads the figures of this tenant.</summary>
    public bool MayRead(long tenant) => May(Rights.Read, tenant);

    /// <summary>True when it sends events of this tenant.</summary>
    public bool MayWrite(long tenant) => May(Rights.Collect, tenant);
}
