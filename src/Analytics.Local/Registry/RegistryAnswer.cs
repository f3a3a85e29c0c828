using System.Text.Encodings.Web;
using System.Text.Json;

namespace Analytics.Local.Registry;

/// <summary>A JSON answer in the media type that the client accepts: the registry's own, or plain JSON when only that is named.</summary>
/// <param name="value">What is written: an object, or a schema's text as it is.</param>
/// <param name="status">HTTP status.</param>
internal sealed class RegistryAnswer(object value, int status = StatusCodes.Status200OK)
{
    private const string Own = "application/vnd.schemaregistry.v1+json";
    private const string Plain = "application/json";
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends it.</summary>
    public async Task ExecuteAsync(HttpContext context)
    {
        var accepted = context.Request.Headers.Accept.ToString();
        context.Response.StatusCode = status;
        context.Response.ContentType =
            accepted.Contains(Plain, StringComparison.OrdinalIgnoreCase) && !accepted.Contains(Own, StringComparison.OrdinalIgnoreCase) ? Plain : Own;
        await context.Response.WriteAsync(value as string ?? JsonSerializer.Serialize(value, Json), context.RequestAborted);
    }

    /// <summary>The answer to a request that was refused: <c>{"error_code": …, "message": …}</c>.</summary>
    public static RegistryAnswer Refusal(int code, string message) => new(new { error_code = code, message }, code > 999 ? code / 100 : code);
}
