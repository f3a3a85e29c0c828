namespace Analytics.Storage.Registry;

/// <summary>A schema as a registry knows it.</summary>
/// <param name="Id">Its number in the header of every record; never given to another schema.</param>
/// <param name="Text">The schema.</param>
/// <param name="Type">AVRO, JSON or PROTOBUF.</param>
/// <param name="References">Texts of the schemas that it uses, each after those that it uses itself.</param>
public sealed record RegisteredSchema(int Id, string Text, string Type, IReadOnlyList<string> References)
{
    /// <summary>The type that is meant when a registry names none.</summary>
    public const string Avro = "AVRO";
}
