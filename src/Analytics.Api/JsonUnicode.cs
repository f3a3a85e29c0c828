using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Analytics.Api;

/// <summary>Looks whether all texts of a JSON document are texts: its parser lets bytes that are no UTF-8 and halves of surrogate pairs through, and fails when they are read.</summary>
internal static class JsonUnicode
{
    /// <summary>Returns when they are.</summary>
    /// <exception cref="Problem">400: one is not.</exception>
    public static void Check(JsonElement root)
    {
        if (!IsIn(root))
        {
            throw NotUnicode();
        }
    }

    /// <summary>Returns when the names of an object are; what stands under them is looked at by who reads it.</summary>
    /// <exception cref="Problem">400: one is not.</exception>
    public static void CheckNames(JsonElement root)
    {
        try
        {
            foreach (var property in root.EnumerateObject())
            {
                _ = property.Name;
            }
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode();
        }
    }

    /// <summary>True when they are.</summary>
    public static bool IsIn(JsonElement root)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(root);
        // Almost always: UTF-8, and no escape of a surrogate, whole or half.
        if (Utf8.IsValid(bytes) && bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        try
        {
            Read(root);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Problem NotUnicode() => Problem.Invalid("body", "Expected texts in Unicode (UTF-8); found bytes that are none, or half a surrogate pair.");

    // As deep as the parser allows, which is not deep.
    private static void Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Read(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    Read(property.Value);
                }

                break;
            default:
                break;
        }
    }
}
