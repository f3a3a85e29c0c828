using System.Net;

namespace Analytics.Storage.ClickHouse;

/// <summary>ClickHouse refused a statement: a bug, or data that does not fit. Sending it again would fail again.</summary>
/// <param name="code">ClickHouse's error code, for example 60 for UNKNOWN_TABLE; 0 when the answer names none.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="message">The server's text.</param>
/// <param name="inner">What was thrown below, if anything.</param>
public class ClickHouseException(int code, HttpStatusCode status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>ClickHouse's error code.</summary>
    public int Code { get; } = code;

    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public HttpStatusCode Status { get; } = status;
}

/// <summary>
/// ClickHouse is away or overloaded: no connection, no answer in time, or an error that passes (see <see cref="ClickHouseErrors.Passes"/>).
/// The statement may or may not have been carried out; our rows are absolute, so it is sent again.
/// </summary>
/// <param name="code">ClickHouse's error code; 0 when there was no answer.</param>
/// <param name="status">The HTTP status; 0 when there was no answer.</param>
/// <param name="message">What happened, without data.</param>
/// <param name="inner">What was thrown below, if anything.</param>
public sealed class ClickHouseUnavailableException(int code, HttpStatusCode status, string message, Exception? inner = null)
    : ClickHouseException(code, status, message, inner);
