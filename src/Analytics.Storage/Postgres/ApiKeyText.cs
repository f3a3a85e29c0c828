using System.Security.Cryptography;
using System.Text;

namespace Analytics.Storage.Postgres;

/// <summary>The text of a key: <c>ak_read_</c>, 64 hexadecimal digits of 256 random bits, 8 of a checksum by which scanners tell a real key from a look-alike.</summary>
public static class ApiKeyText
{
    /// <summary>Longest text that is looked at; longer ones are no keys.</summary>
    public const int MaxLength = 128;

    private const int ShownLetters = 14;

    /// <summary>A new key of a kind.</summary>
    public static string New(ApiKeyKind kind) => Of(kind, RandomNumberGenerator.GetBytes(32));

    /// <summary>The key of given secret bits, for a key that must come out the same each time (demo data).</summary>
    public static string Of(ApiKeyKind kind, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != 32)
        {
            throw new ArgumentException($"A key holds 32 secret bytes, not {secret.Length}.", nameof(secret));
        }

        var text = Prefix(kind) + Convert.ToHexStringLower(secret);
        return text + Checksum(text);
    }

    /// <summary>True when the checksum is right: a text that was typed or cut wrongly is not.</summary>
    public static bool IsWhole(string text) => text.Length > 8 && string.Equals(Checksum(text[..^8]), text[^8..], StringComparison.Ordinal);

    /// <summary>True for the text of a user's session; false for a key's.</summary>
    public static bool IsSession(string text) => text.StartsWith(Prefix(ApiKeyKind.Session), StringComparison.Ordinal);

    internal static string Prefix(ApiKeyKind kind) => $"ak_{Code(kind)}_";

    /// <summary>A kind in words.</summary>
    public static string Code(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Write => "write",
        ApiKeyKind.Read => "read",
        ApiKeyKind.Admin => "admin",
        ApiKeyKind.Session => "session",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of key."),
    };

    internal static ApiKeyKind KindOf(string code) => code switch
    {
        "write" => ApiKeyKind.Write,
        "read" => ApiKeyKind.Read,
        "admin" => ApiKeyKind.Admin,
        "session" => ApiKeyKind.Session,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a kind of key."),
    };

    internal static byte[] Sha256(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    internal static string Shown(string text) => text[..Math.Min(text.Length, ShownLetters)];

    private static string Checksum(string text) => Convert.ToHexStringLower(Sha256(text).AsSpan(0, 4));
}
