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

    /// <summary>The writer's field that a reader's field reads: by its name, else by the first alias that there is; null where there is none.</summary>
    public static int FieldOf(AvroField field, AvroSchema writer)
    {
        var at = IndexOf(writer, field.Name);
        for (var i = 0; at < 0 && i < field.Aliases.Count; i++)
        {
            at = IndexOf(writer, field.Aliases[i]);
        }

        return at;
    }

    private static int IndexOf(AvroSchema record, string name)
    {
        for (var i = 0; i < record.Fields.Count; i++)
        {
            if (record.Fields[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
