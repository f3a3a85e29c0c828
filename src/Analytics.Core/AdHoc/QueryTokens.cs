using System.Globalization;
using System.Text;

namespace Analytics.Core.AdHoc;

/// <summary>What a token of a query is.</summary>
internal enum QueryTokenKind
{
    /// <summary>A keyword or a name.</summary>
    Word,

    /// <summary>A text in single quotes.</summary>
    Text,

    /// <summary>A name in double quotes.</summary>
    QuotedName,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A duration: 30m, 24h, 7d, 2w.</summary>
    Duration,

    /// <summary>A value that the caller gives beside the query: <c>:name</c>.</summary>
    Parameter,

    /// <summary>Punctuation.</summary>
    Symbol,

    /// <summary>After the last one.</summary>
    End,
}

/// <summary>A token of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word, the symbol, or the value without quotes.</param>
/// <param name="Number">The number, or the seconds of a duration.</param>
/// <param name="At">Where it begins.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text, double Number, QueryPlace At)
{
    /// <summary>Its first character.</summary>
    public int Start { get; init; }

    /// <summary>The character after it.</summary>
    public int End { get; init; }

    /// <summary>As a message calls it.</summary>
    public string Found => Kind switch
    {
        QueryTokenKind.End => "the end",
        QueryTokenKind.Text => $"the text '{Shortened(Text)}'",
        QueryTokenKind.Parameter => $"':{Shortened(Text)}'",
        _ => $"'{Shortened(Text)}'",
    };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

/// <summary>Cuts the text of a query into tokens.</summary>
internal ref struct QueryTokens
{
    /// <summary>Characters of a query. Beyond it the query is refused: nobody reads a longer one, and every limit below it rests on this one.</summary>
    public const int LongestQuery = 10_000;

    /// <summary>Tokens of a query, an <c>IN</c> list of 500 values included.</summary>
    public const int MostTokens = 2_000;

    /// <summary>Characters of a text in quotes.</summary>
    public const int LongestText = 1_024;

    private static readonly string[] LongSymbols = ["!=", "<>", "<=", ">="];

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private QueryTokens(ReadOnlySpan<char> text) => _text = text;

    private readonly QueryPlace Here => new(_line, _at - _lineStart + 1);

    /// <summary>All tokens, the last one <see cref="QueryTokenKind.End"/>.</summary>
    /// <exception cref="InvalidQueryException">Something is no token, or there is too much.</exception>
    public static List<QueryToken> Of(string text)
    {
        if (text.Length > LongestQuery)
        {
            throw new InvalidQueryException(new(1, 1), $"Expected a query of at most {LongestQuery} characters; found {text.Length}.");
        }

        var tokens = new List<QueryToken>();
        var reader = new QueryTokens(text);
        do
        {
            if (tokens.Count == MostTokens)
            {
                throw new InvalidQueryException(reader.Here, $"Expected a query of at most {MostTokens} words and symbols; found more.");
            }

            reader.SkipBlanksAndComments();
            var start = reader._at;
            tokens.Add(reader.Next() with { Start = start, End = reader._at });
        }
        while (tokens[^1].Kind != QueryTokenKind.End);

        return tokens;
    }

    private static bool IsNameStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private static bool IsName(char letter) => IsNameStart(letter) || char.IsAsciiDigit(letter);

    private QueryToken Next()
    {
        var start = Here;
        if (_at >= _text.Length)
        {
            return new(QueryTokenKind.End, "", 0, start);
        }

        var first = _text[_at];
        var second = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        return first switch
        {
            '\'' => new(QueryTokenKind.Text, Quoted('\'', "a text"), 0, start),
            '"' or '`' => new(QueryTokenKind.QuotedName, Quoted(first, "a name"), 0, start),
            ':' when IsNameStart(second) => Parameter(start),
            _ when IsNameStart(first) => new(QueryTokenKind.Word, Word(), 0, start),
            _ when char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(second)) => Number(start),
            _ => Symbol(start),
        };
    }

    private void SkipBlanksAndComments()
    {
        while (_at < _text.Length)
        {
            if (_text[_at..].StartsWith("--"))
            {
                var line = _text[_at..].IndexOf('\n');
                _at = line < 0 ? _text.Length : _at + line;
            }
            else if (_text[_at] == '\n')
            {
                _at++;
                _line++;
                _lineStart = _at;
            }
            else if (char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private QueryToken Parameter(QueryPlace start)
    {
        _at++;
        return new(QueryTokenKind.Parameter, Word(), 0, start);
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && IsName(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at].ToString();
    }

    // The quote itself stands twice within.
    private string Quoted(char quote, string what)
    {
        var (start, value) = (Here, new StringBuilder());
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] == quote)
            {
                _at++;
                if (_at >= _text.Length || _text[_at] != quote)
                {
                    return Whole(value.ToString(), start);
                }
            }
            else if (_text[_at] == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }

            value.Append(_text[_at]);
        }

        throw new InvalidQueryException(start, $"Expected {quote} at the end of {what}; found the end of the query.", $"A {quote} within is written twice.");
    }

    private static string Whole(string value, QueryPlace start)
    {
        if (value.Length > LongestText)
        {
            throw new InvalidQueryException(start, $"Expected a text of at most {LongestText} characters; found {value.Length}.");
        }

        // Half a surrogate pair is no Unicode, and no store keeps it.
        return value.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) && !value.Contains('\ufffd', StringComparison.Ordinal)
            ? throw new InvalidQueryException(start, "Expected Unicode; found half a surrogate pair.")
            : value;
    }

    private QueryToken Number(QueryPlace start)
    {
        var from = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
        {
            _at++;
        }

        var digits = _text[from.._at];
        if (_at < _text.Length && IsNameStart(_text[_at]) && !IsExponent())
        {
            return Duration(digits, from, start);
        }

        if (_at < _text.Length && IsExponent())
        {
            _at += 2;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }
        }

        var text = _text[from.._at].ToString();
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new(QueryTokenKind.Number, text, number, start)
            : throw new InvalidQueryException(start, $"Expected a number, such as 12 or 0.5; found '{(text.Length <= 40 ? text : text[..40] + "…")}'.");
    }

    private readonly bool IsExponent() => _text[_at] is 'e' or 'E' && _at + 1 < _text.Length
        && (char.IsAsciiDigit(_text[_at + 1]) || (_text[_at + 1] is '+' or '-' && _at + 2 < _text.Length && char.IsAsciiDigit(_text[_at + 2])));

    private QueryToken Duration(ReadOnlySpan<char> digits, int from, QueryPlace start)
    {
        var seconds = Word() switch
        {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => 0,
        };
        var text = _text[from.._at].ToString();
        return seconds > 0 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 3_660L * 86_400 / seconds
            ? new(QueryTokenKind.Duration, text, (double)count * seconds, start)
            : throw new InvalidQueryException(start, $"Expected a number, or a duration such as 30m, 24h, 7d or 2w of at most ten years; found '{(text.Length <= 40 ? text : text[..40] + "…")}'.");
    }

    private QueryToken Symbol(QueryPlace start)
    {
        foreach (var symbol in LongSymbols)
        {
            if (_text[_at..].StartsWith(symbol))
            {
                _at += 2;
                return new(QueryTokenKind.Symbol, symbol == "<>" ? "!=" : symbol, 0, start);
            }
        }

        var one = _text[_at];
        if ("(),.=<>+-*/;".Contains(one, StringComparison.Ordinal))
        {
            _at++;
            return new(QueryTokenKind.Symbol, one.ToString(), 0, start);
        }

        var found = char.IsControl(one) || char.IsSurrogate(one) ? $"U+{(int)one:X4}" : $"'{one}'";
        throw new InvalidQueryException(
            start, $"Expected a name, a value or one of ( ) , . = != < <= > >= + - * /; found {found}.", one == '%' ? "A pattern stands in quotes: LIKE 'a%'." : null);
    }
}
