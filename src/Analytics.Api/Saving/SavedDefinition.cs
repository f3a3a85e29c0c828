using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Saving;

/// <summary>Looks whether what is to be saved has the form of its kind. What its parts ask is checked when they are asked: a question may name an event that is yet to come.</summary>
internal static class SavedDefinition
{
    private const int MostTiles = 100;
    private const int MostSteps = 20;
    private const int MostBytes = 64 * 1024;

    /// <summary>The definition as it is kept.</summary>
    public static string Read(RequestBody body, SavedKind kind)
    {
        if (body.Field("definition") is not { ValueKind: JsonValueKind.Object } definition)
        {
            throw Problem.Invalid("definition", "Expected an object in 'definition'; found none.");
        }

        var text = definition.GetRawText();
        if (text.Length > MostBytes)
        {
            throw Problem.Invalid("definition", $"Expected at most {MostBytes} letters of JSON; found {text.Length}.");
        }

        switch (kind)
        {
            case SavedKind.Dashboard:
                CheckObjects(definition, "tiles", 0, MostTiles);
                break;
            case SavedKind.Funnel:
                CheckObjects(definition, "steps", 1, MostSteps);
                break;
            case SavedKind.Cohort:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing that can be saved.");
        }

        return text;
    }

    private static void CheckObjects(JsonElement definition, string name, int least, int most)
    {
        var isThere = definition.TryGetProperty(name, out var value);
        if (!isThere || value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < least || value.GetArrayLength() > most || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            throw Problem.Invalid("definition", $"Expected '{name}' in the definition, an array of {least} to {most} objects; found {(isThere ? RequestBody.Kind(value) : "none")}.");
        }
    }
}
