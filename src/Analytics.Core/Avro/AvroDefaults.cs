using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>Default values of fields, as JSON. Source: Avro 1.11 specification, "Complex Types", table of field default values.</summary>
internal static class AvroDefaults
{
    /// <summary>Throws where the default does not fit its type.</summary>
    public static void Check(AvroSchema schema, JsonElement value, string path)
    {
        if (!Fits(schema, value))
        {
            var hint = schema.Kind == AvroKind.Union ? "; the default of a union is of its first branch" : "";
            throw new AvroSchemaException($"At {path}: {value.GetRawText()} is no {schema.Title}{hint}.");
        }
    }

    private static bool Fits(AvroSchema schema, JsonElement value) => schema.Kind switch
    {
        AvroKind.Null => value.ValueKind == JsonValueKind.Null,
        AvroKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroKind.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        AvroKind.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        AvroKind.Float or AvroKind.Double => value.ValueKind == JsonValueKind.Number,
        AvroKind.String => value.ValueKind == JsonValueKind.String,
        AvroKind.Bytes => value.ValueKind == JsonValueKind.String && IsLatin1(value.GetString()!),
        AvroKind.Fixed => value.ValueKind == JsonValueKind.String && value.GetString()! is var text && text.Length == schema.Size && IsLatin1(text),
        AvroKind.Enum => value.ValueKind == JsonValueKind.String && schema.Symbols.Contains(value.GetString()!),
        AvroKind.Array => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(schema.Items!, item)),
        AvroKind.Map => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(pair => Fits(schema.Items!, pair.Value)),
        AvroKind.Union => schema.Branches.Count > 0 && Fits(schema.Branches[0], value),
        AvroKind.Record => value.ValueKind == JsonValueKind.Object
            && schema.Fields.All(field => Of(field, value) is { } part && Fits(field.Schema, part)),
        _ => false,
    };

    /// <summary>The part of a record's default that belongs to one field: stated there, else the field's own default.</summary>
    public static JsonElement? Of(AvroField field, JsonElement record) =>
        record.TryGetProperty(field.Name, out var part) ? part : field.Default;

    /// <summary>The bytes of a default of type bytes or fixed: each character is one byte.</summary>
    public static byte[] Bytes(JsonElement value) => System.Text.Encoding.Latin1.GetBytes(value.GetString()!);

    private static bool IsLatin1(string text) => text.All(letter => letter <= 0xFF);
}
