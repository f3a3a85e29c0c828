using System.Globalization;

namespace Analytics.Api.Saving;

/// <summary>Keeps two who change the same thing from undoing each other's work: who changes names the version that was seen, in <c>If-Match</c>.</summary>
internal static class Preconditions
{
    private const int LongestKey = 200;

    /// <summary>A version as the ETag of a reply.</summary>
    public static string TagOf(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>The version that the request was made from; null for <c>*</c>, any.</summary>
    /// <exception cref="Problem">428: it names none; 412: it names what is no version.</exception>
    public static long? VersionOf(HttpRequest request)
    {
        var tag = request.Headers.IfMatch.ToString();
        if (tag.Length == 0)
        {
            throw new Problem(
                StatusCodes.Status428PreconditionRequired, "if-match-needed", "Say which version you change", "Expected If-Match with the ETag of what was read (or * to overwrite whatever is there); found none.");
        }

        return tag == "*" ? null
            : tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
            : throw Failed("an ETag that was never given here");
    }

    /// <summary>It was changed since it was read.</summary>
    public static Problem Failed(string found) => new(
        StatusCodes.Status412PreconditionFailed, "changed-meanwhile", "It was changed meanwhile", $"Expected the ETag of the present version; found {found}. Read it again, and change that.");

    /// <summary>The Idempotency-Key of a creation, or null.</summary>
    public static string? IdempotencyKeyOf(HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        return key.Length == 0 ? null
            : key.Length <= LongestKey && key.All(letter => letter is > ' ' and < '\x7f') ? key
            : throw Problem.Invalid("Idempotency-Key", $"Expected at most {LongestKey} letters of ASCII without spaces; found another text.");
    }
}
