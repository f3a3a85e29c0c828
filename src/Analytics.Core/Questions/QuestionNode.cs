using System.Globalization;
using System.Text.Json;

namespace Analytics.Core.Questions;

/// <summary>A place in the JSON of a question: gives typed values, and keeps a fault with its path where the value is another.</summary>
/// <remarks>
/// Readers go on after a fault with a value that stands in, so that one answer tells all faults; <see cref="ThrowIfFaulty"/> at the end. One thread.
/// </remarks>
public sealed class QuestionNode
{
    private const int LongestFound = 40;

    private readonly JsonElement _value;
    private readonly List<QuestionFault> _faults;

    private QuestionNode(JsonElement value, string path, List<QuestionFault> faults) => (_value, Path, _faults) = (value, path, faults);

    /// <summary>Where it is; empty for the question as a whole.</summary>
    public string Path { get; }

    /// <summary>What stands here, as it came.</summary>
    public JsonElement Json => _value;

    /// <summary>Whether there is anything here but null.</summary>
    public bool IsSet => _value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Whether a text stands here.</summary>
    public bool IsText => _value.ValueKind == JsonValueKind.String;

    /// <summary>Whether a number stands here.</summary>
    public bool IsNumber => _value.ValueKind == JsonValueKind.Number;

    /// <summary>Whether a list stands here.</summary>
    public bool IsList => _value.ValueKind == JsonValueKind.Array;

    /// <summary>Whether faults have been found anywhere in the question.</summary>
    public bool IsFaulty => _faults.Count > 0;

    /// <summary>The field of this name; a node that is not set where there is none.</summary>
    public QuestionNode this[string name] => new(
        _value.ValueKind == JsonValueKind.Object && _value.TryGetProperty(name, out var child) ? child : default,
        Path.Length == 0 ? name : $"{Path}.{name}",
        _faults);

    /// <summary>The question as a whole.</summary>
    public static QuestionNode Of(JsonElement question) => new(question, "", []);

    /// <summary>Requires an object with no other fields than these.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        if (_value.ValueKind != JsonValueKind.Object)
        {
            Expected("an object with some of the fields " + Listed(names));
            return;
        }

        foreach (var field in _value.EnumerateObject())
        {
            if (!names.Contains(field.Name))
            {
                this[field.Name].Fault($"Expected one of the fields {Listed(names)}; found '{Shortened(field.Name)}', which means nothing here.");
            }
        }
    }

    /// <summary>The fields of an object, whatever their names are; none, and a fault, where something else is.</summary>
    public IReadOnlyList<(string Name, QuestionNode Value)> Fields()
    {
        if (IsSet && _value.ValueKind != JsonValueKind.Object)
        {
            Expected("an object");
        }

        return IsSet && _value.ValueKind == JsonValueKind.Object ? [.. _value.EnumerateObject().Select(field => (field.Name, this[field.Name]))] : [];
    }

    /// <summary>Whether the field is there.</summary>
    public bool Has(string name) => this[name].IsSet;

    /// <summary>The items of a list; a single value is a list of one.</summary>
    /// <param name="most">Beyond it there is a fault, and the rest is left out.</param>
    public IReadOnlyList<QuestionNode> Items(int most)
    {
        if (!IsSet)
        {
            return [];
        }

        if (!IsList)
        {
            return [this];
        }

        if (_value.GetArrayLength() > most)
        {
            Fault($"Expected at most {most} items; found {_value.GetArrayLength()}.");
        }

        return [.. _value.EnumerateArray().Take(most).Select((item, index) => new QuestionNode(item, $"{Path}[{index}]", _faults))];
    }

    /// <summary>A text; null, and a fault, where there is none.</summary>
    public string? Text(string expected, int most = 256)
    {
        if (!IsText || _value.GetString() is not { Length: > 0 } text)
        {
            Expected(expected);
            return null;
        }

        if (text.Length > most)
        {
            Fault($"Expected a text of at most {most} characters; found {text.Length}.");
            return null;
        }

        return text;
    }

    /// <summary>A text, number or truth value as text: what a property is compared with. Null, and a fault, for anything else.</summary>
    public string? Scalar(int most)
    {
        var text = _value.ValueKind switch
        {
            JsonValueKind.String => _value.GetString(),
            JsonValueKind.Number => _value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        if (text is null)
        {
            Expected("a text, a number or a truth value");
        }
        else if (text.Length > most)
        {
            Fault($"Expected a value of at most {most} characters; found {text.Length}.");
            return null;
        }

        return text;
    }

    /// <summary>A number, also when it is written as text; null, and a fault, for anything else.</summary>
    public double? Number()
    {
        if (_value.ValueKind == JsonValueKind.Number && _value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        if (IsText && double.TryParse(_value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number))
        {
            return number;
        }

        Expected("a number");
        return null;
    }

    /// <summary>A whole number within bounds; <paramref name="byDefault"/> where none is set, and after a fault.</summary>
    public int Whole(int least, int most, int byDefault)
    {
        if (!IsSet)
        {
            return byDefault;
        }

        var isNumber = _value.ValueKind == JsonValueKind.Number
            ? _value.TryGetInt32(out var number)
            : int.TryParse(IsText ? _value.GetString() : null, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        if (isNumber && number >= least && number <= most)
        {
            return number;
        }

        Expected($"a whole number from {least} to {most}");
        return byDefault;
    }

    /// <summary>A truth value; <paramref name="byDefault"/> where none is set.</summary>
    public bool Truth(bool byDefault)
    {
        if (_value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return _value.GetBoolean();
        }

        if (IsSet)
        {
            Expected("true or false");
        }

        return byDefault;
    }

    /// <summary>One of some words; <paramref name="byDefault"/> where none is set, and after a fault.</summary>
    public T Word<T>(IReadOnlyDictionary<string, T> words, T byDefault)
    {
        if (!IsSet)
        {
            return byDefault;
        }

        if (IsText && words.TryGetValue(_value.GetString()!, out var value))
        {
            return value;
        }

        Expected("one of " + Listed([.. words.Keys]));
        return byDefault;
    }

    /// <summary>Keeps the fault that something else than this is here.</summary>
    public void Expected(string expected) => Fault($"Expected {expected}; found {Found()}.");

    /// <summary>Keeps a fault of this place.</summary>
    public void Fault(string detail) => _faults.Add(new(Path.Length == 0 ? "question" : Path, detail));

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidQuestionException">Faults were found.</exception>
    public void ThrowIfFaulty()
    {
        if (IsFaulty)
        {
            throw new InvalidQuestionException(_faults);
        }
    }

    private static string Listed(ReadOnlySpan<string> names) => names.Length switch
    {
        0 => "",
        1 => names[0],
        _ => string.Join(", ", names[..^1].ToArray()) + " or " + names[^1],
    };

    private static string Shortened(string text) => text.Length <= LongestFound ? text : text[..LongestFound] + "…";

    private string Found() => _value.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"a list of {_value.GetArrayLength()}",
        JsonValueKind.String => $"'{Shortened(_value.GetString()!)}'",
        _ => Shortened(_value.GetRawText()),
    };
}
