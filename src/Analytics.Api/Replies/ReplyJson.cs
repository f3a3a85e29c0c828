using System.Text.Encodings.Web;
using System.Text.Json;

namespace Analytics.Api.Replies;

/// <summary>How replies are written: snake_case, instants with a Z.</summary>
internal static class ReplyJson
{
    /// <summary>The options, for what is written past the framework (streams, problems).</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new(JsonSerializerDefaults.Web));

    /// <summary>Makes given options like these.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        // Replies are JSON and never parts of a page, so letters beyond ASCII need no escape.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new InstantJson());
        return options;
    }
}
