namespace Analytics.Storage.Postgres;

/// <summary>A seller or an app whose events are counted apart from all others.</summary>
/// <param name="Id">1 or more; the id in events, keys and paths.</param>
/// <param name="ExternalId">The id in the customer's own system; unique.</param>
/// <param name="Name">For people.</param>
/// <param name="TimeZone">IANA name of the zone in which days, weeks and months are cut.</param>
/// <param name="Currency">ISO 4217 code of the reporting currency.</param>
public sealed record Tenant(long Id, string ExternalId, string Name, string TimeZone = "UTC", string Currency = "USD");
