using System.Globalization;

namespace Analytics.Api.Questions;

/// <summary>An answer as the reply of an endpoint: its bytes go out as they are kept; 304 to who has them already.</summary>
internal sealed class AnswerResult(CachedAnswer answer, TimeSpan age) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, headers) = (httpContext.Response, httpContext.Response.Headers);
        // A page keeps it but asks each time, so that a key that has ended reads nothing.
        headers.CacheControl = "private, no-cache";
        headers.ETag = answer.Tag;
        headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (httpContext.Request.Headers.IfNoneMatch is { Count: > 0 } known && known.ToString() == answer.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.Json.Length;
        return response.Body.WriteAsync(answer.Json, httpContext.RequestAborted).AsTask();
    }
}
