using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Analytics.Storage.Postgres;

/// <summary>A password as it is kept: PBKDF2 with HMAC-SHA-256, <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
/// <remarks>It takes a few tenths of a second of one core, and is meant to: callers limit how often it is done.</remarks>
public static class PasswordHash
{
    // What OWASP's password storage cheat sheet asks for with this hash (2023); the text keeps the number, so that it can grow.
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Scheme = "pbkdf2-sha256";

    /// <summary>Of nobody's password: checking against it takes as long as against a real one, so that the time does not tell who is known.</summary>
    public static string OfNobody { get; } = Of(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(HashBytes)));

    /// <summary>Hashes a new password with a salt of its own.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Iterations, HashBytes))}");
    }

    /// <summary>True when it is the password of this hash.</summary>
    /// <exception cref="FormatException">The hash is none of ours.</exception>
    public static bool IsOf(string password, string hash)
    {
        var parts = hash.Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations))
        {
            throw new FormatException($"Expected a hash of the form '{Scheme}$iterations$salt$hash'.");
        }

        var expected = Convert.FromBase64String(parts[3]);
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(parts[2]), iterations, expected.Length), expected);
    }

    private static byte[] Derive(string password, byte[] salt, int iterations, int bytes) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, bytes);
}
