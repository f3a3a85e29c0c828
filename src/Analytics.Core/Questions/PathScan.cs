namespace Analytics.Core.Questions;

/// <summary>One event of a user, as a path sees it.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Order">Place in the log.</param>
/// <param name="Label">What it is called.</param>
/// <param name="IsAnchor">Whether a path begins here.</param>
public readonly record struct PathEvent(long Time, long Order, string Label, bool IsAnchor)
{
    /// <summary>By time, then by the place in the log.</summary>
    public static Comparison<PathEvent> ByTime { get; } = (left, right) => left.Time != right.Time ? left.Time.CompareTo(right.Time) : left.Order.CompareTo(right.Order);
}

/// <summary>How often one thing followed another.</summary>
/// <param name="Step">1 for the step next to where paths begin.</param>
/// <param name="From">What it followed, or went before.</param>
/// <param name="To">The thing; null for the others together, empty where the path ended.</param>
/// <param name="Count">How often.</param>
public readonly record struct PathLink(int Step, string From, string? To, long Count);

/// <summary>Follows users from every event at which a path begins, and counts the links of the paths.</summary>
/// <remarks>The same thing several times in a row is one step. A pause as long as the gap ends a path. One thread.</remarks>
/// <param name="question">The question.</param>
/// <param name="seen">Is told each link that is counted, and the events of its path up to it, which are overwritten by what follows; null where nobody asks.</param>
public sealed class PathScan(PathQuestion question, Action<PathLink, IReadOnlyList<PathEvent>>? seen = null)
{
    // What ends is called by no label: labels are never empty.
    private const string End = "";
    private readonly Dictionary<(int Step, string From, string To), long> _links = [];
    private readonly List<PathEvent> _path = [];

    /// <summary>Paths that were followed.</summary>
    public long Paths { get; private set; }

    /// <summary>Follows one user.</summary>
    public void Add(List<PathEvent> events)
    {
        events.Sort(PathEvent.ByTime);
        if (question.IsBackwards)
        {
            events.Reverse();
        }

        for (var first = 0; first < events.Count; first++)
        {
            if (events[first].IsAnchor && (first == 0 || !events[first - 1].IsAnchor || events[first - 1].Label != events[first].Label))
            {
                Paths++;
                Follow(events, first);
            }
        }
    }

    /// <summary>The links, step by step, the most frequent first, then the others, then the ends.</summary>
    public IReadOnlyList<PathLink> Links()
    {
        var links = new List<PathLink>();
        foreach (var step in _links.GroupBy(link => link.Key.Step).OrderBy(step => step.Key))
        {
            var ranked = step.Where(link => link.Key.To.Length > 0).OrderByDescending(link => link.Value)
                .ThenBy(link => link.Key.From, StringComparer.Ordinal).ThenBy(link => link.Key.To, StringComparer.Ordinal).ToList();
            links.AddRange(ranked.Take(question.Limit).Select(link => new PathLink(step.Key, link.Key.From, link.Key.To, link.Value)));
            links.AddRange(Together(ranked.Skip(question.Limit), step.Key, null));
            links.AddRange(Together(step.Where(link => link.Key.To.Length == 0), step.Key, End));
        }

        return links;
    }

    private static IEnumerable<PathLink> Together(IEnumerable<KeyValuePair<(int Step, string From, string To), long>> links, int step, string? to) =>
        links.GroupBy(link => link.Key.From).OrderBy(from => from.Key, StringComparer.Ordinal).Select(from => new PathLink(step, from.Key, to, from.Sum(link => link.Value)));

    private void Follow(List<PathEvent> events, int first)
    {
        var (last, step) = (first, 1);
        _path.Clear();
        _path.Add(events[first]);
        for (var next = first + 1; next < events.Count && step <= question.Depth; next++)
        {
            if (Math.Abs(events[next].Time - events[next - 1].Time) >= question.Gap.TotalMilliseconds)
            {
                break;
            }

            if (events[next].Label != events[last].Label)
            {
                _path.Add(events[next]);
                Count(step++, events[last].Label, events[next].Label);
                last = next;
            }
        }

        if (step <= question.Depth)
        {
            Count(step, events[last].Label, End);
        }
    }

    private void Count(int step, string from, string to)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_links, (step, from, to), out _)++;
        seen?.Invoke(new(step, from, to, 1), _path);
    }
}
