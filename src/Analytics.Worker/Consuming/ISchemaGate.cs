namespace Analytics.Worker.Consuming;

/// <summary>Says whether records of a schema can be decoded now, so that one that cannot holds its own partition and no other.</summary>
/// <remarks>Asked by the polling thread: returns at once, and goes on finding out by itself until the chunk is lost.</remarks>
internal interface ISchemaGate
{
    /// <summary>True when the records of a chunk that name this schema can be decoded; once true for a chunk, always.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="schema">The schema id.</param>
    /// <param name="isWarmUp">True for the records before a start, which are nobody's chunk.</param>
    bool IsOpen(Chunk chunk, int schema, bool isWarmUp);
}
