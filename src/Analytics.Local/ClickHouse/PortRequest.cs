using System.IO.Compression;
using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>What a request of the HTTP interface asks for, besides its body.</summary>
internal sealed class PortRequest
{
    private const string ParameterPrefix = "param_";

    private PortRequest(HttpContext context) => Context = context;

    /// <summary>The request and its answer.</summary>
    public HttpContext Context { get; }

    /// <summary>Names the statement inside the engine.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The URL parameter <c>query</c>; empty when the statement stands in the body.</summary>
    public required string Query { get; init; }

    /// <summary>Current database of the statement.</summary>
    public required string Database { get; init; }

    /// <summary>Format when the statement names none; null when the client named none either.</summary>
    public string? DefaultFormat { get; private init; }

    /// <summary>Whether the whole answer is made before its first byte is sent, so that an error still changes the status.</summary>
    public bool WaitsForEnd { get; private set; }

    /// <summary>Whether the answer may be compressed.</summary>
    public bool AllowsCompression { get; private set; }

    /// <summary>Settings of this statement only.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>Values of <c>{name:Type}</c>, escaped as in TabSeparated.</summary>
    public Dictionary<string, string> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the URL and the headers.</summary>
    /// <exception cref="EngineException">It asks for something that this port does not have.</exception>
    public static PortRequest Read(HttpContext context)
    {
        var url = context.Request.Query;
        var headers = context.Request.Headers;
        var request = new PortRequest(context)
        {
            Query = url["query"].ToString(),
            Database = First(url["database"], headers["X-ClickHouse-Database"]) ?? "default",
            DefaultFormat = First(url["default_format"], headers["X-ClickHouse-Format"]),
        };
        foreach (var (name, value) in url)
        {
            request.Take(name, value.ToString());
        }

        // The server does the same: a GET may be repeated or made by a link, so it must not write.
        if (HttpMethods.IsGet(context.Request.Method) && request.Settings.GetValueOrDefault("readonly", "0") == "0")
        {
            request.Settings["readonly"] = "2";
        }

        return request;
    }

    /// <summary>The body, decompressed.</summary>
    /// <exception cref="EngineException">Its encoding is unknown.</exception>
    public Stream OpenBody() => Context.Request.Headers.ContentEncoding.ToString() switch
    {
        "" or "identity" => Context.Request.Body,
        "gzip" or "x-gzip" => new GZipStream(Context.Request.Body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(Context.Request.Body, CompressionMode.Decompress),
        "br" => new BrotliStream(Context.Request.Body, CompressionMode.Decompress),
        var other => throw EngineException.Of(48, "NOT_IMPLEMENTED", $"Unknown Content-Encoding '{other}': expected gzip, deflate, br or none"),
    };

    /// <summary>The statements that give a session the settings of this request, the strictest last.</summary>
    public IEnumerable<string> Preparations()
    {
        if (Database != "default")
        {
            yield return $"USE {QuoteName(Database)}";
        }

        // The engine makes query ids of its own; the comment is how a statement is found to be stopped. All in one statement: each costs as much as a small question.
        var comment = Settings.GetValueOrDefault("log_comment", "");
        var settings = new StringBuilder("SET log_comment = ").Append(Quote(comment.Length == 0 ? Mark : Mark + ' ' + comment));
        foreach (var (name, value) in Settings.Where(setting => setting.Key is not ("readonly" or "log_comment")))
        {
            settings.Append(", ").Append(QuoteName(name)).Append(" = ").Append(Quote(value));
        }

        yield return settings.ToString();
        if (Settings.TryGetValue("readonly", out var level))
        {
            yield return $"SET readonly = {Quote(level)}";
        }
    }

    /// <summary>A string literal.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('\'');
        foreach (var character in text)
        {
            _ = character is '\'' or '\\' ? quoted.Append('\\').Append(character) : quoted.Append(character);
        }

        return quoted.Append('\'').ToString();
    }

    private static string QuoteName(string name) =>
        '`' + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal) + '`';

    private static string? First(params ReadOnlySpan<Microsoft.Extensions.Primitives.StringValues> values)
    {
        foreach (var value in values)
        {
            if (value.ToString() is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    private void Take(string name, string value)
    {
        switch (name)
        {
            case "query" or "query_id" or "database" or "default_format" or "user" or "password" or "quota_key" or "buffer_size"
                or "client_protocol_version" or "stacktrace":
                break;
            case "compress" or "decompress":
                Refuse(name, value, "use Content-Encoding and Accept-Encoding with enable_http_compression=1");
                break;
            case "session_id" or "session_timeout" or "session_check" or "close_session":
                Refuse(name, "1", "this port has no sessions; send settings with each statement");
                break;
            case "role":
                Refuse(name, "1", "this port has one user without roles");
                break;
            case "wait_end_of_query":
                WaitsForEnd = value == "1";
                break;
            default:
                if (name.StartsWith(ParameterPrefix, StringComparison.Ordinal))
                {
                    Parameters[name[ParameterPrefix.Length..]] = value;
                    break;
                }

                AllowsCompression |= name == "enable_http_compression" && value is "1" or "true";
                Settings[name] = value;
                break;
        }
    }

    private static void Refuse(string name, string value, string advice)
    {
        if (value is not ("0" or ""))
        {
            throw EngineException.Of(48, "NOT_IMPLEMENTED", $"URL parameter '{name}' is not implemented: {advice}");
        }
    }
}
