using System.Globalization;
using System.Text.Json;
using Analytics.Api.Collecting;

namespace Analytics.Api;

/// <summary>The JSON object of a request that makes or changes something. What is wrong with a field is a <see cref="Problem"/> that names it.</summary>
internal sealed class RequestBody : IDisposable
{
    // Dashboards are the largest; what is saved is a question, not figures.
    private const int MaxBytes = 256 * 1024;

    private readonly JsonDocument _document;

    private RequestBody(JsonDocument document) => _document = document;

    /// <summary>The whole object.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>Reads it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="fields">The fields that it may have: another one is a mistake, most often in spelling.</param>
    public static async Task<RequestBody> ReadAsync(HttpContext http, params string[] fields)
    {
        var body = new RequestBody(await EventBody.ReadAsync(http.Request, MaxBytes, http.RequestAborted).ConfigureAwait(false));
        try
        {
            if (body.Root.ValueKind != JsonValueKind.Object)
            {
                throw Problem.Invalid("body", $"Expected an object of {string.Join(", ", fields)}; found {Kind(body.Root)}.");
            }

            JsonUnicode.Check(body.Root);
            foreach (var property in body.Root.EnumerateObject().Where(property => !fields.Contains(property.Name, StringComparer.Ordinal)))
            {
                throw Problem.Invalid(property.Name, $"Expected only {string.Join(", ", fields)}; found '{property.Name}'.");
            }

            return body;
        }
        catch (Problem)
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The field, unless it is missing or null.</summary>
    public JsonElement? Field(string name) => Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text that has to be there, without white space at its ends.</summary>
    public string Text(string name, int most, int least = 1) =>
        OptionalText(name, most, least) ?? throw Problem.Invalid(name, $"Expected a text of {least} to {most} letters in '{name}'; found none.");

    /// <summary>A text, or null.</summary>
    public string? OptionalText(string name, int most, int least = 1)
    {
        if (Field(name) is not { } value)
        {
            return null;
        }

        var text = TextOf(value, name).Trim();
        return text.Length >= least && text.Length <= most && !text.Any(char.IsControl)
            ? text
            : throw Problem.Invalid(name, $"Expected a text of {least} to {most} letters without control characters in '{name}'; found {text.Length}.");
    }

    /// <summary>True, false, or null when it is missing.</summary>
    public bool? Flag(string name) => Field(name)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        var kind => throw Problem.Invalid(name, $"Expected true or false in '{name}'; found {kind}."),
    };

    /// <summary>A whole number, or null.</summary>
    public long? Whole(string name, long least, long most)
    {
        if (Field(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Problem.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"Expected a whole number from {least} to {most} in '{name}'; found {Kind(value)}."));
    }

    /// <summary>An instant with a zone, or null.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var fields = new EventFields(Root);
        var time = fields.Time(name);
        return fields.Refusal is { } refusal ? throw Problem.Invalid(name, refusal.Detail) : time;
    }

    /// <summary>The numbers of an array, each once, or null.</summary>
    public IReadOnlyList<long>? Numbers(string name, int most)
    {
        if (Field(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            throw Problem.Invalid(name, $"Expected an array of at most {most} numbers in '{name}'; found {Kind(value)}.");
        }

        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number > 0
            ? number
            : throw Problem.Invalid(name, $"Expected whole numbers of 1 or more in '{name}'; found {Kind(item)}.")).Distinct().Order()];
    }

    /// <summary>The texts of an array, or null.</summary>
    public IReadOnlyList<string>? Texts(string name, int most)
    {
        if (Field(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most
            ? [.. value.EnumerateArray().Select(item => TextOf(item, name))]
            : throw Problem.Invalid(name, $"Expected an array of at most {most} texts in '{name}'; found {Kind(value)}.");
    }

    /// <summary>What a value is, for a message.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"an array of {value.GetArrayLength()}",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => value.GetRawText() is { Length: <= 40 } digits ? digits : "a long number",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static string TextOf(JsonElement value, string name) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw Problem.Invalid(name, $"Expected a text in '{name}'; found {Kind(value)}.");
}
