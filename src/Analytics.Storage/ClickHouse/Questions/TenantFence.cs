using System.Text;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Binds a finished statement to one tenant: every table that it reads gets the condition, and what cannot be bound is refused.</summary>
/// <remarks>
/// It reads the text token by token, whoever wrote it, and knows nothing of how it was made, so that a mistake in a printer is an error and not a leak. After FROM or JOIN
/// there may be an opening parenthesis or the bare name of a table that has a tenant, with FINAL or without; the condition is added as PREWHERE, which no OR of
/// the statement's own conditions can weaken. Everything else ends in <see cref="UnboundStatementException"/>: other tables, databases, table functions, lists of
/// tables, quoted names, aliases of tables, tables after IN, a PREWHERE or settings of the statement's own, and several statements. ARRAY JOIN reads no table.
/// </remarks>
internal static class TenantFence
{
    /// <summary>The parameter that the caller's tenant goes into; nobody else may set it.</summary>
    public const string Parameter = "tenant";

    private const string Condition = " PREWHERE tenant = {tenant:UInt64}";

    private static readonly HashSet<string> Tables = new(StringComparer.Ordinal)
    {
        "events", "order_lines", "cells", "cells_1h", "cells_1d", "uniques", "uniques_1h", "uniques_1d", "product_cells", "session_cells", "stock_levels",
    };

    // Functions that reach beyond the statement's tables, by name or by the start of it.
    private static readonly string[] Reaching =
        ["dict", "joinget", "file", "url", "remote", "cluster", "merge", "input", "executable", "mysql", "postgresql", "sqlite", "odbc", "jdbc", "s3", "hdfs", "numbers", "view", "loop"];

    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "PREWHERE", "SETTINGS", "INTO", "OUTFILE", "FORMAT", "INSERT", "ALTER", "DROP", "CREATE", "SYSTEM", "DESCRIBE", "SHOW", "EXISTS", "ATTACH", "DETACH", "TRUNCATE", "OPTIMIZE", "GRANT", "KILL", "SET",
    };

    /// <summary>The statement with the condition at every table.</summary>
    /// <exception cref="UnboundStatementException">A table could not be bound.</exception>
    public static string Bind(string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var tokens = new SqlTokens(bytes);
        var bound = new StringBuilder(sql.Length + 64);
        var (copied, tables, isArray) = (0, 0, false);
        var isAny = tokens.Next();
        while (isAny)
        {
            var before = tokens.Bytes;
            var isReader = tokens.Is("FROM"u8) || (tokens.Is("JOIN"u8) && !isArray);
            isArray = tokens.Is("ARRAY"u8);
            var isMember = tokens.Is("IN"u8);
            Check(tokens, sql);
            isAny = tokens.Next();
            if (isMember && (!isAny || tokens.Kind != SqlTokenKind.Symbol))
            {
                throw Unbound(sql, "expected a list, a parameter or a subquery after IN");
            }

            if (tokens.Kind == SqlTokenKind.Symbol && isAny && tokens.Is('(') && IsReaching(before))
            {
                throw Unbound(sql, $"{Encoding.UTF8.GetString(before)} reaches beyond the tables of a tenant");
            }

            if (!isReader || (isAny && tokens.Is('(')))
            {
                continue;
            }

            isAny = TakeTable(ref tokens, sql, isAny, out var end);
            bound.Append(Encoding.UTF8.GetString(bytes.AsSpan(copied, end - copied))).Append(Condition);
            copied = end;
            tables++;
        }

        return tables > 0 && tokens.Depth == 0
            ? bound.Append(Encoding.UTF8.GetString(bytes.AsSpan(copied))).ToString()
            : throw Unbound(sql, "expected at least one table, and as many parentheses closed as opened");
    }

    // The name, FINAL, and the token after them, which has to begin the next clause.
    private static bool TakeTable(ref SqlTokens tokens, string sql, bool isAny, out int end)
    {
        var name = isAny && tokens.Kind == SqlTokenKind.Word ? Encoding.UTF8.GetString(tokens.Bytes) : "";
        if (!Tables.Contains(name))
        {
            throw Unbound(sql, $"expected a table with tenants after FROM or JOIN, found '{(isAny ? Encoding.UTF8.GetString(tokens.Bytes) : "the end")}'");
        }

        end = tokens.End;
        isAny = tokens.Next();
        if (isAny && tokens.Is("FINAL"u8))
        {
            end = tokens.End;
            isAny = tokens.Next();
        }

        if (isAny && !tokens.Is("WHERE"u8) && !tokens.Is("GROUP"u8) && !tokens.Is("ORDER"u8) && !tokens.Is("LIMIT"u8) && !tokens.Is("UNION"u8) && !tokens.Is(')'))
        {
            throw Unbound(sql, $"expected WHERE, GROUP, ORDER, LIMIT, UNION or the end after the table {name}, found '{Encoding.UTF8.GetString(tokens.Bytes)}'");
        }

        return isAny;
    }

    private static void Check(in SqlTokens tokens, string sql)
    {
        if (tokens.Kind == SqlTokenKind.Word && Refused.Contains(Encoding.UTF8.GetString(tokens.Bytes)))
        {
            throw Unbound(sql, $"'{Encoding.UTF8.GetString(tokens.Bytes)}' has no place in a question");
        }

        if (tokens.Kind == SqlTokenKind.QuotedName || tokens.Is(';'))
        {
            throw Unbound(sql, "expected one statement without quoted names");
        }
    }

    private static bool IsReaching(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return Reaching.Any(reaching => text.StartsWith(reaching, StringComparison.OrdinalIgnoreCase));
    }

    private static UnboundStatementException Unbound(string sql, string why) => new($"A statement cannot be bound to a tenant: {why}. It was not run: {sql}");
}

/// <summary>A statement could read what is not its tenant's; it was not run. A bug of ours, never of who asks.</summary>
public sealed class UnboundStatementException(string message) : Exception(message);
