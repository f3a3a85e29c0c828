using System.Security.Cryptography;
using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>Who may use the port: one user, by HTTP Basic, by X-ClickHouse-User and -Key, or in the URL.</summary>
internal sealed class PortAccess(string user, string password)
{
    /// <summary>Lets the request pass, or says what is wrong with its credentials.</summary>
    /// <exception cref="EngineException">Code 516 (403) for a wrong user or password, 194 (401) when a password is needed and none was given.</exception>
    public void Check(HttpRequest request)
    {
        var (givenUser, givenPassword) = Given(request);
        if (Same(givenUser, user) && Same(givenPassword, password))
        {
            return;
        }

        if (givenPassword.Length == 0 && Same(givenUser, user))
        {
            throw EngineException.Of(
                194, "REQUIRED_PASSWORD", $"{givenUser}: Authentication failed: password is incorrect, or there is no user with such name.");
        }

        throw EngineException.Of(
            516, "AUTHENTICATION_FAILED", $"{givenUser}: Authentication failed: password is incorrect, or there is no user with such name.");
    }

    private static (string User, string Password) Given(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-ClickHouse-User", out var user) || request.Headers.ContainsKey("X-ClickHouse-Key"))
        {
            return (user.ToString() is { Length: > 0 } named ? named : "default", request.Headers["X-ClickHouse-Key"].ToString());
        }

        if (request.Headers.Authorization.ToString() is { Length: > 0 } authorization)
        {
            return Basic(authorization);
        }

        return (request.Query["user"].ToString() is { Length: > 0 } inUrl ? inUrl : "default", request.Query["password"].ToString());
    }

    private static (string User, string Password) Basic(string authorization)
    {
        const string Scheme = "Basic ";
        var encoded = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            throw EngineException.Of(516, "AUTHENTICATION_FAILED", "Invalid authentication: expected 'Basic' and base64 of user:password");
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
    }

    private static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
