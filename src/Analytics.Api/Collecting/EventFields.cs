using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Analytics.Core.Events;

namespace Analytics.Api.Collecting;

/// <summary>Reads the fields of one event in JSON and keeps the first thing that is wrong.</summary>
internal sealed class EventFields(JsonElement item)
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    /// <summary>The first thing wrong; null while all is well.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Notes that something is wrong, unless something was before.</summary>
    public void Refuse(Verdict verdict, string detail) => Refusal ??= Refusal.Of(verdict, detail);

    /// <summary>Takes over what is wrong with a part of the event.</summary>
    public void Refuse(Refusal part, string where) => Refusal ??= part with { Detail = where + part.Detail };

    /// <summary>A text of at most <paramref name="limit"/> bytes, or null. A number is taken as its digits: ids often are numbers.</summary>
    public string? Text(string name, int limit) => TryGet(name, out var value) ? TextOf(value, name, limit) : null;

    /// <summary>A text that has to be there.</summary>
    public string Needed(string name, int limit, Verdict whenMissing)
    {
        var text = Text(name, limit);
        if (string.IsNullOrEmpty(text))
        {
            Refuse(whenMissing, $"Expected '{name}'; found none.");
        }

        return text ?? "";
    }

    /// <summary>A whole number, or null.</summary>
    public long? Whole(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
        {
            return number;
        }

        Refuse(Verdict.Corrupt, $"Expected a whole number in '{name}'; found {Shown(value)}.");
        return null;
    }

    /// <summary>A number, or null.</summary>
    public double? Number(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Refuse(Verdict.Corrupt, $"Expected a number in '{name}'; found {Shown(value)}.");
        return null;
    }

    /// <summary>An instant: RFC 3339 with a zone, or Unix milliseconds; null when absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        var instant = InstantOf(value);
        if (instant is null || instant < EventLimits.Earliest || instant >= EventLimits.Latest)
        {
            Refuse(Verdict.InvalidTime, $"Expected '{name}' as RFC 3339 with a zone (2026-11-22T10:00:00Z) or Unix milliseconds, from 1971 to 2105; found {Shown(value)}.");
            return null;
        }

        return instant;
    }

    /// <summary>The fields of an object within; of an empty one when it is absent. What is wrong with them is to be taken over.</summary>
    public EventFields Part(string name)
    {
        if (!TryGet(name, out var value))
        {
            return new(Nothing);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(value);
        }

        Refuse(Verdict.Corrupt, $"Expected an object in '{name}'; found {Shown(value)}.");
        return new(Nothing);
    }

    /// <summary>The objects of an array; none when it is absent.</summary>
    public IReadOnlyList<JsonElement> Objects(string name, int limit)
    {
        if (!TryGet(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.Object))
        {
            Refuse(Verdict.Corrupt, $"Expected an array of objects in '{name}'; found {Shown(value)}.");
            return [];
        }

        if (value.GetArrayLength() > limit)
        {
            Refuse(Verdict.TooManyItems, $"Expected at most {limit} in '{name}'; found {value.GetArrayLength()}.");
            return [];
        }

        return [.. value.EnumerateArray()];
    }

    /// <summary>The free properties: texts as they are, anything else as its JSON.</summary>
    public IReadOnlyDictionary<string, string> Properties(string name)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!TryGet(name, out var value))
        {
            return read;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(Verdict.Corrupt, $"Expected an object in '{name}'; found {Shown(value)}.");
            return read;
        }

        foreach (var property in value.EnumerateObject())
        {
            read[property.Name] = property.Value.ValueKind == JsonValueKind.String ? Decoded(property.Value, name) : property.Value.GetRawText();
        }

        if (read.Count > EventLimits.Properties)
        {
            Refuse(Verdict.TooManyItems, $"Expected at most {EventLimits.Properties} properties; found {read.Count}.");
        }

        return read;
    }

    private static string Shown(JsonElement value)
    {
        const int Most = 60;
        var bytes = JsonMarshal.GetRawUtf8Value(value);
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, Most)]);
        return bytes.Length <= Most ? text : text + "…";
    }

    private static DateTimeOffset? InstantOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var milliseconds) && milliseconds is > 0 and < 100_000_000_000_000 =>
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        // Without a zone the same text would be another instant on another machine.
        JsonValueKind.String when value.TryGetDateTime(out var local) && local.Kind != DateTimeKind.Unspecified && value.TryGetDateTimeOffset(out var instant) =>
            instant.ToUniversalTime(),
        _ => null,
    };

    private bool TryGet(string name, out JsonElement value) =>
        item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private string? TextOf(JsonElement value, string name, int limit)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => Decoded(value, name),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        if (text is null)
        {
            Refuse(Verdict.Corrupt, $"Expected a text in '{name}'; found {Shown(value)}.");
            return null;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > limit)
        {
            Refuse(Verdict.TextTooLong, string.Create(CultureInfo.InvariantCulture, $"Expected at most {limit} bytes in '{name}'; found {bytes}."));
            return null;
        }

        return text;
    }

    // JSON can escape half a surrogate pair, which is no text.
    private string Decoded(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Refuse(Verdict.InvalidUtf8, $"Expected Unicode in '{name}'; found half a surrogate pair.");
            return "";
        }
    }
}
