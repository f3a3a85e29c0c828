using System.Text;
using Analytics.Storage.ClickHouse;

namespace Analytics.Local.ClickHouse;

/// <summary>How a statement has to be given to the engine.</summary>
internal enum StatementKind
{
    /// <summary>A SELECT: its answer is fetched in chunks.</summary>
    Select,

    /// <summary>An INSERT whose data follows the statement: it is appended in chunks.</summary>
    Insert,

    /// <summary>An <c>INSERT … SELECT … FROM input('…')</c> whose data follows the statement.</summary>
    InsertFromInput,

    /// <summary>All else: run at once.</summary>
    Other,
}

/// <summary>What the port has to know about a statement: found by its tokens, the engine alone judges its grammar.</summary>
internal sealed class Statement
{
    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    private Statement(StatementKind kind) => Kind = kind;

    /// <summary>How it is run.</summary>
    public StatementKind Kind { get; }

    /// <summary>The format named in the statement, of the answer or of the inserted data; null when it names none.</summary>
    public string? Format { get; private init; }

    /// <summary>Length of the statement without the FORMAT of inserted data.</summary>
    public int Length { get; private init; }

    /// <summary>Where inserted data begins.</summary>
    public int DataStart { get; private init; }

    /// <summary>The word <c>input</c> and its parentheses, of an INSERT from input.</summary>
    public Range Input { get; private init; }

    /// <summary>Finds the kind and the borders of the statement that <paramref name="sql"/> begins with.</summary>
    /// <exception cref="EngineException">It is empty, or more than one statement.</exception>
    public static Statement Parse(ReadOnlySpan<byte> sql)
    {
        var tokens = new SqlTokens(sql);
        if (!tokens.Next())
        {
            throw EngineException.Of(62, "SYNTAX_ERROR", "Empty query: give a statement in the URL parameter `query` or in the body");
        }

        if (tokens.Is("INSERT"u8))
        {
            return ParseInsert(sql, ref tokens);
        }

        var isSelect = tokens.Is("SELECT"u8) || tokens.Is("WITH"u8) || tokens.Is("FROM"u8) || tokens.Is('(');
        return ParseOther(sql, isSelect ? StatementKind.Select : StatementKind.Other, ref tokens);
    }

    private static Statement ParseOther(ReadOnlySpan<byte> sql, StatementKind kind, ref SqlTokens tokens)
    {
        string? format = null;
        var formatIsNext = false;
        do
        {
            if (tokens.Depth == 0 && tokens.Is(';'))
            {
                return new(kind) { Format = format, Length = EndOfOnly(ref tokens) };
            }

            if (formatIsNext && tokens.Kind == SqlTokenKind.Word)
            {
                format = Encoding.UTF8.GetString(tokens.Bytes);
            }

            formatIsNext = tokens.Depth == 0 && tokens.Is("FORMAT"u8);
        }
        while (tokens.Next());

        return new(kind) { Format = format, Length = sql.Length };
    }

    private static Statement ParseInsert(ReadOnlySpan<byte> sql, ref SqlTokens tokens)
    {
        var isSelect = false;
        var inputDepth = -1;
        int inputStart = 0, inputEnd = 0;
        while (tokens.Next())
        {
            if (inputDepth == tokens.Depth && inputEnd == 0 && tokens.Is(')'))
            {
                inputEnd = tokens.End;
            }
            else if (isSelect && inputDepth < 0 && tokens.Is("input"u8) && sql[tokens.End..].TrimStart(Blanks).StartsWith("("u8))
            {
                (inputStart, inputDepth) = (tokens.Start, tokens.Depth);
            }

            if (tokens.Depth != 0)
            {
                continue;
            }

            isSelect |= tokens.Is("SELECT"u8) || tokens.Is("WITH"u8);
            if (tokens.Is(';'))
            {
                return new(isSelect ? StatementKind.Other : StatementKind.Insert) { Length = EndOfOnly(ref tokens), DataStart = sql.Length };
            }

            if (tokens.Is("INFILE"u8))
            {
                return new(StatementKind.Other) { Length = sql.Length };
            }

            if (tokens.Is("VALUES"u8) && !isSelect)
            {
                return new(StatementKind.Insert) { Format = "Values", Length = tokens.Start, DataStart = tokens.End };
            }

            if (tokens.Is("FORMAT"u8))
            {
                var length = tokens.Start;
                var kind = !isSelect ? StatementKind.Insert : inputEnd > 0 ? StatementKind.InsertFromInput : StatementKind.Other;
                var format = tokens.Next() ? Encoding.UTF8.GetString(tokens.Bytes) : null;
                return new(kind) { Format = format, Length = length, DataStart = SkipLineEnd(sql, tokens.End), Input = inputStart..inputEnd };
            }
        }

        return new(isSelect ? StatementKind.Other : StatementKind.Insert) { Length = sql.Length, DataStart = sql.Length };
    }

    /// <summary>At a semicolon: the length of the statement before it, when nothing but blanks and comments follows.</summary>
    private static int EndOfOnly(ref SqlTokens tokens)
    {
        var end = tokens.Start;
        while (tokens.Next())
        {
            if (!tokens.Is(';'))
            {
                throw EngineException.Of(62, "SYNTAX_ERROR", "Multi-statements are not allowed: send one statement per request");
            }
        }

        return end;
    }

    /// <summary>Blanks after a format's name belong to the statement, and so does one line end; all further bytes are data.</summary>
    private static int SkipLineEnd(ReadOnlySpan<byte> sql, int position)
    {
        while (position < sql.Length && sql[position] is (byte)' ' or (byte)'\t' or (byte)'\f')
        {
            position++;
        }

        position += sql[position..].StartsWith("\r"u8) ? 1 : 0;
        return position + (sql[position..].StartsWith("\n"u8) ? 1 : 0);
    }
}
