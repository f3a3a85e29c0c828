using System.Globalization;
using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Conformance;

/// <summary>
/// What other products publish of their funnels, restated; docs/CONFORMANCE.md names the sources, their licences and why some differ. An event is written as its second
/// and its letter.
/// </summary>
public sealed class FunnelConformanceTests
{
    private static readonly DateTimeOffset Start = new(2021, 5, 1, 0, 0, 0, TimeSpan.Zero);

    // ClickHouse, 00632_aggregation_window_funnel (Apache-2.0): 1000 is a, 1001 is b, and on.
    [Theory]
    [InlineData("ab", "10000s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 2)]
    [InlineData("abc", "10000s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 3)]
    [InlineData("abci", "10000s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 4)]
    [InlineData("defgh", "2s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 3)]
    [InlineData("defgh", "3s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 4)]
    [InlineData("defgh", "4s", "0a 1b 2c 3d 4e 5f 6g 7h 8i", 5)]
    [InlineData("bi", "10000s", "1b 2c 3d 4e 5f 6g 7h 8i", 2)]
    [InlineData("ib", "10000s", "1b 2c 3d 4e 5f 6g 7h 8i", 1)]
    [InlineData("abcdefg", "10000s", "0a 10b 20c 30d 40e 50f 51f 60g 70h 80i", 7)]
    [InlineData("abc", "1d", "1a 2b 3c", 3)]
    [InlineData("abc", "1d", "1a 2d 3b 4c", 3)]
    [InlineData("abc", "1d", "1a 2a 3b 4b 5c 6c", 3)]
    [InlineData("abc", "1d", "1a 2a 3b 4b 5d 6c 7c", 3)]
    [InlineData("abc", "1d", "1c 2c 3b 4b 5a 6a", 1)]
    [InlineData("abcde", "10000s", "0a 1b 1c 1d 2e", 5)]
    public void An_ordered_funnel_is_windowFunnel_without_a_mode(string steps, string window, string events, int level) => Assert.Equal(level, LevelOf(steps, window, "ordered", events));

    // The same file, 'strict_deduplication' with 'strict_order'.
    [Theory]
    [InlineData("1a 2b 3c", 3)]
    [InlineData("1a 2d 3b 4c", 1)]
    [InlineData("1a 2a 3b 4b 5c 6c", 2)]
    [InlineData("1a 2a 3a 4a 5b 6b 7c 8c", 2)]
    [InlineData("1a 2a 3b 4b 5d 6c 7c", 2)]
    [InlineData("1c 2c 3b 4b 5a 6a", 1)]
    [InlineData("1a 2c 3b", 1)]
    public void A_strict_funnel_is_windowFunnel_with_strict_order_and_strict_deduplication(string events, int level) => Assert.Equal(level, LevelOf("abc", "1d", "strict", events));

    // The same file, 'strict_once': f is failure, s is success.
    [Theory]
    [InlineData("180f 220f 250s", 3)]
    [InlineData("100f 250f", 2)]
    [InlineData("200s 210f 230s", 1)]
    public void An_event_is_one_step_as_with_strict_once(string events, int level) => Assert.Equal(level, LevelOf("ffs", "200s", "ordered", events));

    // The same file: what theirs is, and why ours is another.
    [Theory]
    [InlineData("eee", "ordered", "0a 1b 1c 1d 2e", 3, 1)] // An event is one step.
    [InlineData("abc", "strict", "1a 2a 3b 4b 5c 6c", 3, 2)] // strict_order alone: a step that repeats lies between.
    [InlineData("abcd", "strict", "1a 2b 3c 4b 5d", 4, 3)] // The same.
    [InlineData("abc", "strict", "1a 2b 3a 4b 5c", 2, 3)] // A later first step begins an attempt of its own.
    [InlineData("abcd", "strict", "1a 2b 3c 4a 5b 6c 7d", 3, 4)] // The same; theirs with allow_reentry.
    public void Where_a_rule_differs_the_level_does(string steps, string order, string events, int theirs, int ours)
    {
        Assert.NotEqual(theirs, ours);
        Assert.Equal(ours, LevelOf(steps, "1d", order, events));
    }

    // PostHog, exclusions "multiple possible, no end event" 1 to 3 (MIT): x between the steps excludes, the window is 10 s.
    [Theory]
    [InlineData("0a 1x 31a", 1)]
    [InlineData("0a 31a 32x", 1)]
    [InlineData("0a 1a 2x", 0)]
    public void A_clean_attempt_rescues_a_user_whose_other_one_is_excluded(string events, int level) =>
        Assert.Equal(level, LevelOf("ab", "10s", "ordered", events, ", \"exclusions\": [\"x\"]"));

    // PostHog, "basic strict funnel" (MIT): a signed up, b page view, c insight viewed; persons 1 to 7 and one who never signed up.
    [Fact]
    public void A_strict_funnel_lets_nothing_lie_between() => Assert.Equal(
        [7, 2, 1],
        Tally("abc", "14d", "strict", "0a", "0b 1a", "0a 1b 2x 3c", "0c 1x 2b 3a", "0b 1a 2x 3b 4c", "0x 1a 2x 3b", "0x 1a 2b 3c 4x", "0c 1b").Select(step => step.Users));

    // PostHog, conversion times (MIT).
    [Theory]
    [InlineData("abc", "1d", "1 1 1", "- 3600/3600 3600/3600", "3600a 7200b 10800c 187200a 190800b 284400a 295200b")]
    [InlineData("abc", "7d", "3 3 2", "- 6000/7200 5400/5400", "43200a 46800b 54000c", "136800a 144000b", "136800a 144000b 147600c")]
    [InlineData("ab", "14d", "3 2", "- 600/600", "136800a 137100b", "136980a", "129600a 130500b")]
    [InlineData("ab", "5m", "3 1", "- 300/300", "136800a 137100b", "136980a", "129600a 130500b")]
    public void Times_to_convert_are_of_the_attempt_that_counts(string steps, string window, string users, string times, params string[] people)
    {
        var found = Tally(steps, window, "ordered", people);

        Assert.Equal(users, string.Join(' ', found.Select(step => step.Users)));
        Assert.Equal(times, string.Join(' ', found.Select(step => step.FromPrevious is { } time ? FormattableString.Invariant($"{time.Mean.TotalSeconds}/{time.Median.TotalSeconds}") : "-")));
    }

    private static int LevelOf(string steps, string window, string order, string events, string more = "") => Scan(Funnel(steps, window, order, more)).Of(Events(Funnel(steps, window, order, more), events)).Steps;

    private static IReadOnlyList<FunnelStepFigures> Tally(string steps, string window, string order, params string[] people)
    {
        var funnel = Funnel(steps, window, order, "");
        var (scan, tally) = (Scan(funnel), new FunnelTally(steps.Length));
        foreach (var one in people)
        {
            tally.Add(scan.Of(Events(funnel, one)));
        }

        return tally.Figures(hasGroups: false, limit: 1).Steps;
    }

    private static FunnelScan Scan(FunnelQuestion funnel) => new(funnel, Start.AddYears(1).ToUnixTimeMilliseconds());

    private static FunnelQuestion Funnel(string steps, string window, string order, string more)
    {
        var names = string.Join(", ", steps.Select(step => $"\"{step}\""));
        var json = $"{{ \"start\": \"2021-05-01\", \"end\": \"2021-05-14\", \"steps\": [{names}], \"window\": \"{window}\", \"order\": \"{order}\" {more} }}";
        return FunnelReader.Read(QuestionNode.Of(JsonDocument.Parse(json).RootElement), new(TimeZoneInfo.Utc, "EUR", Start.AddYears(1), null, 11_000));
    }

    private static List<FunnelEvent> Events(FunnelQuestion funnel, string text) =>
    [
        .. text.Split(' ').Select((word, index) =>
        {
            var names = funnel.Steps.Concat(funnel.Exclusions.Select(exclusion => exclusion.What)).Select((step, bit) => (step.Event, Bit: 1u << bit));
            var fits = names.Where(step => step.Event == word[^1..]).Aggregate(0u, (all, step) => all | step.Bit);
            return new FunnelEvent(Start.AddSeconds(int.Parse(word[..^1], CultureInfo.InvariantCulture)).ToUnixTimeMilliseconds(), index, fits, null);
        }),
    ];
}
