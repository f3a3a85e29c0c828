namespace Analytics.Local.Registry;

/// <summary>What may be written to a subject.</summary>
internal enum RegistryMode : byte
{
    /// <summary>Schemas are registered and get the next id and version.</summary>
    ReadWrite,

    /// <summary>Nothing is registered or deleted.</summary>
    ReadOnly,

    /// <summary>
    /// Schemas are registered with the id and version that the request gives, unchecked: to move them here from another registry.
    /// </summary>
    Import,
}

/// <summary>The names of modes on the wire.</summary>
internal static class RegistryModes
{
    /// <summary>The names, in the order of <see cref="RegistryMode"/>.</summary>
    public static readonly string[] Names = ["READWRITE", "READONLY", "IMPORT"];

    /// <summary>The name of a mode.</summary>
    public static string Name(this RegistryMode mode) => Names[(int)mode];

    /// <summary>The mode of a name.</summary>
    /// <exception cref="RegistryException">There is none (42204).</exception>
    public static RegistryMode Parse(string? name) =>
        Array.IndexOf(Names, name?.ToUpperInvariant()) is >= 0 and var at ? (RegistryMode)at : throw RegistryException.InvalidMode(name);
}
