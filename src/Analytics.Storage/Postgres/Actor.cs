namespace Analytics.Storage.Postgres;

/// <summary>Who does something, for the audit log.</summary>
/// <param name="Id">For programs: <c>key:12</c>, <c>user:3</c>, <c>cli</c>, <c>system</c>.</param>
/// <param name="Name">For people, as it was then: a key's or a user's name.</param>
/// <param name="Ip">From where; null within the machine.</param>
public sealed record Actor(string Id, string Name, string? Ip = null)
{
    /// <summary>The system itself, when it sets itself up.</summary>
    public static Actor System { get; } = new("system", "Analytics");
}
