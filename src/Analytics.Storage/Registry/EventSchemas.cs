using Analytics.Core.Avro;

namespace Analytics.Storage.Registry;

/// <summary>Our own schemas, schemas/avro/*.avsc: what this version writes, and what it reads every record as. Each is named after its topic.</summary>
public static class EventSchemas
{
    private const string Folder = "schemas/avro/";
    private const string Extension = ".avsc";
    private static readonly Dictionary<string, string> Texts = Load();
    private static readonly Dictionary<string, AvroSchema> Schemas = Texts.ToDictionary(one => one.Key, one => AvroSchema.Parse(one.Value), StringComparer.Ordinal);

    /// <summary>The topics.</summary>
    public static IReadOnlyCollection<string> Topics => Texts.Keys;

    /// <summary>The subject of a topic's schemas.</summary>
    public static string Subject(string topic) => topic + "-value";

    /// <summary>The text of a topic's schema, to register it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such topic.</exception>
    public static string TextOf(string topic) => Texts[topic];

    /// <summary>The schema of a topic.</summary>
    /// <exception cref="KeyNotFoundException">There is no such topic.</exception>
    public static AvroSchema Of(string topic) => Schemas[topic];

    private static Dictionary<string, string> Load()
    {
        var assembly = typeof(EventSchemas).Assembly;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            texts.Add(name[Folder.Length..^Extension.Length], reader.ReadToEnd());
        }

        return texts;
    }
}
