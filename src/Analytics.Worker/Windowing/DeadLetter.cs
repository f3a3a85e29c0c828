using Analytics.Core.Events;

namespace Analytics.Worker.Windowing;

/// <summary>A rejected record on its way to the dead-letter topic.</summary>
/// <param name="Offset">Its Kafka offset.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Error">What was expected and what was found.</param>
/// <param name="SchemaId">The writer's schema; -1 when it could not be read.</param>
/// <param name="Record">The record as it was in Kafka; a copy.</param>
internal sealed record DeadLetter(long Offset, Verdict Reason, string Error, int SchemaId, byte[] Record);
