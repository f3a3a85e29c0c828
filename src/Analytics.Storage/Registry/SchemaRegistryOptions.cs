using System.ComponentModel.DataAnnotations;

namespace Analytics.Storage.Registry;

/// <summary>Where the schema registry is.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "SchemaRegistry";

    /// <summary>Address of a Confluent-compatible registry. Default http://127.0.0.1:8081, the one-machine registry. While it is away, records of schemas not seen before wait.</summary>
    [Required]
    public Uri Url { get; set; } = new("http://127.0.0.1:8081");

    /// <summary>User of the registry, where it asks for one. Default none.</summary>
    public string? User { get; set; }

    /// <summary>The user's password.</summary>
    public string? Password { get; set; }

    /// <summary>Seconds to wait for one answer. Default 5: a registry answers in milliseconds. Beyond it the registry counts as away, and is asked again.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// Folder where schemas are kept over a restart, so that a worker starts while the registry is away. Default none. Ids never change their schema in one
    /// registry; empty the folder when the registry is replaced by another.
    /// </summary>
    public string? CacheFolder { get; set; }
}
