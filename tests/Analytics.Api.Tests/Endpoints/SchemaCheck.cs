using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Holds JSON against a schema of the OpenAPI document: as much of JSON Schema as that document uses, and no field that it does not tell of.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    /// <summary>What does not fit; nothing when all is as described.</summary>
    public IReadOnlyList<string> Faults(JsonElement value, JsonElement schema)
    {
        var faults = new List<string>();
        Check(value, schema, "$", faults);
        return faults;
    }

    /// <summary>Follows a reference, or gives the element itself.</summary>
    public JsonElement Resolve(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(document, (at, part) => at.GetProperty(part));
        }

        return element;
    }

    private void Check(JsonElement value, JsonElement reference, string at, List<string> faults)
    {
        var schema = Resolve(reference);
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        CheckChoices(value, schema, at, faults);
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(one => IsOf(value, one)))
        {
            faults.Add($"{at}: expected {type}; found {Shown(value)}");
            return;
        }

        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            faults.Add($"{at}: expected one of {words}; found {Shown(value)}");
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(item, items, $"{at}[{index++}]", faults);
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckObject(value, schema, at, faults);
        }
    }

    private void CheckChoices(JsonElement value, JsonElement schema, string at, List<string> faults)
    {
        foreach (var word in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(word, out var choices))
            {
                var tried = choices.EnumerateArray().Select(choice => Faults(value, choice)).ToList();
                if (tried.All(one => one.Count > 0))
                {
                    faults.Add($"{at}: fits none of {word}: {string.Join(" | ", tried.Select(one => one[0]))}");
                }
            }
        }
    }

    private void CheckObject(JsonElement value, JsonElement schema, string at, List<string> faults)
    {
        var parts = Parts(schema).ToList();
        var known = parts.Where(part => part.TryGetProperty("properties", out _)).SelectMany(part => part.GetProperty("properties").EnumerateObject()).ToLookup(one => one.Name, one => one.Value);
        faults.AddRange(
            from part in parts
            where part.TryGetProperty("required", out _)
            from name in part.GetProperty("required").EnumerateArray()
            where !value.TryGetProperty(name.GetString()!, out _)
            select $"{at}: {name} is missing");
        var others = parts.Where(part => part.TryGetProperty("additionalProperties", out _)).Select(part => part.GetProperty("additionalProperties")).ToList();
        foreach (var property in value.EnumerateObject())
        {
            if (known[property.Name].Any())
            {
                Check(property.Value, known[property.Name].First(), $"{at}.{property.Name}", faults);
            }
            else if (others.Count > 0 && others[0].ValueKind != JsonValueKind.False)
            {
                Check(property.Value, others[0], $"{at}.{property.Name}", faults);
            }
            else if (known.Count > 0)
            {
                faults.Add($"{at}.{property.Name} is not described");
            }
        }
    }

    private IEnumerable<JsonElement> Parts(JsonElement reference)
    {
        var schema = Resolve(reference);
        return schema.TryGetProperty("allOf", out var all) ? all.EnumerateArray().SelectMany(Parts).Prepend(schema) : [schema];
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && decimal.IsInteger(number),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of JSON Schema."),
    };

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : value.GetRawText();
}
