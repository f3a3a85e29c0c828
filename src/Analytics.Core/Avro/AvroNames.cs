namespace Analytics.Core.Avro;

/// <summary>Rules of names. Source: Avro 1.11 specification, "Names".</summary>
internal static class AvroNames
{
    /// <summary>A name with dots is full already; another one belongs to the namespace it stands in.</summary>
    public static string Full(string name, string space)
    {
        var own = name.StartsWith('.') ? name[1..] : name;
        return space.Length == 0 || name.Contains('.', StringComparison.Ordinal) ? own : $"{space}.{name}";
    }

    public static string Space(string full) => full[..Math.Max(full.LastIndexOf('.'), 0)];

    public static bool IsFull(string name) => name.Split('.').All(IsSimple);

    public static bool IsSimple(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>True when a reader's named type is the writer's: the same short name, or an alias.</summary>
    public static bool Match(AvroSchema reader, AvroSchema writer) =>
        reader.ShortName == writer.ShortName || reader.Aliases.Contains(writer.Name!);

    /// <summary>For each field of the reader the index of the writer's field that it reads, -1 where there is none.</summary>
    /// <remarks>By its name, else by its first alias that no other field has taken: a writer's field is read once.</remarks>
    public static int[] Join(AvroSchema reader, AvroSchema writer)
    {
        var free = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < writer.Fields.Count; i++)
        {
            free.Add(writer.Fields[i].Name, i);
        }

        var sources = new int[reader.Fields.Count];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = free.Remove(reader.Fields[i].Name, out var source) ? source : -1;
        }

        for (var i = 0; i < sources.Length; i++)
        {
            for (var alias = 0; sources[i] < 0 && alias < reader.Fields[i].Aliases.Count; alias++)
            {
                sources[i] = free.Remove(reader.Fields[i].Aliases[alias], out var source) ? source : -1;
            }
        }

        return sources;
    }
}
