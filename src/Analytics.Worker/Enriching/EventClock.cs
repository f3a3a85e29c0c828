using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Worker.Enriching;

/// <summary>Derives when an event happened from the instants that came with it: created, sent, received, Kafka timestamp.</summary>
/// <remarks>
/// Derived = received − (sent − created) where sent is given, else created: the error of the client's clock cancels out. Received is the
/// Kafka timestamp where the collector left none. All in Unix milliseconds.
/// </remarks>
internal readonly struct EventClock(RulesOptions options, string topic)
{
    /// <summary>1971-01-01: before it a clock was never set.</summary>
    public const long Earliest = 31_536_000_000;

    /// <summary>2106-01-01: the stores keep minutes in 32-bit seconds, which end in February of that year.</summary>
    public const long Latest = 4_291_747_200_000;

    private readonly long _maxAge = options.MaxAgeOf(topic);
    private readonly long _clampAhead = options.ClampAheadMinutes * 60_000L;
    private readonly long _rejectAhead = options.RejectAheadHours * 3_600_000L;

    /// <summary>The event time, and whether it had to be clamped to the time of receipt.</summary>
    /// <returns>Accepted, InvalidTime, FutureTimestamp or TooOld.</returns>
    public Verdict Derive(long created, long sent, long received, long kafka, out long derived, out byte clamped)
    {
        (derived, clamped) = (created, 0);
        if (!IsTime(created) || (sent != LongColumn.Absent && !IsTime(sent)) || (received != LongColumn.Absent && !IsTime(received)) || !IsTime(kafka))
        {
            return Verdict.InvalidTime;
        }

        var receipt = received == LongColumn.Absent ? kafka : received;
        derived = sent == LongColumn.Absent ? created : receipt - (sent - created);
        if (derived - receipt > _rejectAhead)
        {
            return Verdict.FutureTimestamp;
        }

        if (derived - receipt > _clampAhead)
        {
            (derived, clamped) = (receipt, 1);
        }

        if (!IsTime(derived))
        {
            return Verdict.InvalidTime;
        }

        return kafka - derived > _maxAge ? Verdict.TooOld : Verdict.Accepted;
    }

    private static bool IsTime(long time) => time is >= Earliest and < Latest;
}
