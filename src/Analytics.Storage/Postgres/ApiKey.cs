namespace Analytics.Storage.Postgres;

/// <summary>What a key is for.</summary>
public enum ApiKeyKind
{
    /// <summary>Sends events of its tenants; may stand in a web page.</summary>
    Write,

    /// <summary>Reads the figures of its tenants.</summary>
    Read,

    /// <summary>Reads and sends for every tenant.</summary>
    Admin,
}

/// <summary>A key that is valid. Its text is not kept, only its SHA-256.</summary>
/// <param name="Id">Number of the key.</param>
/// <param name="Prefix">The start of its text, by which people recognise it.</param>
/// <param name="Name">For people: who holds it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="TenantIds">Whose figures or events; none means none (an admin key needs no list).</param>
public sealed record ApiKey(long Id, string Prefix, string Name, ApiKeyKind Kind, IReadOnlySet<long> TenantIds)
{
    /// <summary>True when it reads the figures of this tenant.</summary>
    public bool MayRead(long tenant) => Kind == ApiKeyKind.Admin || (Kind == ApiKeyKind.Read && TenantIds.Contains(tenant));

    /// <summary>True when it sends events of this tenant.</summary>
    public bool MayWrite(long tenant) => Kind == ApiKeyKind.Admin || (Kind == ApiKeyKind.Write && TenantIds.Contains(tenant));
}
