namespace Analytics.Core.Questions;

/// <summary>How much of time a row of sums holds.</summary>
public enum CoverLevel
{
    /// <summary>A minute.</summary>
    Minutes,

    /// <summary>A whole hour of UTC.</summary>
    Hours,

    /// <summary>A whole day of UTC.</summary>
    Days,
}

/// <summary>What has been rolled up and may be read instead of minutes: ranges in order that do not touch.</summary>
/// <param name="Hours">Whole hours of UTC.</param>
/// <param name="Days">Whole days of UTC, all of them within the hours.</param>
public sealed record Rolled(IReadOnlyList<TimeRange> Hours, IReadOnlyList<TimeRange> Days)
{
    /// <summary>Nothing.</summary>
    public static Rolled None { get; } = new([], []);
}

/// <summary>What a cover reads at one level: the units in the ranges and those of the next level's units that are cut, without the units that are cut themselves.</summary>
/// <param name="Level">The level.</param>
/// <param name="Ranges">Whole units, in order.</param>
/// <param name="Within">Units of the next level, by their start: cut by the start of a point, and so read here piece by piece.</param>
/// <param name="Without">Units of this level, by their start: cut likewise, and read one level below.</param>
public sealed record CoverPart(CoverLevel Level, IReadOnlyList<TimeRange> Ranges, IReadOnlyList<DateTimeOffset> Within, IReadOnlyList<DateTimeOffset> Without)
{
    /// <summary>Whether nothing is read.</summary>
    public bool IsEmpty => Ranges.Count == 0 && Within.Count == 0;
}

/// <summary>
/// A range by the fewest rows: whole days of UTC inside of its points, whole hours where a day is cut, minutes where an hour is. Every minute of the range is in exactly one
/// unit that is read, and every unit in one point.
/// </summary>
/// <param name="Parts">From the days to the minutes; those that read nothing are left out.</param>
public sealed record Cover(IReadOnlyList<CoverPart> Parts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The cover of a range whose points begin at <paramref name="starts"/>.</summary>
    /// <param name="range">Whole minutes.</param>
    /// <param name="starts">Where points start, in order; none for a range that is one figure.</param>
    /// <param name="rolled">What may be read instead of minutes.</param>
    public static Cover Of(TimeRange range, IReadOnlyList<DateTimeOffset> starts, Rolled rolled)
    {
        var cuts = starts.Where(start => start > range.Start && start < range.End).ToList();
        var days = Inner(rolled.Days, range, Day);
        var cutDays = Cut(cuts, days, Day);
        if (cutDays.Count == Units(days, Day))
        {
            (days, cutDays) = ([], []);
        }

        var hours = Without(Inner(rolled.Hours, range, Hour), days);
        var cutHours = Cut(cuts, Joined(hours.Concat(cutDays.Select(day => new TimeRange(day, day + Day)))), Hour);
        if (cutDays.Count == 0 && cutHours.Count == Units(hours, Hour))
        {
            (hours, cutHours) = ([], []);
        }

        var minutes = Without(range.Length > TimeSpan.Zero ? [range] : [], Joined(days.Concat(hours)));
        CoverPart[] parts =
        [
            new(CoverLevel.Days, days, [], cutDays),
            new(CoverLevel.Hours, hours, cutDays, cutHours),
            new(CoverLevel.Minutes, minutes, cutHours, []),
        ];
        return new([.. parts.Where(part => !part.IsEmpty)]);
    }

    /// <summary>Ranges in order, with those that touch as one.</summary>
    public static IReadOnlyList<TimeRange> Joined(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.Where(range => range.Length > TimeSpan.Zero).OrderBy(range => range.Start))
        {
            if (joined.Count > 0 && range.Start <= joined[^1].End)
            {
                joined[^1] = new(joined[^1].Start, range.End > joined[^1].End ? range.End : joined[^1].End);
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }

    private static List<TimeRange> Inner(IReadOnlyList<TimeRange> rolled, TimeRange range, TimeSpan unit) =>
    [
        .. rolled.Select(some => new TimeRange(some.Start > range.Start ? some.Start : range.Start, some.End < range.End ? some.End : range.End))
            .Where(some => some.Length > TimeSpan.Zero).Select(some => some.Inner(unit)).Where(some => some.Length > TimeSpan.Zero),
    ];

    // What is left of ranges when others are taken out of them; both in order.
    private static List<TimeRange> Without(IReadOnlyList<TimeRange> ranges, IReadOnlyList<TimeRange> others)
    {
        var left = new List<TimeRange>();
        foreach (var range in ranges)
        {
            var start = range.Start;
            foreach (var other in others.Where(other => other.End > range.Start && other.Start < range.End))
            {
                if (other.Start > start)
                {
                    left.Add(new(start, other.Start));
                }

                start = other.End > start ? other.End : start;
            }

            if (start < range.End)
            {
                left.Add(new(start, range.End));
            }
        }

        return left;
    }

    // The units of the ranges in which a cut lies; the ends of units cut nothing. Cuts and ranges are in order.
    private static List<DateTimeOffset> Cut(List<DateTimeOffset> cuts, IReadOnlyList<TimeRange> ranges, TimeSpan unit)
    {
        var found = new List<DateTimeOffset>();
        var index = 0;
        foreach (var cut in cuts)
        {
            while (index < ranges.Count && ranges[index].End <= cut)
            {
                index++;
            }

            var start = TimeRange.Down(cut, unit);
            if (index < ranges.Count && ranges[index].Start <= cut && start != cut && (found.Count == 0 || found[^1] != start))
            {
                found.Add(start);
            }
        }

        return found;
    }

    private static long Units(IReadOnlyList<TimeRange> ranges, TimeSpan unit) => ranges.Sum(range => range.Length.Ticks / unit.Ticks);
}
