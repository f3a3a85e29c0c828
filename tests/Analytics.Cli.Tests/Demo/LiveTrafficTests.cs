using Analytics.Cli.Demo;
using Analytics.Core.Events;

namespace Analytics.Cli.Tests.Demo;

public sealed class LiveTrafficTests
{
    private static readonly DateTimeOffset Evening = new(2026, 3, 2, 20, 0, 0, TimeSpan.Zero);
    private static readonly LiveTraffic Traffic = new(tenant: 4, seed: 1, sessionsPerMinute: 18);

    [Fact]
    public void A_minute_has_the_same_events_whenever_it_is_made() =>
        Assert.Equal(Ids(Traffic.SessionsOf(Evening)), Ids(new LiveTraffic(4, 1, 18).SessionsOf(Evening)));

    [Fact]
    public void Another_seed_is_another_shop() =>
        Assert.Empty(Ids(Traffic.SessionsOf(Evening)).Intersect(Ids(new LiveTraffic(4, 2, 18).SessionsOf(Evening))));

    [Fact]
    public void Events_come_by_time_and_within_the_longest_session()
    {
        var events = Enumerable.Range(0, 60).SelectMany(minute => Traffic.SessionsOf(Evening.AddMinutes(minute)).Select(one => one.At - Evening.AddMinutes(minute))).ToArray();

        Assert.All(events, after => Assert.InRange(after, TimeSpan.Zero, LiveTraffic.LongestSession));
    }

    [Fact]
    public void No_id_is_used_twice_in_a_day()
    {
        var ids = Enumerable.Range(0, 1440).SelectMany(minute => Ids(Traffic.SessionsOf(Evening.AddMinutes(minute)))).ToArray();

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Evenings_are_busier_than_nights()
    {
        int Events(int hour) => Enumerable.Range(0, 60).Sum(minute => Traffic.SessionsOf(Evening.AddHours(hour - 20).AddMinutes(minute)).Count);

        Assert.True(Events(20) > 3 * Events(8), $"20:00 {Events(20)}, 8:00 {Events(8)}");
    }

    [Fact]
    public void Some_visits_end_in_an_order_and_most_do_not()
    {
        var hour = Enumerable.Range(0, 60).SelectMany(minute => Traffic.SessionsOf(Evening.AddMinutes(minute))).ToArray();
        var visits = hour.Count(one => one.Click is { Name: "page_view", Url: "https://lamps.example/" });

        Assert.InRange(hour.Count(one => one.Order is not null), 1, visits / 5);
    }

    private static IEnumerable<Guid> Ids(IEnumerable<LiveEvent> events) =>
        events.Select(one => ((ProducedEvent?)one.Click ?? (ProducedEvent?)one.Order ?? one.Stock!).EventId);
}
