namespace Analytics.Api.Collecting;

/// <summary>What became of a request of events.</summary>
/// <param name="Accepted">Events that Kafka has acknowledged.</param>
/// <param name="Rejected">Events that were refused; sending them again would not help.</param>
/// <param name="Events">Each event, in the order of the request.</param>
internal sealed record CollectedReply(int Accepted, int Rejected, IReadOnlyList<EventResult> Events);

/// <summary>What became of one event.</summary>
/// <param name="EventId">Its identity, made up where it had none; null when it could not be read.</param>
/// <param name="Status">accepted, rejected, or failed: not acknowledged in time.</param>
/// <param name="Reason">Why it was refused, a stable name.</param>
/// <param name="Detail">Why it was refused, for people.</param>
internal sealed record EventResult(Guid? EventId, string Status, string? Reason = null, string? Detail = null)
{
    /// <summary>Kafka has it.</summary>
    public const string Accepted = "accepted";

    /// <summary>It was refused.</summary>
    public const string Rejected = "rejected";

    /// <summary>Kafka did not acknowledge it.</summary>
    public const string Failed = "failed";
}
