using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>Default values of fields, as JSON. Source: Avro 1.11 specification, "Complex Types", table of field default values.</summary>
internal static class AvroDefaults
{
    /// <summary>Throws where the default does not fit its type.</summary>
    /// <param name="schema">The field's type.</param>
    /// <param name="value">Its default.</param>
    /// <param name="path">Where it stands, for the message.</param>
    /// <param name="left">Values that the defaults of a schema may still have together: they can name each other, and so grow without end.</param>
    public static void Check(AvroSchema schema, JsonElement value, string path, ref int left)
    {
        if (!Fits(schema, value, 0, ref left))
        {
            var hint = left <= 0 ? ", or the defaults are too large"
                : schema.Kind == AvroKind.Union ? "; the default of a union is of its first branch"
                : "";
            throw new AvroSchemaException($"At {path}: {value.GetRawText()} is no {schema.Title}{hint}.");
        }
    }

    private static bool Fits(AvroSchema schema, JsonElement value, int depth, ref int left)
    {
        left = depth > AvroLimits.SchemaDepth ? 0 : left - 1;
        if (left <= 0)
        {
            return false;
        }

        switch (schema.Kind)
        {
            case AvroKind.Array when value.ValueKind == JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (!Fits(schema.Items!, item, depth + 1, ref left))
                    {
                        return false;
                    }
                }

                return true;
            case AvroKind.Map when value.ValueKind == JsonValueKind.Object:
                foreach (var pair in value.EnumerateObject())
                {
                    if (!Fits(schema.Items!, pair.Value, depth + 1, ref left))
                    {
                        return false;
                    }
                }

                return true;
            case AvroKind.Record when value.ValueKind == JsonValueKind.Object:
                foreach (var field in schema.Fields)
                {
                    if (Of(field, value) is not { } part || !Fits(field.Schema, part, depth + 1, ref left))
                    {
                        return false;
                    }
                }

                return true;
            case AvroKind.Union:
                return schema.Branches.Count > 0 && Fits(schema.Branches[0], value, depth + 1, ref left);
            default:
                return FitsScalar(schema, value);
        }
    }

    private static bool FitsScalar(AvroSchema schema, JsonElement value) => (schema.Kind, value.ValueKind) switch
    {
        (AvroKind.Null, JsonValueKind.Null) => true,
        (AvroKind.Boolean, JsonValueKind.True or JsonValueKind.False) => true,
        (AvroKind.Int, JsonValueKind.Number) => value.TryGetInt32(out _),
        (AvroKind.Long, JsonValueKind.Number) => value.TryGetInt64(out _),
        (AvroKind.Float or AvroKind.Double, JsonValueKind.Number) => true,
        (AvroKind.String, JsonValueKind.String) => true,
        (AvroKind.Bytes, JsonValueKind.String) => IsLatin1(value.GetString()!),
        (AvroKind.Fixed, JsonValueKind.String) => value.GetString()! is var text && text.Length == schema.Size && IsLatin1(text),
        (AvroKind.Enum, JsonValueKind.String) => schema.Symbols.Contains(value.GetString()!),
        _ => false,
    };

    /// <summary>The part of a record's default that belongs to one field: stated there, else the field's own default.</summary>
    public static JsonElement? Of(AvroField field, JsonElement record) =>
        record.TryGetProperty(field.Name, out var part) ? part : field.Default;

    /// <summary>The bytes of a default of type bytes or fixed: each character is one byte.</summary>
    public static byte[] Bytes(JsonElement value) => System.Text.Encoding.Latin1.GetBytes(value.GetString()!);

    /// <summary>Encodes a default that <see cref="Check"/> let pass.</summary>
    public static void Write(AvroWriter writer, AvroSchema schema, JsonElement value)
    {
        switch (schema.Kind)
        {
            case AvroKind.Boolean:
                writer.Boolean(value.GetBoolean());
                break;
            case AvroKind.Int or AvroKind.Long:
                writer.Long(value.GetInt64());
                break;
            case AvroKind.Float:
                writer.Float(value.GetSingle());
                break;
            case AvroKind.Double:
                writer.Double(value.GetDouble());
                break;
            case AvroKind.String:
                writer.String(value.GetString());
                break;
            case AvroKind.Bytes:
                writer.Bytes(Bytes(value));
                break;
            case AvroKind.Fixed:
                writer.Fixed(Bytes(value));
                break;
            case AvroKind.Enum:
                writer.Int(schema.Symbols.ToList().IndexOf(value.GetString()!));
                break;
            case AvroKind.Union:
                writer.Branch(0);
                Write(writer, schema.Branches[0], value);
                break;
            case AvroKind.Null:
                break;
            default:
                WriteMany(writer, schema, value);
                break;
        }
    }

    private static void WriteMany(AvroWriter writer, AvroSchema schema, JsonElement value)
    {
        if (schema.Kind == AvroKind.Record)
        {
            foreach (var field in schema.Fields)
            {
                Write(writer, field.Schema, Of(field, value)!.Value);
            }

            return;
        }

        if (schema.Kind == AvroKind.Array)
        {
            writer.Block(value.GetArrayLength());
            foreach (var item in value.EnumerateArray())
            {
                Write(writer, schema.Items!, item);
            }
        }
        else
        {
            writer.Block(value.EnumerateObject().Count());
            foreach (var pair in value.EnumerateObject())
            {
                writer.String(pair.Name);
                Write(writer, schema.Items!, pair.Value);
            }
        }

        writer.EndBlocks();
    }

    private static bool IsLatin1(string text) => text.All(letter => letter <= 0xFF);
}
