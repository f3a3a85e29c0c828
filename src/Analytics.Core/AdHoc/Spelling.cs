namespace Analytics.Core.AdHoc;

/// <summary>Finds the name that was meant.</summary>
internal static class Spelling
{
    // Beyond it the comparison costs more than the hint is worth.
    private const int Longest = 40;

    /// <summary>"Did you mean …?", or null where nothing is near.</summary>
    public static string? Hint(string found, IEnumerable<string> names) =>
        Nearest(found, names) is { } name ? $"Did you mean {name}?" : null;

    /// <summary>The nearest name: at most a third of its letters differ; of equals the first.</summary>
    public static string? Nearest(string found, IEnumerable<string> names)
    {
        if (found.Length is 0 or > Longest)
        {
            return null;
        }

        var (best, least) = ((string?)null, int.MaxValue);
        foreach (var name in names)
        {
            var distance = Distance(found.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < least && distance <= Math.Max(1, name.Length / 3))
            {
                (best, least) = (name, distance);
            }
        }

        return best;
    }

    // Letters to insert, remove, replace, or swap with their neighbour.
    private static int Distance(string left, string right)
    {
        var (before, last, row) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var column = 0; column <= right.Length; column++)
        {
            last[column] = column;
        }

        for (var at = 1; at <= left.Length; at++)
        {
            row[0] = at;
            for (var column = 1; column <= right.Length; column++)
            {
                var cost = left[at - 1] == right[column - 1] ? 0 : 1;
                row[column] = Math.Min(Math.Min(row[column - 1], last[column]) + 1, last[column - 1] + cost);
                if (at > 1 && column > 1 && left[at - 1] == right[column - 2] && left[at - 2] == right[column - 1])
                {
                    row[column] = Math.Min(row[column], before[column - 2] + 1);
                }
            }

            (before, last, row) = (last, row, before);
        }

        return last[right.Length];
    }
}
