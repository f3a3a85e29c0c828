using System.Globalization;

namespace Analytics.Api;

/// <summary>Which part of a list is asked for: <c>limit</c>, and <c>cursor</c> as the part before gave it in <c>next</c>.</summary>
/// <param name="After">The number after which it goes on; null at the start.</param>
/// <param name="Limit">At most so many.</param>
internal readonly record struct PageOf(long? After, int Limit)
{
    private const int Usual = 50;
    private const int Most = 200;

    /// <summary>Reads the parameters.</summary>
    /// <param name="query">The parameters.</param>
    /// <param name="usual">The limit where none is asked for.</param>
    /// <param name="most">The largest limit.</param>
    public static PageOf Read(IQueryCollection query, int usual = Usual, int most = Most)
    {
        var (limit, cursor) = (query["limit"].ToString(), query["cursor"].ToString());
        return new(
            cursor.Length == 0 ? null : AfterOf(cursor),
            limit.Length == 0 ? usual
                : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked >= 1 && asked <= most ? asked
                : throw Problem.Invalid("limit", $"Expected a number from 1 to {most}; found '{limit}'."));
    }

    /// <summary>The cursor of the next part, when this one is full.</summary>
    public string? Next<T>(IReadOnlyList<T> part, Func<T, long> numberOf) =>
        part.Count < Limit ? null : numberOf(part[^1]).ToString("x", CultureInfo.InvariantCulture);

    private static long AfterOf(string cursor) =>
        long.TryParse(cursor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var after) && after >= 0 && cursor.Length <= 16
            ? after
            : throw Problem.Invalid("cursor", "Expected the 'next' of the page before; found something else.");
}
