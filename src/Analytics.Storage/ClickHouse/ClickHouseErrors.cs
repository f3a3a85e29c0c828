using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Analytics.Storage.ClickHouse;

/// <summary>Reads ClickHouse's error answers, and tells errors that pass from those that stay.</summary>
public static class ClickHouseErrors
{
    private const string CodeHeader = "X-ClickHouse-Exception-Code";
    private const string ExceptionMark = "\r\n__exception__\r\n";

    /// <summary>Longest part of a server's text that goes into a message, in characters.</summary>
    private const int TextLimit = 4096;

    /// <summary>
    /// Whether an error may be gone at the next try. These are the states of a server, not of a statement: too many statements (202, 755) or parts (252),
    /// memory (241, 173), time limits (159, 160), network, replicas and Keeper (198, 209, 210, 225, 242, 279, 319, 999), disk full (243), a statement that was
    /// stopped (394, 734) and a server that is stopping (236, 415). Rights that somebody must mend (192, 193, 194, 497, 516) pass too:
    /// data waits for them. An answer without a code comes from something between us and the server: 5xx, or a 4xx that speaks of the way and not of the request.
    /// </summary>
    public static bool Passes(int code, HttpStatusCode status) => code switch
    {
        159 or 160 or 173 or 198 or 202 or 209 or 210 or 225 or 236 or 241 or 242 or 243 or 252 or 279 or 319 or 394 or 415 or 425 or 439 or 734 or 755 or 999
            => true,
        192 or 193 or 194 or 497 or 516 => true,
        0 => (int)status >= 500 || status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        _ => false,
    };

    /// <summary>Turns an error answer into the exception that says what to do.</summary>
    internal static async Task<ClickHouseException> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        var code = answer.Headers.TryGetValues(CodeHeader, out var values)
            && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var inHeader) ? inHeader : CodeOf(text);
        return Of(code, answer.StatusCode, text);
    }

    /// <summary>The error at the end of an answer that began well, or null when there is none.</summary>
    internal static ClickHouseException? InTail(ReadOnlySpan<byte> body)
    {
        var tail = body[Math.Max(0, body.Length - (64 << 10))..];
        var start = tail.LastIndexOf("\r\n__exception__\r\n"u8);
        if (start < 0)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(tail[(start + ExceptionMark.Length)..]);
        var code = CodeOf(text);
        return code == 0 ? null : Of(code, HttpStatusCode.OK, text);
    }

    /// <summary>The error that stands where a row should, or null when not enough of it is there to tell.</summary>
    internal static ClickHouseException? InRows(ReadOnlySequence<byte> rest)
    {
        var text = Encoding.UTF8.GetString(rest);
        return CodeOf(text) is var code and > 0 ? Of(code, HttpStatusCode.OK, text.Replace(ExceptionMark.Trim(), "", StringComparison.Ordinal)) : null;
    }

    private static ClickHouseException Of(int code, HttpStatusCode status, string text)
    {
        // Code 252 says either that merges fall behind, which passes, or that one block touches too many partitions, which does not.
        text = text.Trim();
        var message = text.Length == 0 ? $"ClickHouse answered {(int)status} without a text" : text.Length <= TextLimit ? text : text[..TextLimit] + "…";
        return Passes(code, status) && !text.Contains("partitions for single INSERT block", StringComparison.Ordinal)
            ? new ClickHouseUnavailableException(code, status, message)
            : new ClickHouseException(code, status, message);
    }

    private static int CodeOf(string text)
    {
        const string Prefix = "Code: ";
        var start = text.IndexOf(Prefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf('.', start);
        return end > 0 && int.TryParse(text.AsSpan(start + Prefix.Length, end - start - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : 0;
    }
}
