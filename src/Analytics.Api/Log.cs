namespace Analytics.Api;

/// <summary>Every line that the API logs.</summary>
internal static partial class Log
{
    /// <summary>A request ended in an error of ours, or of a store.</summary>
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Path} was answered with {Status}")]
    public static partial void Failed(ILogger log, string method, string path, int status, Exception error);

    /// <summary>Redis does not answer; the live figures come from ClickHouse.</summary>
    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Redis is away, live figures come from ClickHouse: {Reason}")]
    public static partial void LiveAway(ILogger log, string reason);

    /// <summary>PostgreSQL does not answer; what is in memory is used on.</summary>
    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "PostgreSQL is away, keys and tenants seen lately are used on: {Reason}")]
    public static partial void DirectoryAway(ILogger log, string reason);

    /// <summary>Redis answers again.</summary>
    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Redis is back")]
    public static partial void LiveBack(ILogger log);

    /// <summary>An answer that is being given could not be made anew; it is given until it is too old, then the question fails.</summary>
    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "An answer to the question {Question} was not refreshed, the old one is given on")]
    public static partial void AnswerNotRefreshed(ILogger log, string question, Exception error);

    /// <summary>The broker or the registry did not answer at the start; the first event connects.</summary>
    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "The collector is not connected yet: {Reason}")]
    public static partial void CollectorNotConnected(ILogger log, string reason);
}
