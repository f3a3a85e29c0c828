using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>The types of Avro.</summary>
public enum AvroKind : byte
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>32 bits.</summary>
    Int,

    /// <summary>64 bits.</summary>
    Long,

    /// <summary>32-bit IEEE 754.</summary>
    Float,

    /// <summary>64-bit IEEE 754.</summary>
    Double,

    /// <summary>Any bytes.</summary>
    Bytes,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Named fields in a fixed order.</summary>
    Record,

    /// <summary>One of named symbols.</summary>
    Enum,

    /// <summary>Any number of items.</summary>
    Array,

    /// <summary>Any number of values, each under a text key.</summary>
    Map,

    /// <summary>A value of one of several types.</summary>
    Union,

    /// <summary>Bytes of one size.</summary>
    Fixed,
}

/// <summary>One type of an Avro schema: the root of what <see cref="Parse(string)"/> read, or a type inside it.</summary>
/// <remarks>
/// Immutable once parsed, and safe for any number of threads. A recursive schema is a graph with cycles: whoever walks it keeps count of the named
/// types already seen. Logical types are read as the type they annotate. Source: Avro 1.11 specification, "Schema Declaration".
/// </remarks>
public sealed class AvroSchema
{
    private Lazy<string>? _canonical;

    internal AvroSchema(AvroKind kind, string? name = null) => (Kind, Name) = (kind, name);

    /// <summary>Which type it is.</summary>
    public AvroKind Kind { get; }

    /// <summary>Full name of a record, enum or fixed; null for the others.</summary>
    public string? Name { get; }

    /// <summary>The name without its namespace; null for types without a name.</summary>
    public string? ShortName => Name?[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Full names that this type may have in a writer's schema.</summary>
    public IReadOnlyList<string> Aliases { get; internal set; } = [];

    /// <summary>Fields of a record.</summary>
    public IReadOnlyList<AvroField> Fields { get; internal set; } = [];

    /// <summary>Symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; internal set; } = [];

    /// <summary>The symbol that an enum reads for one that it does not know; null: reading one fails.</summary>
    public string? DefaultSymbol { get; internal set; }

    /// <summary>Type of an array's items or of a map's values.</summary>
    public AvroSchema? Items { get; internal set; }

    /// <summary>Branches of a union.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; internal set; } = [];

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; internal set; }

    /// <summary>The text that was parsed; null for a type inside a schema.</summary>
    public string? Text { get; internal set; }

    /// <summary>The Parsing Canonical Form: two schemas with the same form read the same bytes in the same way, defaults and aliases aside.</summary>
    public string CanonicalForm => LazyInitializer.EnsureInitialized(ref _canonical, () => new(() => SchemaForms.Canonical(this))).Value;

    /// <summary>How errors name this type: its full name, or the name of its kind.</summary>
    public string Title => Name ?? Kind switch
    {
        AvroKind.Array => "array of " + Items!.Title,
        AvroKind.Map => "map of " + Items!.Title,
        AvroKind.Union => "union [" + string.Join(", ", Branches.Select(branch => branch.Title)) + "]",
        _ => AvroKinds.Names[(int)Kind],
    };

    /// <summary>Reads a schema from its JSON text.</summary>
    /// <exception cref="AvroSchemaException">The text is no schema, or beyond <see cref="AvroLimits"/>; the message says where and why.</exception>
    public static AvroSchema Parse(string json) => Parse(json, []);

    /// <summary>Reads a schema that uses types of others, which are given in the order of their use.</summary>
    /// <exception cref="AvroSchemaException">As for the other overload.</exception>
    public static AvroSchema Parse(string json, IEnumerable<string> references) => new AvroSchemaParser().Parse(json, references);

    /// <summary>Reads a schema, or says what is wrong with it.</summary>
    public static bool TryParse(string json, out AvroSchema? schema, out string? error)
    {
        try
        {
            (schema, error) = (Parse(json), null);
            return true;
        }
        catch (AvroSchemaException wrong)
        {
            (schema, error) = (null, wrong.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Title;
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Its type.</param>
/// <param name="Aliases">Names that it may have in a writer's schema.</param>
/// <param name="Default">What a reader takes where the writer has no such field; null: none, reading then fails.</param>
public sealed record AvroField(string Name, AvroSchema Schema, IReadOnlyList<string> Aliases, JsonElement? Default);

/// <summary>A text is no Avro schema. The message says at which place, what was expected and what was found.</summary>
public sealed class AvroSchemaException : FormatException
{
    /// <summary>Without a message.</summary>
    public AvroSchemaException()
    {
    }

    /// <summary>With what is wrong.</summary>
    public AvroSchemaException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and its cause.</summary>
    public AvroSchemaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Bounds on schemas and records: a schema comes from a registry and a record from anyone, so neither may cost more than this.</summary>
public static class AvroLimits
{
    /// <summary>Characters of a schema's text: 1 Mi is far above any schema that people write. Beyond: refused.</summary>
    public const int SchemaText = 1 << 20;

    /// <summary>Levels of JSON inside each other in a schema. Beyond: refused.</summary>
    public const int SchemaDepth = 64;

    /// <summary>Types in a schema. Beyond: refused.</summary>
    public const int SchemaTypes = 10_000;

    /// <summary>Levels of a recursive type or of arrays inside each other in a record. Beyond: too_many_items.</summary>
    public const int RecordDepth = 32;

    /// <summary>Items of all arrays and maps of a record together, an order of 1,000 lines times 16. Beyond: too_many_items.</summary>
    public const int RecordItems = 16_384;
}

/// <summary>The names of kinds in a schema.</summary>
internal static class AvroKinds
{
    public static readonly string[] Names = [.. Enum.GetNames<AvroKind>().Select(name => name.ToLowerInvariant())];

    public static bool IsPrimitive(this AvroKind kind) => kind <= AvroKind.String;

    public static bool IsNamed(this AvroKind kind) => kind is AvroKind.Record or AvroKind.Enum or AvroKind.Fixed;

    /// <summary>The primitive of a name.</summary>
    public static bool TryPrimitive(string name, out AvroKind kind)
    {
        var at = Array.IndexOf(Names, name);
        kind = (AvroKind)Math.Max(at, 0);
        return at >= 0 && kind.IsPrimitive();
    }
}
