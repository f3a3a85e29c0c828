using Analytics.Storage.Postgres;

namespace Analytics.Api.Access;

/// <summary>Who acts, for the audit log.</summary>
internal static class Acting
{
    /// <summary>The holder of this key, from where the request comes.</summary>
    public static Actor By(this ApiKey key, HttpContext http) => new(key.ActorId, key.Name, http.Connection.RemoteIpAddress?.ToString());
}
