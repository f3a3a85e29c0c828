using System.Buffers;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Analytics.Worker.Enriching;

/// <summary>Which user agents are programs rather than people: an ordered list of rules, of which the first that fits names the bot.</summary>
/// <remarks>
/// File: lines of <c>id, kind, text</c>, parted by tabs; kind is <c>text</c> (contained as it stands), <c>word</c> (whatever the case) or <c>pattern</c>
/// (a regular expression without look-around: matched in time linear in the agent). Lines that begin with # say nothing. Called once for each distinct
/// agent of a chunk: a person's costs 1 to 2 µs, because one search for all texts finds nothing; a bot's up to 50. Immutable; any thread.
/// </remarks>
internal sealed class BotTable
{
    private readonly List<Rule> _rules = [];
    private readonly SearchValues<string> _texts;
    private readonly SearchValues<string> _words;
    private readonly Regex _patterns;

    private BotTable(IEnumerable<string> lines, string source)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Length > 0 && line[0] != '#')
            {
                _rules.Add(Parse(line) ?? throw new FormatException(
                    $"{source}, line {number}: expected id, text, word or pattern, and a text, parted by tabs, found '{line}'."));
            }
        }

        _texts = SearchValues.Create([.. Texts("text")], StringComparison.Ordinal);
        _words = SearchValues.Create([.. Texts("word")], StringComparison.OrdinalIgnoreCase);
        _patterns = PatternOf(string.Join('|', Texts("pattern").DefaultIfEmpty("$.").Select(text => $"(?:{text})")));
    }

    /// <summary>The table that this build carries: <c>tables/bots.tsv</c>.</summary>
    public static BotTable BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The ids of the rules, in order.</summary>
    public IEnumerable<string> Ids => _rules.Select(rule => rule.Id);

    /// <summary>Reads a table.</summary>
    /// <exception cref="FormatException">A line is not a rule.</exception>
    public static BotTable Read(string file) => new(File.ReadLines(file), file);

    /// <summary>The id of the first rule that fits; null for a person, and for an empty agent.</summary>
    public string? Find(string agent)
    {
        var span = agent.AsSpan();
        return span.ContainsAny(_texts) || span.ContainsAny(_words) || _patterns.IsMatch(span) ? _rules.Find(rule => rule.Fits(agent))?.Id : null;
    }

    private IEnumerable<string> Texts(string kind) => _rules.Where(rule => rule.Kind == kind).Select(rule => rule.Text);

    private static Rule? Parse(string line)
    {
        var parts = line.Split('\t');
        if (parts is not [{ Length: > 0 } id, "text" or "word" or "pattern", { Length: > 0 } text])
        {
            return null;
        }

        var pattern = parts[1] == "pattern" ? PatternOf(text) : null;
        return new Rule(id, parts[1], text, parts[1] == "word" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal, pattern);
    }

    private static Regex PatternOf(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static BotTable ReadBuiltIn()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("bots.tsv")
            ?? throw new InvalidOperationException("Expected the resource bots.tsv in the worker, found none: it is built from tables/bots.tsv.");
        using var reader = new StreamReader(stream);
        return new BotTable(reader.ReadToEnd().Split('\n'), "bots.tsv");
    }

    private sealed record Rule(string Id, string Kind, string Text, StringComparison Comparison, Regex? Pattern)
    {
        public bool Fits(string agent) => Pattern is null ? agent.Contains(Text, Comparison) : Pattern.IsMatch(agent);
    }
}
