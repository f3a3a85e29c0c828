namespace Analytics.Worker.Decoding;

/// <summary>What decoding tells its operator. Warn: it recovers by itself. Error: records are rejected and a human is needed.</summary>
internal static partial class DecodingLog
{
    [LoggerMessage(2001, LogLevel.Warning, "The schema registry is away, and schema {Id} is not known yet. Its records wait; asking again in {Milliseconds:0} ms.")]
    public static partial void RegistryAway(this ILogger logger, Exception wrong, int id, double milliseconds);

    [LoggerMessage(2002, LogLevel.Information, "The schema registry answered again, for schema {Id}.")]
    public static partial void RegistryBack(this ILogger logger, int id);

    [LoggerMessage(2005, LogLevel.Warning, "PostgreSQL is away, where what the chunk goes by for schema {Id} is settled. Its records wait.")]
    public static partial void VerdictsAway(this ILogger logger, Exception wrong, int id);

    [LoggerMessage(2006, LogLevel.Warning, "Another worker has read schema {Id}, which the schema registry does not give to this one yet. Its records wait.")]
    public static partial void RegistryBehind(this ILogger logger, int id);

    [LoggerMessage(2003, LogLevel.Error, "Schema {Id} cannot be read as the schema of {Topic}, so its records are rejected: {Reason}.")]
    public static partial void SchemaRefused(this ILogger logger, int id, string topic, string reason);

    [LoggerMessage(2004, LogLevel.Error, "The schema registry knows no schema {Id}, so its records in {Topic} partition {Partition} are rejected up to the end of the chunk.")]
    public static partial void SchemaUnknown(this ILogger logger, int id, string topic, int partition);
}
