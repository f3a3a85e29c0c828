using System.Globalization;

namespace Analytics.Local.ClickHouse;

/// <summary>An error as ClickHouse counts them: a code, and a message in the server's form.</summary>
/// <param name="code">ClickHouse's error code, for example 62 for SYNTAX_ERROR.</param>
/// <param name="message">The whole text, beginning with <c>Code: 62. DB::Exception: </c>, without the version.</param>
internal sealed class EngineException(int code, string message) : Exception(message)
{
    /// <summary>What an exception without a code is to ClickHouse: UNKNOWN_EXCEPTION.</summary>
    private const int Unknown = 1002;

    private const string Prefix = "Code: ";

    /// <summary>ClickHouse's error code.</summary>
    public int Code { get; } = code;

    /// <summary>The status with which the server answers this code (exceptionCodeToHTTPStatus.cpp).</summary>
    public int Status => Code switch
    {
        194 => StatusCodes.Status401Unauthorized,
        192 or 193 or 497 or 516 or 512 => StatusCodes.Status403Forbidden,
        36 or 427 or 6 or 25 or 26 or 38 or 41 or 72 or 441 or 675 or 676 or 27 or 376 or 15 or 44 or 8 or 56 or 10 or 167 or 168 or 223 or 62
            or 117 or 53 or 321 => StatusCodes.Status400BadRequest,
        60 or 46 or 47 or 50 or 64 or 81 or 115 or 76 or 63 or 73 or 336 or 78 or 511 => StatusCodes.Status404NotFound,
        159 => StatusCodes.Status408RequestTimeout,
        381 => StatusCodes.Status411LengthRequired,
        229 => StatusCodes.Status413PayloadTooLarge,
        48 => StatusCodes.Status501NotImplemented,
        209 or 439 or 202 => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>An error of the port itself, in the engine's form.</summary>
    public static EngineException Of(int code, string name, string message) =>
        new(code, string.Create(CultureInfo.InvariantCulture, $"Code: {code}. DB::Exception: {message} ({name})"));

    /// <summary>An error as chDB states it, the version at its end taken off.</summary>
    public static EngineException Parse(string text)
    {
        var version = text.LastIndexOf(" (version ", StringComparison.Ordinal);
        var message = version > 0 && text.IndexOf(')', version) == text.TrimEnd().Length - 1 ? text[..version] : text;
        var end = message.IndexOf('.', StringComparison.Ordinal);
        return message.StartsWith(Prefix, StringComparison.Ordinal) && end > 0
            && int.TryParse(message.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new(code, message)
            : Of(Unknown, "UNKNOWN_EXCEPTION", message);
    }
}
