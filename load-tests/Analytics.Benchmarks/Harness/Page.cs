namespace Analytics.Benchmarks.Harness;

/// <summary>Pages that hold measured figures between marks.</summary>
internal static class Page
{
    /// <summary>Puts a text between <c>&lt;!-- mark --&gt;</c> and <c>&lt;!-- /mark --&gt;</c>.</summary>
    /// <exception cref="InvalidOperationException">The page has no such marks.</exception>
    public static void Write(string path, string mark, string content)
    {
        var (begin, end) = ($"<!-- {mark} -->\n", $"<!-- /{mark} -->");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"expected the marks {begin.Trim()} and {end} in {path}, found none");
        }

        File.WriteAllText(path, text[..(from + begin.Length)] + content + "\n" + text[to..]);
    }
}
