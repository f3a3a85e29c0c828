using System.Text.Json;
using System.Text.Json.Serialization;

namespace Analytics.Storage.Registry;

/// <summary>How a registry writes JSON: camel case, but for the code of an error.</summary>
internal static class RegistryJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };
}

/// <summary>A schema in a reply; the id stands only where it was not asked for.</summary>
internal sealed record SchemaReply(string Schema = "", int Id = 0, string? SchemaType = null, IReadOnlyList<ReferenceReply>? References = null);

/// <summary>A schema that another one uses.</summary>
internal sealed record ReferenceReply(string Name, string Subject, int Version);

/// <summary>Why a request failed.</summary>
internal sealed record ErrorReply([property: JsonPropertyName("error_code")] int ErrorCode, string? Message = null);
