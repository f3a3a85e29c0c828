using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Analytics.Core.Avro;

namespace Analytics.Local.Registry;

/// <summary>
/// A schema that a client sent: parsed, without needless white space, with the fingerprint by which equal schemas share an id.
/// </summary>
/// <remarks>
/// Two texts are the same schema when they differ in white space or in the order of keys only; names, defaults, aliases, logical types and
/// docs count.
/// </remarks>
internal sealed class SubmittedSchema
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private SubmittedSchema(AvroSchema schema, string text, byte[] fingerprint, int? id, int? version) =>
        (Schema, Text, Fingerprint, Id, Version) = (schema, text, fingerprint, id, version);

    /// <summary>The parsed schema.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The text that the registry keeps and gives.</summary>
    public string Text { get; }

    /// <summary>SHA-256 of the text with its keys in order.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>The id that the request asks for; only IMPORT mode takes it.</summary>
    public int? Id { get; }

    /// <summary>The version that the request asks for; only IMPORT mode takes it.</summary>
    public int? Version { get; }

    /// <summary>
    /// Reads the body of a request: <c>{"schema": "…"}</c> with optional <c>schemaType</c>, <c>references</c>, <c>id</c> and
    /// <c>version</c>.
    /// </summary>
    /// <exception cref="RegistryException">It is not a schema (42201).</exception>
    public static SubmittedSchema Read(JsonElement body)
    {
        if (body.TryGetProperty("schemaType", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() is not ("AVRO" or ""))
        {
            throw RegistryException.InvalidSchema($"schema type '{type.GetString()}' is not supported; this registry keeps AVRO");
        }

        if (body.TryGetProperty("references", out var references) && references.ValueKind == JsonValueKind.Array && references.GetArrayLength() > 0)
        {
            throw RegistryException.InvalidSchema("references to other schemas are not supported; put the named types into the schema itself");
        }

        return body.TryGetProperty("schema", out var schema) && schema.ValueKind == JsonValueKind.String && schema.GetString() is { Length: > 0 } text
            ? Parse(text, Number(body, "id"), Number(body, "version"))
            : throw RegistryException.InvalidSchema("the schema is empty; expected a JSON string in the field 'schema'");
    }

    private static SubmittedSchema Parse(string text, int? id, int? version)
    {
        if (!AvroSchema.TryParse(text, out var schema, out var error))
        {
            throw RegistryException.InvalidSchema(error!);
        }

        using var json = JsonDocument.Parse(text);
        var fingerprint = SHA256.HashData(Write(json.RootElement, isOrdered: true));
        return new SubmittedSchema(schema!, Encoding.UTF8.GetString(Write(json.RootElement, isOrdered: false)), fingerprint, id, version);
    }

    private static int? Number(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.TryGetInt32(out var number) ? number == -1 ? null : number
        : throw RegistryException.BadRequest($"'{name}': expected a whole number, found {value.GetRawText()}.");

    private static ReadOnlySpan<byte> Write(JsonElement element, bool isOrdered)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(writer, element, isOrdered);
        }

        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, bool isOrdered)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                var fields = element.EnumerateObject().AsEnumerable();
                foreach (var field in isOrdered ? fields.OrderBy(field => field.Name, StringComparer.Ordinal) : fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value, isOrdered);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item, isOrdered);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
