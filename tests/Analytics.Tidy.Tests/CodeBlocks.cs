using System.Text.RegularExpressions;

namespace Analytics.Tidy.Tests;

/// <summary>A stretch of code between a brace and its partner, in formatted C#.</summary>
/// <param name="Line">Line of the opening brace, from 1.</param>
/// <param name="Length">Lines between the braces.</param>
internal readonly record struct CodeBlock(int Line, int Length);

/// <summary>Finds blocks by their indentation: `dotnet format` puts a block's braces on lines of their own, equally indented.</summary>
internal static partial class CodeBlocks
{
    /// <summary>Blocks of over <paramref name="most"/> lines that are not the body of a type.</summary>
    public static IEnumerable<CodeBlock> LongerThan(int most, string code)
    {
        var lines = code.Split('\n');
        for (var open = 1; open < lines.Length; open++)
        {
            var indent = lines[open].Length - 1;
            if (indent < 4 || lines[open].TrimStart() != "{" || IsType(lines, open))
            {
                continue;
            }

            var close = Array.FindIndex(lines, open, line => line.Length > indent && line[indent] == '}' && string.IsNullOrWhiteSpace(line[..indent]));
            if (close - open - 1 > most)
            {
                yield return new CodeBlock(open + 1, close - open - 1);
            }
        }
    }

    // The header may span lines: look back to the end of the statement or member before.
    private static bool IsType(string[] lines, int open)
    {
        for (var line = open - 1; line >= 0 && !Ends().IsMatch(lines[line]); line--)
        {
            if (TypeHeader().IsMatch(lines[line]))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"^\s*$|[;}]\s*$")]
    private static partial Regex Ends();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record|namespace|extension)\b")]
    private static partial Regex TypeHeader();
}
