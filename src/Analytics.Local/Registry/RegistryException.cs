using Analytics.Core.Avro;

namespace Analytics.Local.Registry;

/// <summary>A request that the registry refuses, with the code that Confluent's registry gives for the same reason.</summary>
/// <remarks>Source of the codes: Confluent schema registry, "API Reference", and
/// io.confluent.kafka.schemaregistry.rest.exceptions.Errors.</remarks>
internal sealed class RegistryException(int code, string message) : Exception(message)
{
    /// <summary>The code of five digits that starts with the HTTP status, or the status itself.</summary>
    public int Code { get; } = code;

    public static RegistryException SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static RegistryException VersionNotFound(string version) => new(40402, $"Version {version} not found.");

    public static RegistryException SchemaNotFound() => new(40403, "Schema not found");

    public static RegistryException SchemaNotFound(int id) => new(40403, $"Schema {id} not found");

    public static RegistryException SubjectSoftDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException SubjectNotSoftDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryException VersionSoftDeleted(string subject, int version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException VersionNotSoftDeleted(string subject, int version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryException NoSubjectLevel(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryException NoSubjectMode(string subject) => new(40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static RegistryException Incompatible(string subject, IReadOnlyList<string> reasons) => new(
        409, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join("; ", reasons)}]");

    public static RegistryException InvalidSchema(string reason) => new(42201, $"Invalid schema: {reason}");

    public static RegistryException InvalidVersion(string version) =>
        new(42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryException InvalidLevel(string? found) => new(
        42203, $"Invalid compatibility level '{found}'. Valid values are {Names(Enum.GetValues<CompatibilityLevel>().Select(level => level.Name()))}");

    public static RegistryException InvalidMode(string? found) =>
        new(42204, $"Invalid mode '{found}'. Valid values are {Names(RegistryModes.Names)}");

    public static RegistryException NotPermitted(string reason) => new(42205, reason);

    public static RegistryException BadRequest(string reason) => new(400, reason);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
