using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>Two texts of a schema that do not depend on how it was typed, and fingerprints of them.</summary>
public static class SchemaForms
{
    private const ulong EmptyRabin = 0xc15d213aa4d7a795;
    private static readonly ulong[] RabinTable = MakeRabinTable();
    private static readonly string[] Order = ["name", "namespace", "type", "aliases", "doc", "fields", "symbols", "items", "values", "size", "default", "order"];

    /// <summary>The Parsing Canonical Form: only what decides how bytes are read. Source: Avro 1.11 specification, "Parsing Canonical Form for Schemas".</summary>
    public static string Canonical(AvroSchema schema)
    {
        var text = new StringBuilder();
        AppendCanonical(text, schema, new HashSet<string>(StringComparer.Ordinal));
        return text.ToString();
    }

    /// <summary>
    /// The same schema, with all its attributes (documentation, defaults, aliases, logical types), without blanks and with attributes in one order:
    /// two texts with the same normal form are one schema to a registry.
    /// </summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static string Normal(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = AvroLimits.SchemaDepth });
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            WriteNormal(writer, document.RootElement);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>SHA-256 of the canonical form, in hex.</summary>
    public static string Sha256(AvroSchema schema) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema.CanonicalForm)));

    /// <summary>CRC-64-AVRO (Rabin) of the canonical form.</summary>
    public static ulong Rabin(AvroSchema schema)
    {
        var print = EmptyRabin;
        foreach (var one in Encoding.UTF8.GetBytes(schema.CanonicalForm))
        {
            print = (print >> 8) ^ RabinTable[(byte)(print ^ one)];
        }

        return print;
    }

    private static void AppendCanonical(StringBuilder text, AvroSchema schema, HashSet<string> defined)
    {
        if (schema.Name is { } name && !defined.Add(name))
        {
            text.Append('"').Append(name).Append('"');
            return;
        }

        switch (schema.Kind)
        {
            case AvroKind.Union:
                Join(text.Append('['), schema.Branches, branch => AppendCanonical(text, branch, defined)).Append(']');
                break;
            case AvroKind.Array or AvroKind.Map:
                var items = schema.Kind == AvroKind.Array ? "items" : "values";
                text.Append($"{{\"type\":\"{AvroKinds.Names[(int)schema.Kind]}\",\"{items}\":");
                AppendCanonical(text, schema.Items!, defined);
                text.Append('}');
                break;
            case AvroKind.Record:
                Join(text.Append($"{{\"name\":\"{schema.Name}\",\"type\":\"record\",\"fields\":["), schema.Fields, field =>
                {
                    text.Append($"{{\"name\":\"{field.Name}\",\"type\":");
                    AppendCanonical(text, field.Schema, defined);
                    text.Append('}');
                }).Append("]}");
                break;
            case AvroKind.Enum:
                Join(text.Append($"{{\"name\":\"{schema.Name}\",\"type\":\"enum\",\"symbols\":["), schema.Symbols, symbol => text.Append($"\"{symbol}\"")).Append("]}");
                break;
            case AvroKind.Fixed:
                text.Append($"{{\"name\":\"{schema.Name}\",\"type\":\"fixed\",\"size\":{schema.Size}}}");
                break;
            default:
                text.Append($"\"{AvroKinds.Names[(int)schema.Kind]}\"");
                break;
        }
    }

    private static StringBuilder Join<T>(StringBuilder text, IReadOnlyList<T> items, Action<T> append)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            append(items[i]);
        }

        return text;
    }

    private static void WriteNormal(Utf8JsonWriter writer, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray())
                {
                    WriteNormal(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                WriteNormalObject(writer, json);
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private static void WriteNormalObject(Utf8JsonWriter writer, JsonElement json)
    {
        var attributes = json.EnumerateObject().ToList();
        if (attributes is [{ Name: "type", Value: { ValueKind: JsonValueKind.String } only }] && AvroKinds.TryPrimitive(only.GetString()!, out _))
        {
            writer.WriteStringValue(only.GetString());
            return;
        }

        writer.WriteStartObject();
        foreach (var attribute in attributes.OrderBy(one => Array.IndexOf(Order, one.Name) is >= 0 and var at ? at : Order.Length).ThenBy(one => one.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(attribute.Name);
            WriteNormal(writer, attribute.Value);
        }

        writer.WriteEndObject();
    }

    private static ulong[] MakeRabinTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var print = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                print = (print >> 1) ^ (EmptyRabin & (0UL - (print & 1)));
            }

            table[i] = print;
        }

        return table;
    }
}
