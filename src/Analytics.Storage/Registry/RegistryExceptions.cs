namespace Analytics.Storage.Registry;

/// <summary>The schema registry did not answer, or not as a registry does. It says nothing about the schema: wait and ask again.</summary>
public sealed class RegistryUnavailableException : Exception
{
    /// <summary>With what was asked and what came back.</summary>
    public RegistryUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The registry refused a schema: it is no schema, or not compatible with the subject's earlier ones. The message is the registry's.</summary>
public sealed class SchemaRefusedException : Exception
{
    /// <summary>With the registry's reason.</summary>
    public SchemaRefusedException(string message)
        : base(message)
    {
    }
}
