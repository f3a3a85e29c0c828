namespace Analytics.Core.Avro;

/// <summary>What a new schema of a subject must be compatible with. Source: Confluent schema registry, "Schema Evolution and Compatibility".</summary>
public enum CompatibilityLevel : byte
{
    /// <summary>Anything goes.</summary>
    None,

    /// <summary>The new schema reads what the last one wrote.</summary>
    Backward,

    /// <summary>The new schema reads what any earlier one wrote.</summary>
    BackwardTransitive,

    /// <summary>The last schema reads what the new one writes.</summary>
    Forward,

    /// <summary>Every earlier schema reads what the new one writes.</summary>
    ForwardTransitive,

    /// <summary>Backward and forward.</summary>
    Full,

    /// <summary>Backward and forward with every earlier one.</summary>
    FullTransitive,
}

/// <summary>The names of levels, and the check itself.</summary>
public static class Compatibility
{
    private static readonly string[] Names = ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    /// <summary>The registry's name of a level, for example <c>BACKWARD_TRANSITIVE</c>.</summary>
    public static string Name(this CompatibilityLevel level) => Names[(int)level];

    /// <summary>The level of a name.</summary>
    public static bool TryParse(string? name, out CompatibilityLevel level)
    {
        var at = Array.FindIndex(Names, one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
        level = (CompatibilityLevel)Math.Max(at, 0);
        return at >= 0;
    }

    /// <summary>Why <paramref name="next"/> may not follow the earlier schemas of its subject; empty when it may.</summary>
    /// <param name="level">The subject's rule.</param>
    /// <param name="next">The new schema.</param>
    /// <param name="earlier">The subject's schemas, oldest first.</param>
    public static IReadOnlyList<string> Check(CompatibilityLevel level, AvroSchema next, IReadOnlyList<AvroSchema> earlier)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(earlier);
        var first = level is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive ? 0 : Math.Max(earlier.Count - 1, 0);
        var backward = level is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
        var forward = level is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
        var reasons = new List<string>();
        for (var i = earlier.Count - 1; i >= first && level != CompatibilityLevel.None; i--)
        {
            if (backward)
            {
                reasons.AddRange(Explain(next, earlier[i]).Select(reason => $"The new schema cannot read what version {i + 1} of {earlier.Count} wrote: {reason}"));
            }

            if (forward)
            {
                reasons.AddRange(Explain(earlier[i], next).Select(reason => $"Version {i + 1} of {earlier.Count} cannot read what the new schema writes: {reason}"));
            }
        }

        return reasons;
    }

    /// <summary>Why <paramref name="reader"/> cannot read every record of <paramref name="writer"/>; empty when it can.</summary>
    public static IReadOnlyList<string> Explain(AvroSchema reader, AvroSchema writer) => new SchemaPair(strict: true).Explain(reader, writer);
}
