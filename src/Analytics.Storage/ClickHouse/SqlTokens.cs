namespace Analytics.Storage.ClickHouse;

/// <summary>What a token of ClickHouse's SQL is, as far as finding the borders of statements needs it.</summary>
public enum SqlTokenKind
{
    /// <summary>A bare word or number.</summary>
    Word,

    /// <summary>A string literal, heredocs included.</summary>
    Text,

    /// <summary>An identifier in backticks or double quotes.</summary>
    QuotedName,

    /// <summary>One byte of punctuation.</summary>
    Symbol,
}

/// <summary>Walks over SQL in UTF-8 token by token, skipping blanks and comments; never fails: what is not closed ends with the text.</summary>
/// <remarks>
/// Follows ClickHouse's Lexer for quotes (backslash and doubling), <c>--</c>, <c>#</c> and <c>/* */</c> comments and <c>$tag$</c> heredocs.
/// Offsets count bytes of the span given to the constructor.
/// </remarks>
public ref struct SqlTokens(ReadOnlySpan<byte> sql)
{
    private readonly ReadOnlySpan<byte> _sql = sql;
    private int _position;

    /// <summary>First byte of the current token.</summary>
    public int Start { get; private set; }

    /// <summary>The byte after the current token.</summary>
    public readonly int End => _position;

    /// <summary>Kind of the current token.</summary>
    public SqlTokenKind Kind { get; private set; }

    /// <summary>How many parentheses, brackets and braces are open after the current token.</summary>
    public int Depth { get; private set; }

    /// <summary>Bytes of the current token.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _sql[Start.._position];

    /// <summary>Moves to the next token; false at the end of the text.</summary>
    public bool Next()
    {
        SkipBlanksAndComments();
        Start = _position;
        if (_position >= _sql.Length)
        {
            return false;
        }

        switch (_sql[_position])
        {
            case (byte)'\'':
                Kind = SqlTokenKind.Text;
                SkipQuoted((byte)'\'');
                break;
            case (byte)'"' or (byte)'`':
                Kind = SqlTokenKind.QuotedName;
                SkipQuoted(_sql[_position]);
                break;
            case (byte)'$' when HeredocTag() is { Length: > 0 } tag:
                Kind = SqlTokenKind.Text;
                SkipHeredoc(tag);
                break;
            case var first when IsWord(first):
                Kind = SqlTokenKind.Word;
                while (_position < _sql.Length && IsWord(_sql[_position]))
                {
                    _position++;
                }

                break;
            case var symbol:
                Kind = SqlTokenKind.Symbol;
                _position++;
                Depth += symbol is (byte)'(' or (byte)'[' or (byte)'{' ? 1 : symbol is (byte)')' or (byte)']' or (byte)'}' ? -1 : 0;
                break;
        }

        return true;
    }

    /// <summary>Whether the current token is this bare word, in any case.</summary>
    public readonly bool Is(ReadOnlySpan<byte> word) =>
        Kind == SqlTokenKind.Word && System.Text.Ascii.EqualsIgnoreCase(Bytes, word);

    /// <summary>Whether the current token is this one byte of punctuation.</summary>
    public readonly bool Is(char symbol) => Kind == SqlTokenKind.Symbol && _sql[Start] == symbol;

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'$' or >= 0x80;

    private void SkipBlanksAndComments()
    {
        while (_position < _sql.Length)
        {
            var rest = _sql[_position..];
            if (rest[0] <= (byte)' ')
            {
                _position++;
            }
            else if (rest.StartsWith("--"u8) || rest.StartsWith("#!"u8) || rest.StartsWith("# "u8))
            {
                var line = rest.IndexOf((byte)'\n');
                _position = line < 0 ? _sql.Length : _position + line + 1;
            }
            else if (rest.StartsWith("/*"u8))
            {
                var close = rest[2..].IndexOf("*/"u8);
                _position = close < 0 ? _sql.Length : _position + close + 4;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipQuoted(byte quote)
    {
        for (_position++; _position < _sql.Length; _position++)
        {
            if (_sql[_position] == (byte)'\\')
            {
                _position++;
            }
            else if (_sql[_position] == quote)
            {
                if (_position + 1 < _sql.Length && _sql[_position + 1] == quote)
                {
                    _position++;
                    continue;
                }

                _position++;
                return;
            }
        }

        _position = _sql.Length;
    }

    private readonly ReadOnlySpan<byte> HeredocTag()
    {
        var end = _position + 1;
        while (end < _sql.Length && _sql[end] != (byte)'$' && IsWord(_sql[end]))
        {
            end++;
        }

        return end < _sql.Length && _sql[end] == (byte)'$' ? _sql[_position..(end + 1)] : [];
    }

    private void SkipHeredoc(ReadOnlySpan<byte> tag)
    {
        var body = _position + tag.Length;
        var close = _sql[body..].IndexOf(tag);
        _position = close < 0 ? _sql.Length : body + close + tag.Length;
    }
}
