namespace Analytics.Simulation.Tests.Faking;

/// <summary>How values of a type lie in a block.</summary>
internal enum NativeKind
{
    Text,
    One,
    Two,
    Signed,
    Four,
    Eight,
    Double,
    Id,
    Nullable,
    Words,
    Array,
    Map,
}

/// <summary>A type of ClickHouse, taken apart once: the same few come with every block.</summary>
/// <param name="Kind">How its values lie in a block.</param>
/// <param name="Of">The types within.</param>
internal sealed record NativeType(NativeKind Kind, params NativeType[] Of)
{
    /// <summary>The type of a name.</summary>
    public static NativeType Parse(string name)
    {
        var bracket = name.IndexOf('(', StringComparison.Ordinal);
        var (outer, inner) = bracket < 0 ? (name, "") : (name[..bracket], name[(bracket + 1)..^1]);
        switch (outer)
        {
            case "Nullable":
                return new NativeType(NativeKind.Nullable, Parse(inner));
            case "LowCardinality":
                return new NativeType(NativeKind.Words, Parse(inner));
            case "Array":
                return new NativeType(NativeKind.Array, Parse(inner));
            case "Map":
                var comma = inner.IndexOf(", ", StringComparison.Ordinal);
                return new NativeType(NativeKind.Map, Parse(inner[..comma]), Parse(inner[(comma + 2)..]));
            default:
                return new NativeType(Plain(outer));
        }
    }

    private static NativeKind Plain(string name) => name switch
    {
        "String" => NativeKind.Text,
        "UInt8" or "Bool" or "Int8" => NativeKind.One,
        "UInt16" or "Date" => NativeKind.Two,
        "Int32" => NativeKind.Signed,
        "UInt32" or "DateTime" => NativeKind.Four,
        "UInt64" or "Int64" or "DateTime64" => NativeKind.Eight,
        "Float64" => NativeKind.Double,
        "UUID" => NativeKind.Id,
        _ => throw new InvalidOperationException($"The simulated ClickHouse does not know the type {name}: teach it to {nameof(NativeReader)}."),
    };
}
