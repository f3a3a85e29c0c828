using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests.Enriching;

public sealed class EventClockTests
{
    private const long Minute = 60_000;
    private static readonly EventClock Clock = new(new RulesOptions(), Topics.Clickstream);

    // Minutes from noon: created, sent, received (null: absent), Kafka; then the derived time and whether it was clamped.
    [Theory]
    [InlineData(0, null, null, 0, 0, 0)]
    [InlineData(-10, null, 0, 0, -10, 0)]
    [InlineData(-10, -8, 0, 0, -2, 0)] // the client's clock is 8 minutes slow: the event is 2 minutes old
    [InlineData(55, 60, 0, 0, -5, 0)] // an hour fast: it is 5 minutes old
    [InlineData(0, null, null, 3, 0, 0)] // received absent: Kafka's time is the receipt
    [InlineData(-4, -2, null, 3, 1, 0)]
    [InlineData(5, null, 0, 0, 5, 0)] // just within
    [InlineData(6, null, 0, 0, 0, 1)] // beyond: counted at its receipt
    [InlineData(6, null, null, 0, 0, 1)]
    [InlineData(10, 3, 0, 0, 0, 1)] // sent before created
    public void The_event_time_is_derived_from_the_instants_that_came_with_it(
        int created, int? sent, int? received, int kafka, int expected, byte clamped)
    {
        var verdict = Clock.Derive(At(created), sent is null ? LongColumn.Absent : At(sent.Value),
            received is null ? LongColumn.Absent : At(received.Value), At(kafka), out var derived, out var wasClamped);
        Assert.Equal(Verdict.Accepted, verdict);
        Assert.Equal(At(expected), derived);
        Assert.Equal(clamped, wasClamped);
    }

    [Fact]
    public void Ages_are_measured_against_the_kafka_timestamp()
    {
        var old = At(0) - 8L * 24 * 60 * Minute;
        Assert.Equal(Verdict.TooOld, Clock.Derive(old, LongColumn.Absent, old, At(0), out _, out _));
        Assert.Equal(Verdict.Accepted, Clock.Derive(old, LongColumn.Absent, old, old, out _, out _));
    }

    [Fact]
    public void Hostile_times_do_not_overflow()
    {
        long[] times = [long.MinValue + 1, -1, 0, EventClock.Earliest, EventClock.Latest - 1, EventClock.Latest, long.MaxValue];
        foreach (var created in times)
        {
            foreach (var sent in times)
            {
                foreach (var received in times)
                {
                    var verdict = Clock.Derive(created, sent, received, At(0), out var derived, out _);
                    Assert.True(verdict != Verdict.Accepted || derived is >= EventClock.Earliest and < EventClock.Latest, $"{created} {sent} {received}");
                }
            }
        }
    }

    private static long At(int minutes) => MadeEvent.Noon + minutes * Minute;
}
