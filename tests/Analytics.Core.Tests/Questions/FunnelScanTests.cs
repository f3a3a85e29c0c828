using System.Globalization;
using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;

namespace Analytics.Core.Tests.Questions;

/// <summary>The rules of docs/SEMANTICS.md. An event is written as the minute of it and the letters of what it is: a, b, c steps; x, y exclusions; - anything else.</summary>
public sealed class FunnelScanTests
{
    private const string Three = "\"steps\": [\"a\", \"b\", \"c\"]";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0a 1b 2c", 3)]
    [InlineData("0a 1- 2b 3- 4c", 3)]
    [InlineData("0a 1c 2b", 2)]
    [InlineData("0b 1c", 0)]
    [InlineData("0a 1a 2a", 1)]
    [InlineData("", 0)]
    public void Steps_follow_in_order_and_other_events_may_lie_between(string events, int steps) => Assert.Equal(steps, Of(Three, events).Steps);

    [Theory]
    [InlineData("0a 1b 60c", 3)]
    [InlineData("0a 1b 61c", 2)]
    [InlineData("0a 61b", 1)]
    public void The_window_is_measured_from_the_first_step_and_inclusive(string events, int steps) => Assert.Equal(steps, Of(Three + ", \"window\": \"1h\"", events).Steps);

    [Theory]
    [InlineData("0a 50a 70b 80c", 3)]
    [InlineData("0a 10b 50a 61c", 2)]
    [InlineData("0a 10b 50a 61b 70c", 3)]
    public void A_later_first_step_begins_a_new_attempt_and_the_furthest_attempt_wins(string events, int steps) =>
        Assert.Equal(steps, Of(Three + ", \"window\": \"1h\"", events).Steps);

    [Theory]
    [InlineData("0a 1b 2c", 3)]
    [InlineData("0a 1- 2b 3c", 1)]
    [InlineData("0a 1a 2b 3c", 3)]
    [InlineData("0a 1b 2- 3c", 2)]
    [InlineData("0a 1b 2b 3c", 2)]
    public void Strict_lets_nothing_lie_between(string events, int steps) => Assert.Equal(steps, Of(Three + ", \"order\": \"strict\"", events).Steps);

    [Theory]
    [InlineData("0c 1a 2b", 3)]
    [InlineData("0b 1b 2c", 2)]
    [InlineData("0c 61a 62b", 2)]
    [InlineData("0c 30b 61a 62c", 3)]
    public void Unordered_steps_may_come_in_any_order_within_the_window(string events, int steps) =>
        Assert.Equal(steps, Of(Three + ", \"order\": \"unordered\", \"window\": \"1h\"", events).Steps);

    [Theory]
    [InlineData("0a 1x 2b 3c", 0)]
    [InlineData("0a 1b 2x 3c", 3)]
    [InlineData("0x 1a 2b 3c", 3)]
    [InlineData("0a 1x 2a 3b 4c", 3)]
    [InlineData("0a 1a 2x 3b", 0)]
    [InlineData("0a 61x 62a", 1)]
    public void An_exclusion_drops_an_attempt_that_it_taints_and_a_clean_one_rescues_the_user(string events, int steps) => Assert.Equal(
        steps, Of(Three + ", \"window\": \"1h\", \"exclusions\": [{\"event\": \"x\", \"from_step\": 1, \"to_step\": 2}]", events).Steps);

    [Theory]
    [InlineData("0a 1b 2x 3c", 0)]
    [InlineData("0a 1x 2b 3c", 3)]
    [InlineData("0a 1b 2c 3x", 3)]
    public void An_exclusion_matters_only_between_its_steps(string events, int steps) => Assert.Equal(
        steps, Of(Three + ", \"exclusions\": [{\"event\": \"x\", \"from_step\": 2, \"to_step\": 3}]", events).Steps);

    [Theory]
    [InlineData("0a 10b 15c", 3)]
    [InlineData("0a 10b 16c", 2)]
    [InlineData("0a 10b 30b 31c", 2)]
    [InlineData("0a 10b 30a 31b 36c", 3)]
    public void A_step_may_have_a_time_of_its_own_since_the_step_before(string events, int steps) => Assert.Equal(
        steps, Of("\"steps\": [\"a\", \"b\", {\"event\": \"c\", \"within\": \"5m\"}]", events).Steps);

    [Theory]
    [InlineData("0ab 1c", 1)]
    [InlineData("0ab 1b 2c", 3)]
    [InlineData("0a 1bc", 2)]
    [InlineData("0a 1bc 2bc", 3)]
    public void An_event_is_one_step_even_where_it_fits_two(string events, int steps) => Assert.Equal(steps, Of(Three, events).Steps);

    [Theory]
    [InlineData("0b 0a 0c", 1)]
    [InlineData("0a 0b 0c", 3)]
    public void Events_of_the_same_time_keep_the_order_of_the_log(string events, int steps) => Assert.Equal(steps, Of(Three, events).Steps);

    [Fact]
    public void The_same_step_twice_needs_two_events() => Assert.Equal((1, 2), (Of("\"steps\": [\"a\", \"a\"]", "0a").Steps, Of("\"steps\": [\"a\", \"a\"]", "0a 1a").Steps));

    [Theory]
    [InlineData("0a 10b 11a 12b 13c", "11 12 13")]
    [InlineData("0a 10b 20a 30b", "0 10")]
    [InlineData("0a 5a 10b", "5 10")]
    public void Of_attempts_that_came_equally_far_the_one_that_was_first_there_tells_the_times_and_of_those_the_one_that_began_last(string events, string minutes) =>
        Assert.Equal(minutes, string.Join(' ', Of(Three, events).Times.Select(time => (time - Start.ToUnixTimeMilliseconds()) / 60_000)));

    [Theory]
    [InlineData("0a 10b", true)]
    [InlineData("0a 10b 20c", false)]
    [InlineData("-90a -80b", false)]
    [InlineData("0a 70b", true)]
    public void Users_whose_window_is_still_open_are_open_until_they_are_through(string events, bool isOpen) =>
        Assert.Equal(isOpen, Of(Three + ", \"window\": \"1h\"", events, now: 30).IsOpen);

    [Fact]
    public void A_funnel_begins_in_its_range_and_may_end_after_it() => Assert.Equal(
        (3, 0), (Of(Three + ", \"window\": \"2d\"", "1439a 1500b 1600c").Steps, Of(Three + ", \"window\": \"2d\"", "1440a 1500b 1600c").Steps));

    [Fact]
    public void Random_users_come_as_far_as_every_attempt_of_theirs_followed_by_itself()
    {
        var random = new Random(4);
        string[] funnels =
        [
            Three + ", \"window\": \"20m\"",
            Three + ", \"window\": \"20m\", \"order\": \"strict\"",
            Three + ", \"window\": \"20m\", \"order\": \"unordered\"",
            "\"steps\": [\"a\", \"b\", {\"event\": \"c\", \"within\": \"5m\"}], \"window\": \"20m\", \"exclusions\": [{\"event\": \"x\", \"from_step\": 1, \"to_step\": 2}, {\"event\": \"y\", \"from_step\": 2, \"to_step\": 3}]",
        ];
        string[] kinds = ["a", "b", "c", "x", "y", "-", "ab", "bc", "bx"];
        for (var run = 0; run < 20_000; run++)
        {
            var funnel = Funnel(funnels[run % funnels.Length]);
            var minute = 0;
            var text = string.Join(' ', Enumerable.Range(0, random.Next(14)).Select(_ => (minute += random.Next(8)) + kinds[random.Next(kinds.Length)]));
            var events = Events(text);
            var found = new FunnelScan(funnel, long.MaxValue - 1_000_000_000).Of(events);
            var expected = Followed(funnel, Events(text));
            Assert.True(expected.SequenceEqual(found.Times), $"{funnels[run % funnels.Length]}\n{text}\nexpected {expected.Count} steps, found {found.Steps}");
            Assert.True(expected.SequenceEqual(FunnelTrace.Of(funnel, events, found).Select(step => step.Event.Time)), $"{funnels[run % funnels.Length]}\n{text}\nits events cannot be found again");
        }
    }

    // Every attempt by itself, as the rules say it, without any cleverness.
    private static List<long> Followed(FunnelQuestion funnel, List<FunnelEvent> events)
    {
        var best = new List<long>();
        var isUnordered = funnel.Order == FunnelOrder.Unordered;
        for (var first = 0; first < events.Count; first++)
        {
            for (var step = 0; step < (isUnordered ? funnel.Steps.Count : 1); step++)
            {
                if ((events[first].Fits >> step & 1) == 0 || (isUnordered && (events[first].Fits & ((1u << step) - 1)) != 0))
                {
                    continue;
                }

                var times = Attempt(funnel, events, first, step);
                if (times is not null && (times.Count > best.Count || (times.Count == best.Count && (times[^1] < best[^1] || (times[^1] == best[^1] && times[0] > best[0])))))
                {
                    best = times;
                }
            }
        }

        return best;
    }

    private static List<long>? Attempt(FunnelQuestion funnel, List<FunnelEvent> events, int first, int step)
    {
        var times = new List<long> { events[first].Time };
        var done = 1u << step;
        foreach (var one in events.Skip(first + 1))
        {
            if (one.Time - times[0] > funnel.Window.TotalMilliseconds || times.Count == funnel.Steps.Count)
            {
                break;
            }

            var next = Enumerable.Range(0, funnel.Steps.Count).Where(index => (done >> index & 1) == 0 && (one.Fits >> index & 1) != 0)
                .Where(index => funnel.Order == FunnelOrder.Unordered || index == times.Count).DefaultIfEmpty(-1).First();
            if (next >= 0)
            {
                if (funnel.Steps[next].Within is { } within && one.Time - times[^1] > within.TotalMilliseconds)
                {
                    break;
                }

                times.Add(one.Time);
                done |= 1u << next;
            }
            else if (funnel.Exclusions.Where((exclusion, index) => (one.Fits >> (funnel.Steps.Count + index) & 1) != 0 && times.Count >= exclusion.From && times.Count < exclusion.To).Any())
            {
                return null;
            }
            else if (funnel.Order == FunnelOrder.Strict)
            {
                break;
            }
        }

        return times;
    }

    private static FunnelResult Of(string funnel, string events, int now = 100_000) =>
        new FunnelScan(Funnel(funnel), Start.AddMinutes(now).ToUnixTimeMilliseconds()).Of(Events(events, Funnel(funnel)));

    private static FunnelQuestion Funnel(string json) => FunnelReader.Read(
        QuestionNode.Of(JsonDocument.Parse($$"""{ "start": "2026-02-28", "end": "2026-03-02", {{json}} }""").RootElement),
        new(TimeZoneInfo.Utc, "EUR", Start.AddDays(30), null, 11_000));

    private static List<FunnelEvent> Events(string text, FunnelQuestion? funnel = null)
    {
        string[] names = funnel is null ? ["a", "b", "c", "x", "y"] : [.. funnel.Steps.Concat(funnel.Exclusions.Select(exclusion => exclusion.What)).Select(step => step.Event!)];
        return
        [
            .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, index) =>
            {
                var letters = word.Length - word.TrimEnd('a', 'b', 'c', 'x', 'y', '-').Length;
                var isNothing = word[^1] == '-';
                var minute = int.Parse(isNothing ? word[..^1] : word[..^letters], CultureInfo.InvariantCulture);
                var fits = names.Select((name, bit) => !isNothing && word[^letters..].Contains(name, StringComparison.Ordinal) ? 1u << bit : 0).Aggregate(0u, (left, right) => left | right);
                return new FunnelEvent(Start.AddMinutes(minute).ToUnixTimeMilliseconds(), index, fits, null);
            }),
        ];
    }
}
