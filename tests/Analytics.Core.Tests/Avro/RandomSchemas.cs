using System.Text.Json.Nodes;
using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

/// <summary>Random schemas, a later version of each by the rules of resolution, and random records.</summary>
/// <param name="seed">The same seed makes the same schemas.</param>
/// <param name="withAliases">Rename fields and types with aliases, promote string to bytes, and make optional what was not.</param>
/// <remarks>
/// A union has no two branches that one value could belong to, since Python tells a value's branch by its type,
/// nor string beside bytes, which avsc promotes to the string where that comes first.
/// </remarks>
internal sealed class RandomSchemas(int seed, bool withAliases)
{
    private readonly Random _random = new(seed);
    private int _names;

    /// <summary>A record, and what a reader may have made of it.</summary>
    public (JsonNode Writer, JsonNode Reader) Pair()
    {
        var writer = Record(0);
        return (writer, Later(writer, 0));
    }

    /// <summary>A random record in binary.</summary>
    public void Write(AvroWriter writer, AvroSchema schema)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                writer.Boolean(Chance(2));
                break;
            case AvroKind.Int:
                writer.Int(_random.Next(int.MinValue, int.MaxValue) >> _random.Next(32));
                break;
            case AvroKind.Long:
                // avsc reads negative numbers of 53 bits wrongly, being doubles.
                writer.Long(_random.NextInt64(-(1L << 50), 1L << 50) >> _random.Next(51));
                break;
            case AvroKind.Float:
                writer.Float((float)(_random.NextDouble() * 1e6));
                break;
            case AvroKind.Double:
                writer.Double(_random.NextDouble() * 1e200);
                break;
            case AvroKind.String:
                writer.String(Text());
                break;
            case AvroKind.Bytes:
                var any = new byte[_random.Next(40)];
                _random.NextBytes(any);
                writer.Bytes(any);
                break;
            case AvroKind.Fixed:
                var bytes = new byte[schema.Size];
                _random.NextBytes(bytes);
                writer.Fixed(bytes);
                break;
            case AvroKind.Enum:
                writer.Int(_random.Next(schema.Symbols.Count));
                break;
            case AvroKind.Record:
                foreach (var field in schema.Fields)
                {
                    Write(writer, field.Schema);
                }

                break;
            case AvroKind.Union:
                var branch = _random.Next(schema.Branches.Count);
                writer.Branch(branch);
                Write(writer, schema.Branches[branch]);
                break;
            default:
                WriteItems(writer, schema);
                break;
        }
    }

    private void WriteItems(AvroWriter writer, AvroSchema schema)
    {
        var key = 0;
        for (var blocks = _random.Next(3); blocks > 0; blocks--)
        {
            var items = 1 + _random.Next(3);
            writer.Block(items);
            for (; items > 0; items--)
            {
                if (schema.Kind == AvroKind.Map)
                {
                    writer.String("k" + key++);
                }

                Write(writer, schema.Items!);
            }
        }

        writer.EndBlocks();
    }

    private string Text() => string.Concat(Enumerable.Range(0, Chance(8) ? 60 : _random.Next(8)).Select(_ => "abcdefgé漢😀".EnumerateRunes().ElementAt(_random.Next(10)).ToString()));

    private JsonNode Type(int depth)
    {
        var kind = _random.Next(depth > 2 ? 9 : 14);
        return kind switch
        {
            0 => "boolean",
            1 => "int",
            2 => "long",
            3 => "float",
            4 => "double",
            5 => "string",
            6 => "bytes",
            7 => Fixed(),
            8 => Enum(),
            9 => Record(depth + 1),
            10 => new JsonObject { ["type"] = "array", ["items"] = Type(depth + 1) },
            11 => new JsonObject { ["type"] = "map", ["values"] = Type(depth + 1) },
            _ => Union(depth + 1),
        };
    }

    private JsonObject Fixed() => new() { ["type"] = "fixed", ["name"] = "F" + ++_names, ["size"] = Chance(2) ? 16 : _random.Next(1, 9) };

    private JsonObject Enum() => new() { ["type"] = "enum", ["name"] = "E" + ++_names, ["symbols"] = new JsonArray([.. "ABCDE"[..(1 + _random.Next(5))].Select(letter => (JsonNode)letter.ToString())]) };

    private JsonObject Record(int depth) => new()
    {
        ["type"] = "record",
        ["name"] = "R" + ++_names,
        ["fields"] = new JsonArray([.. Enumerable.Range(0, 1 + _random.Next(5)).Select(i => (JsonNode)new JsonObject { ["name"] = "f" + i, ["type"] = Type(depth + 1) })]),
    };

    private JsonArray Union(int depth)
    {
        List<JsonNode> branches = ["null"];
        Func<JsonNode>[] others = [() => "boolean", () => Chance(2) ? "int" : "double", () => Chance(2) ? "string" : Enum(), Fixed, () => Record(depth)];
        branches.AddRange(others.Where(_ => Chance(2)).Select(make => make()));
        return new([.. branches]);
    }

    private JsonNode Later(JsonNode type, int depth)
    {
        if (type is JsonArray union)
        {
            return new JsonArray([.. union.Select(branch => branch is JsonValue ? branch.DeepClone() : Later(branch!, depth))]);
        }

        if (type is JsonValue)
        {
            var promoted = Promoted(type.GetValue<string>());
            return withAliases && depth > 0 && Chance(6) ? new JsonArray("null", promoted) : promoted;
        }

        var later = (JsonObject)type.DeepClone();
        switch (type["type"]!.GetValue<string>())
        {
            case "record":
                later["fields"] = new JsonArray([.. LaterFields(type["fields"]!.AsArray(), depth)]);
                Rename(later);
                break;
            case "array":
                later["items"] = LaterItem(type["items"]!, depth + 1);
                break;
            case "map":
                later["values"] = LaterItem(type["values"]!, depth + 1);
                break;
            case "enum":
                later["symbols"]!.AsArray().Insert(0, "NEW");
                break;
            default:
                Rename(later);
                break;
        }

        return later;
    }

    // The Python library promotes no items.
    private JsonNode LaterItem(JsonNode type, int depth) => type is JsonValue && !withAliases ? type.DeepClone() : Later(type, depth);

    private List<JsonNode> LaterFields(JsonArray fields, int depth)
    {
        var later = new List<JsonNode>();
        foreach (var field in fields)
        {
            if (Chance(5))
            {
                continue;
            }

            var kept = new JsonObject { ["name"] = field!["name"]!.DeepClone(), ["type"] = Later(field["type"]!, depth + 1) };
            if (withAliases && Chance(4))
            {
                kept["aliases"] = new JsonArray(field["name"]!.DeepClone());
                kept["name"] = "renamed_" + field["name"]!.GetValue<string>();
            }

            later.Insert(_random.Next(later.Count + 1), kept);
        }

        for (var added = _random.Next(3); added > 0; added--)
        {
            later.Insert(_random.Next(later.Count + 1), Added("new" + added));
        }

        return later;
    }

    private JsonObject Added(string name) => _random.Next(6) switch
    {
        0 => new() { ["name"] = name, ["type"] = "long", ["default"] = -5 },
        1 => new() { ["name"] = name, ["type"] = "string", ["default"] = "déf" },
        2 => new() { ["name"] = name, ["type"] = new JsonArray("null", "string"), ["default"] = null },
        3 => new() { ["name"] = name, ["type"] = "double", ["default"] = 2.5 },
        4 => new() { ["name"] = name, ["type"] = new JsonObject { ["type"] = "array", ["items"] = "int" }, ["default"] = new JsonArray(1, 2) },
        _ => new() { ["name"] = name, ["type"] = new JsonObject { ["type"] = "map", ["values"] = "string" }, ["default"] = new JsonObject { ["a"] = "b" } },
    };

    private void Rename(JsonObject type)
    {
        if (withAliases && Chance(4))
        {
            type["aliases"] = new JsonArray(type["name"]!.DeepClone());
            type["name"] = "Renamed" + type["name"]!.GetValue<string>();
        }
    }

    private string Promoted(string kind) => (kind, _random.Next(3)) switch
    {
        ("int", 0) => "long",
        ("int", 1) => "double",
        ("long", 0) => "double",
        ("float", 0) => "double",
        ("string", 0) when withAliases => "bytes",
        _ => kind,
    };

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
