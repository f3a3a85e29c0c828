using System.Diagnostics;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Kafka;
using Analytics.Storage.Registry;
using Npgsql;

namespace Analytics.Api;

/// <summary>Turns whatever goes wrong into application/problem+json: a <see cref="Problem"/>, a store that is away, a bug.</summary>
internal sealed class ProblemReplies(RequestDelegate next, ILogger<ProblemReplies> log)
{
    private const string TypeRoot = "https://analytics.invalid/problems/";

    /// <summary>Runs the rest of the path.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var problem = ProblemOf(error);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                Log.Failed(log, http.Request.Method, http.Request.Path, problem.Status, error);
            }

            await WriteAsync(http, problem).ConfigureAwait(false);
            return;
        }

        if (!http.Response.HasStarted && http.Response.StatusCode >= StatusCodes.Status400BadRequest && http.Response.ContentLength is null
            && string.IsNullOrEmpty(http.Response.ContentType))
        {
            await WriteAsync(http, Problem.OfStatus(http)).ConfigureAwait(false);
        }
    }

    /// <summary>What an error is to who asked.</summary>
    // The one place where every error ends: a bug becomes a 500 here and does not take the other requests with it.
    public static Problem ProblemOf(Exception error) => error switch
    {
        Problem problem => problem,
        InvalidQuestionException question => Problem.Invalid(question),
        QuestionRefusedException question => Problem.Refused(question),
        BadHttpRequestException bad when bad.StatusCode == StatusCodes.Status413PayloadTooLarge => Problem.TooLarge(bad.Message),
        BadHttpRequestException bad => new(bad.StatusCode, "invalid-request", "The request cannot be understood", bad.Message),
        ClickHouseUnavailableException => Problem.Away("history", "ClickHouse does not answer, and the figures asked for are kept there. Counting goes on; ask again."),
        // A statement that cannot be run (wrong data, constraint, syntax) is a bug of ours and not an outage.
        PostgresException statement when statement.SqlState[..2] is "22" or "23" or "42" => Bug(),
        NpgsqlException => Problem.Away("directory", "PostgreSQL does not answer, and this key or tenant has not been asked for lately. Ask again."),
        BrokerUnavailableException => Problem.Away("log", "Kafka does not answer. Nothing of this request is lost as long as you send it again."),
        RegistryUnavailableException => Problem.Away("registry", "The schema registry does not answer. Nothing of this request is lost as long as you send it again."),
        _ => Bug(),
    };

    private static Problem Bug() =>
        new(StatusCodes.Status500InternalServerError, "bug", "Something is broken here", "This is our fault and has been logged under trace_id; the request need not change.");

    private static Task WriteAsync(HttpContext http, Problem problem)
    {
        var headers = http.Response.Headers;
        if (http.Response.StatusCode != StatusCodes.Status405MethodNotAllowed)
        {
            http.Response.StatusCode = problem.Status;
        }

        headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Bearer";
        }

        return http.Response.WriteAsJsonAsync(BodyOf(http, problem), ReplyJson.Options, "application/problem+json", http.RequestAborted);
    }

    /// <summary>The JSON of a problem.</summary>
    public static Dictionary<string, object?> BodyOf(HttpContext http, Problem problem)
    {
        var body = new Dictionary<string, object?>
        {
            ["type"] = TypeRoot + problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Message,
            ["trace_id"] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier,
        };
        foreach (var (name, value) in problem.Extensions ?? new Dictionary<string, object?>())
        {
            body[name] = value;
        }

        return body;
    }
}
