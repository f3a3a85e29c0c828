using System.Globalization;
using System.IO.Compression;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>Writes the answer of one request: headers as the server's, then the bytes as they come.</summary>
internal sealed class PortAnswer(HttpContext context, ChdbEngine engine) : IAsyncDisposable
{
    private const string QueryIdHeader = "X-ClickHouse-Query-Id";
    private Stream? _body;

    /// <summary>The headers that every answer has, errors as well.</summary>
    public void Begin()
    {
        var headers = context.Response.Headers;
        headers[QueryIdHeader] = context.Request.Query["query_id"].ToString() is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        headers["X-ClickHouse-Server-Display-Name"] = "analytics-local";
        headers["X-ClickHouse-Timezone"] = engine.TimeZone;
    }

    /// <summary>Sends the headers' content; what follows are the answer's bytes.</summary>
    public void Start(PortRequest request, string? format, Progress progress)
    {
        var response = context.Response;
        response.Headers["X-ClickHouse-Summary"] = Summary(progress);
        if (format is not null)
        {
            response.Headers["X-ClickHouse-Format"] = format;
            response.ContentType = ContentTypeOf(format);
        }

        _body = response.Body;
        if (request.AllowsCompression && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            _body = new GZipStream(response.Body, CompressionLevel.Fastest);
        }
    }

    /// <summary>Sends one piece; waits while the client is slower than the engine.</summary>
    public Task WriteAsync(Stream piece, CancellationToken cancel) => piece.CopyToAsync(_body!, cancel);

    /// <summary>Sends what is left and ends the answer.</summary>
    public async Task EndAsync()
    {
        if (_body is GZipStream)
        {
            await _body.DisposeAsync();
        }

        _body = null;
    }

    /// <summary>Answers an error. In the middle of an answer its text follows the data, and the error is thrown on.</summary>
    /// <exception cref="EngineException">The answer had begun: Kestrel then closes the connection without an end, so that no part passes for a whole.</exception>
    public async Task FailAsync(EngineException error)
    {
        var text = $"{error.Message} (version {engine.Version})\n";
        var response = context.Response;
        if (response.HasStarted)
        {
            var target = _body ?? response.Body;
            await target.WriteAsync(Encoding.UTF8.GetBytes("\r\n__exception__\r\n" + text));
            await EndAsync();
            await response.Body.FlushAsync();
            ExceptionDispatchInfo.Throw(error);
        }

        _body = null;
        response.StatusCode = error.Status;
        response.ContentType = "text/plain; charset=UTF-8";
        response.Headers.ContentEncoding = default;
        response.Headers["X-ClickHouse-Exception-Code"] = error.Code.ToString(CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"ClickHouse server HTTP API\"";
        }

        await response.WriteAsync(text);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _body is GZipStream ? _body.DisposeAsync() : ValueTask.CompletedTask;

    private static string Summary(Progress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"read_rows":"{{progress.ReadRows}}","read_bytes":"{{progress.ReadBytes}}","written_rows":"{{progress.WrittenRows}}","written_bytes":"{{progress.WrittenBytes}}","total_rows_to_read":"0","result_rows":"{{progress.ResultRows}}","result_bytes":"{{progress.ResultBytes}}"}""");

    private static string ContentTypeOf(string format) => format switch
    {
        "JSON" or "JSONStrings" or "JSONCompact" or "JSONCompactStrings" or "JSONColumns" or "JSONColumnsWithMetadata" or "JSONObjectEachRow"
            => "application/json; charset=UTF-8",
        _ when format.StartsWith("JSON", StringComparison.Ordinal) => "application/x-ndjson; charset=UTF-8",
        _ when format.StartsWith("CSV", StringComparison.Ordinal) => "text/csv; charset=UTF-8; header=" + (format.Contains("WithNames", StringComparison.Ordinal) ? "present" : "absent"),
        _ when format.StartsWith("TabSeparated", StringComparison.Ordinal) || format.StartsWith("TSV", StringComparison.Ordinal)
            => "text/tab-separated-values; charset=UTF-8",
        "XML" => "application/xml; charset=UTF-8",
        "Native" or "Parquet" or "ORC" or "Arrow" or "ArrowStream" or "Avro" => "application/octet-stream",
        _ when format.StartsWith("RowBinary", StringComparison.Ordinal) => "application/octet-stream",
        _ => "text/plain; charset=UTF-8",
    };
}
