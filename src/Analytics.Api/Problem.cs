using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Microsoft.AspNetCore.Http.Features;

namespace Analytics.Api;

/// <summary>An answer that says what is wrong with a request (RFC 9457): thrown where it is found, written by <see cref="ProblemReplies"/>.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">Last part of the type's URI, stable: programs tell problems apart by it.</param>
/// <param name="title">What kind of problem it is; the same for every case of the type.</param>
/// <param name="detail">What was expected, what was found, what to do.</param>
internal sealed class Problem(int status, string type, string title, string detail) : Exception(detail)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Stable name.</summary>
    public string Type { get; } = type;

    /// <summary>Kind of problem.</summary>
    public string Title { get; } = title;

    /// <summary>Seconds after which to try again; null where that would not help.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>More fields of the reply.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    /// <summary>A value of the request that cannot be used.</summary>
    public static Problem Invalid(string parameter, string detail) => new(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood", detail)
    {
        Extensions = new Dictionary<string, object?> { ["errors"] = new Dictionary<string, string[]> { [parameter] = [detail] } },
    };

    /// <summary>A question with faults, each under its path.</summary>
    public static Problem Invalid(InvalidQuestionException question) =>
        new(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood", question.Message)
        {
            Extensions = new Dictionary<string, object?>
            {
                ["errors"] = question.Faults.GroupBy(fault => fault.Path, StringComparer.Ordinal).ToDictionary(faults => faults.Key, faults => faults.Select(fault => fault.Detail).ToArray()),
            },
        };

    /// <summary>A question that ClickHouse refused for what it asks.</summary>
    public static Problem Refused(QuestionRefusedException question) => question.Reason == "pattern"
        ? Invalid("filter", question.Message)
        : new(StatusCodes.Status422UnprocessableEntity, "question-" + question.Reason, "The question asks for more than one may", question.Message);

    /// <summary>No key, or none that is valid.</summary>
    public static Problem NoKey(string detail) => new(StatusCodes.Status401Unauthorized, "key-needed", "A valid API key is needed", detail);

    /// <summary>A key of another kind.</summary>
    public static Problem WrongKey(string detail) => new(StatusCodes.Status403Forbidden, "key-of-another-kind", "This key is for something else", detail);

    /// <summary>There is no such thing, or none that this key may see: the answer does not tell which.</summary>
    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", "There is no such thing here", detail);

    /// <summary>The request is larger than the limit.</summary>
    public static Problem TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, "too-large", "The request is too large", detail);

    /// <summary>More than a limit allows at this time.</summary>
    public static Problem TooMany(string type, string detail, int retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, type, "This is more than is served at a time", detail) { RetryAfter = retryAfter };

    /// <summary>A part behind the API is away.</summary>
    public static Problem Away(string what, string detail, int retryAfter = 5) =>
        new(StatusCodes.Status503ServiceUnavailable, what + "-unavailable", $"The {what} is away", detail) { RetryAfter = retryAfter };

    /// <summary>The kind that a bare status stands for.</summary>
    public static Problem OfStatus(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => NotFound($"{http.Request.Method} {http.Request.Path} is no address of this API. /openapi/v1.json lists them all."),
        StatusCodes.Status405MethodNotAllowed => new(
            StatusCodes.Status405MethodNotAllowed,
            "method-not-allowed",
            "This address takes other methods",
            $"Expected {http.Response.Headers.Allow}; found {http.Request.Method} {http.Request.Path}."),
        var status => new(status, "http-" + status, ReasonOf(http), $"{http.Request.Method} {http.Request.Path} was answered with {status}."),
    };

    private static string ReasonOf(HttpContext http) =>
        http.Features.Get<IHttpResponseFeature>()?.ReasonPhrase ?? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(http.Response.StatusCode);
}
