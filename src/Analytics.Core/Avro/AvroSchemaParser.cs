using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>Reads one schema from JSON: names with their namespaces, types inside types, defaults that must fit their field.</summary>
internal sealed class AvroSchemaParser
{
    private readonly Dictionary<string, AvroSchema> _named = new(StringComparer.Ordinal);
    private readonly List<(AvroSchema Schema, JsonElement Default, string Path)> _defaults = [];
    private int _types;

    /// <summary>Reads a schema after those that it refers to; their names are known in it.</summary>
    public AvroSchema Parse(string json, IEnumerable<string> references)
    {
        foreach (var reference in references)
        {
            Parse(reference);
        }

        return Parse(json);
    }

    private AvroSchema Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > AvroLimits.SchemaText)
        {
            throw new AvroSchemaException($"The schema has {json.Length} characters; at most {AvroLimits.SchemaText} are read.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = AvroLimits.SchemaDepth });
            var schema = Type(document.RootElement.Clone(), "", "schema");
            var left = AvroLimits.SchemaTypes;
            foreach (var (type, value, path) in _defaults)
            {
                AvroDefaults.Check(type, value, path, ref left);
            }

            _defaults.Clear();
            schema.Text = json;
            return schema;
        }
        catch (JsonException wrong)
        {
            throw new AvroSchemaException("The schema is no JSON: " + wrong.Message, wrong);
        }
        catch (InvalidOperationException wrong)
        {
            // A text of JSON that no string can hold, such as half a surrogate pair.
            throw new AvroSchemaException("The schema holds a text that is no Unicode: " + wrong.Message, wrong);
        }
    }

    private AvroSchema Type(JsonElement json, string space, string path)
    {
        if (++_types > AvroLimits.SchemaTypes)
        {
            throw Wrong(path, $"the schema has more than {AvroLimits.SchemaTypes} types");
        }

        return json.ValueKind switch
        {
            JsonValueKind.String => Reference(json.GetString()!, space, path),
            JsonValueKind.Array => Union(json, space, path),
            JsonValueKind.Object => Complex(json, space, path),
            _ => throw Wrong(path, $"expected a type (a name, an object or an array), found {json.GetRawText()}"),
        };
    }

    private AvroSchema Reference(string name, string space, string path)
    {
        if (AvroKinds.TryPrimitive(name, out var kind))
        {
            return new(kind);
        }

        return _named.GetValueOrDefault(AvroNames.Full(name, space)) ?? _named.GetValueOrDefault(name)
            ?? throw Wrong(path, $"the type \"{name}\" is not known here; define it at its first use");
    }

    private AvroSchema Complex(JsonElement json, string space, string path)
    {
        if (!json.TryGetProperty("type", out var type))
        {
            throw Wrong(path, "expected the attribute \"type\"");
        }

        if (type.ValueKind != JsonValueKind.String)
        {
            return Type(type, space, path + ".type");
        }

        switch (type.GetString()!)
        {
            case "record" or "error":
                return Record(json, space, path);
            case "enum":
                return Enum(json, space, path);
            case "fixed":
                return Fixed(json, space, path);
            case "array":
                return new(AvroKind.Array) { Items = Type(Required(json, "items", path), space, path + ".items") };
            case "map":
                return new(AvroKind.Map) { Items = Type(Required(json, "values", path), space, path + ".values") };
            case var name:
                return Reference(name, space, path);
        }
    }

    private AvroSchema Union(JsonElement json, string space, string path)
    {
        var branches = new List<AvroSchema>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in json.EnumerateArray())
        {
            var at = $"{path}[{branches.Count}]";
            var branch = Type(item, space, at);
            if (branch.Kind == AvroKind.Union)
            {
                throw Wrong(at, "a union may not stand directly in a union");
            }

            if (!seen.Add(branch.Name ?? AvroKinds.Names[(int)branch.Kind]))
            {
                throw Wrong(at, $"the union has {branch.Title} twice; only records, enums and fixed of different names may repeat");
            }

            branches.Add(branch);
        }

        return new(AvroKind.Union) { Branches = branches };
    }

    private AvroSchema Record(JsonElement json, string space, string path)
    {
        var schema = Named(json, AvroKind.Record, ref space, path);
        var fields = Required(json, "fields", path);
        if (fields.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, "expected \"fields\" to be an array");
        }

        var list = new List<AvroField>(fields.GetArrayLength());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields.EnumerateArray())
        {
            var read = Field(field, space, $"{path}.fields[{list.Count}]");
            list.Add(read);
            if (!names.Add(read.Name))
            {
                throw Wrong(path, $"the record {schema.Name} has the field \"{read.Name}\" twice");
            }
        }

        schema.Fields = list;
        return schema;
    }

    private AvroField Field(JsonElement json, string space, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, $"expected a field object, found {json.GetRawText()}");
        }

        var name = Text(json, "name", path);
        if (!AvroNames.IsSimple(name))
        {
            throw Wrong(path, $"\"{name}\" is no field name; names are [A-Za-z_][A-Za-z0-9_]*");
        }

        if (json.TryGetProperty("order", out var order) && order.ToString() is not ("ascending" or "descending" or "ignore"))
        {
            throw Wrong(path, $"\"order\" is ascending, descending or ignore, found {order.GetRawText()}");
        }

        var schema = Type(Required(json, "type", path), space, $"{path}({name}).type");
        JsonElement? value = json.TryGetProperty("default", out var found) ? found : null;
        if (value is { } stated)
        {
            _defaults.Add((schema, stated, $"{path}({name}).default"));
        }

        return new(name, schema, Texts(json, "aliases", path), value);
    }

    private AvroSchema Enum(JsonElement json, string space, string path)
    {
        var schema = Named(json, AvroKind.Enum, ref space, path);
        Required(json, "symbols", path);
        schema.Symbols = Texts(json, "symbols", path);
        if (schema.Symbols.FirstOrDefault(symbol => !AvroNames.IsSimple(symbol)) is { } odd)
        {
            throw Wrong(path, $"\"{odd}\" is no symbol; symbols are [A-Za-z_][A-Za-z0-9_]*");
        }

        if (schema.Symbols.Distinct(StringComparer.Ordinal).Count() != schema.Symbols.Count)
        {
            throw Wrong(path, $"the enum {schema.Name} has a symbol twice");
        }

        if (json.TryGetProperty("default", out _))
        {
            schema.DefaultSymbol = Text(json, "default", path);
            if (!schema.Symbols.Contains(schema.DefaultSymbol))
            {
                throw Wrong(path, $"the default \"{schema.DefaultSymbol}\" is none of the enum's symbols");
            }
        }

        return schema;
    }

    private AvroSchema Fixed(JsonElement json, string space, string path)
    {
        var schema = Named(json, AvroKind.Fixed, ref space, path);
        if (!Required(json, "size", path).TryGetInt32(out var size) || size < 0)
        {
            throw Wrong(path, "expected \"size\" to be a whole number of bytes, 0 or more");
        }

        schema.Size = size;
        return schema;
    }

    // Registered before its fields are read, so that they may name it.
    private AvroSchema Named(JsonElement json, AvroKind kind, ref string space, string path)
    {
        var name = Text(json, "name", path);
        var own = json.TryGetProperty("namespace", out _) ? Text(json, "namespace", path) : space;
        var full = AvroNames.Full(name, own);
        if (!AvroNames.IsFull(full))
        {
            throw Wrong(path, $"\"{full}\" is no name; names are [A-Za-z_][A-Za-z0-9_]*, joined by dots");
        }

        if (AvroKinds.TryPrimitive(full, out _))
        {
            throw Wrong(path, $"\"{full}\" is a primitive type and may not be defined");
        }

        space = AvroNames.Space(full);
        var within = space;
        var schema = new AvroSchema(kind, full) { Aliases = [.. Texts(json, "aliases", path).Select(alias => AvroNames.Full(alias, within))] };
        return _named.TryAdd(full, schema) ? schema : throw Wrong(path, $"the type {full} is defined twice");
    }

    private static JsonElement Required(JsonElement json, string attribute, string path) =>
        json.TryGetProperty(attribute, out var value) ? value : throw Wrong(path, $"expected the attribute \"{attribute}\"");

    private static string Text(JsonElement json, string attribute, string path) =>
        Required(json, attribute, path) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()!
            : throw Wrong(path, $"expected \"{attribute}\" to be a text");

    private static string[] Texts(JsonElement json, string attribute, string path)
    {
        if (!json.TryGetProperty(attribute, out var list))
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong(path, $"expected \"{attribute}\" to be an array of texts");
    }

    private static AvroSchemaException Wrong(string path, string what) => new($"At {path}: {what}.");
}
