using System.IO.Compression;
using System.Text.Json;

namespace Analytics.Api.Collecting;

/// <summary>Reads the body of a request of events: unpacked, within the limit, as JSON.</summary>
internal static class EventBody
{
    // Events are flat, properties may hold a little structure; deeper nesting is an attack on the parser.
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 32 };

    /// <summary>The body.</summary>
    /// <exception cref="Problem">400, 413 or 415: what is wrong with it.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancel)
    {
        CheckType(request);
        using var body = new MemoryStream();
        await using var unpacked = Unpacked(request);
        var piece = new byte[16 * 1024];
        try
        {
            for (int read; (read = await unpacked.ReadAsync(piece, cancel).ConfigureAwait(false)) > 0;)
            {
                if (body.Length + read > maxBytes)
                {
                    throw Problem.TooLarge($"Expected at most {maxBytes} bytes after decompression; found more. Send smaller batches.");
                }

                body.Write(piece, 0, read);
            }

            return JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), Json);
        }
        // Brotli's stream says so by the latter.
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            throw Problem.Invalid("body", $"Expected a body packed as Content-Encoding says ({request.Headers.ContentEncoding}); found: {error.Message}");
        }
        catch (JsonException error)
        {
            throw Problem.Invalid("body", $"Expected JSON; found: {error.Message}");
        }
    }

    // A beacon may only say text/plain, and curl -d says a form.
    private static void CheckType(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (type is not (null or "" or "application/json" or "text/plain" or "application/x-www-form-urlencoded"))
        {
            throw new Problem(
                StatusCodes.Status415UnsupportedMediaType, "unsupported-type", "The body is of a type that is not read here", $"Expected application/json or text/plain; found {type}.");
        }
    }

    private static Stream Unpacked(HttpRequest request) => request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
    {
        "" or "identity" => request.Body,
        "gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        var other => throw new Problem(
            StatusCodes.Status415UnsupportedMediaType, "unsupported-encoding", "The body is packed in a way that is not read here", $"Expected gzip, br, deflate or none; found '{other}'."),
    };
}
