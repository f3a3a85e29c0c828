using Npgsql;

namespace Analytics.Local.Registry;

/// <summary>Turns what was thrown, and statuses without a body, into the registry's form of an error.</summary>
internal static partial class RefusalMiddleware
{
    // Confluent's code for "Error in the backend data store".
    private const int StoreFailed = 50001;

    /// <summary>Adds it; everything added later is covered.</summary>
    public static void UseRefusals(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400 and var status })
            {
                await RegistryAnswer.Refusal(status, $"HTTP {status}: {context.Request.Method} {context.Request.Path} is not served.").ExecuteAsync(context);
            }
        }
        catch (RegistryException refused)
        {
            await RegistryAnswer.Refusal(refused.Code, refused.Message).ExecuteAsync(context);
        }
        catch (BadHttpRequestException refused)
        {
            await RegistryAnswer.Refusal(refused.StatusCode, refused.Message).ExecuteAsync(context);
        }
        catch (NpgsqlException fault)
        {
            LogStoreFailed(app.Logger, fault, context.Request.Method, context.Request.Path);
            await RegistryAnswer.Refusal(StoreFailed, $"Error in the backend data store: {fault.Message}").ExecuteAsync(context);
        }
    });

    [LoggerMessage(LogLevel.Warning, "{Method} {Path}: PostgreSQL failed; the client was told 50001 and may try again.")]
    private static partial void LogStoreFailed(ILogger logger, Exception fault, string method, string path);
}
