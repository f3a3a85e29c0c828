using System.Runtime.InteropServices;

namespace Analytics.Core.Questions;

/// <summary>Adds users up to the figures of a funnel, group by group. One thread.</summary>
public sealed class FunnelTally(int steps)
{
    // A label of no group; labels of values are never null.
    private const string Everyone = "";
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Adds a user.</summary>
    public void Add(in FunnelResult user)
    {
        if (user.Steps == 0)
        {
            return;
        }

        GroupOf(user.Label).Add(user);
    }

    /// <summary>Adds users who only made the first step.</summary>
    /// <param name="label">Their group; null without groups.</param>
    /// <param name="users">How many.</param>
    /// <param name="open">Those of them who may still go on.</param>
    public void AddFirst(string? label, long users, long open) => GroupOf(label).AddFirst(users, open);

    /// <summary>The figures.</summary>
    /// <param name="hasGroups">Whether users were told apart.</param>
    /// <param name="limit">Most groups; the rest is one group of others.</param>
    public FunnelFigures Figures(bool hasGroups, int limit)
    {
        var total = new Group(steps);
        var ranked = _groups.OrderByDescending(group => group.Value.Users[0]).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        ranked.ForEach(group => total.Add(group.Value));
        if (!hasGroups)
        {
            return new(total.Steps(), []);
        }

        var groups = ranked.Take(limit).Select(group => new FunnelGroup(group.Key, group.Value.Steps())).ToList();
        if (ranked.Count > limit)
        {
            var others = new Group(steps);
            ranked.Skip(limit).ToList().ForEach(group => others.Add(group.Value));
            groups.Add(new(null, others.Steps()));
        }

        return new(total.Steps(), groups);
    }

    private Group GroupOf(string? label)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, label ?? Everyone, out _);
        return group ??= new(steps);
    }

    private sealed class Group(int steps)
    {
        private readonly long[] _open = new long[steps];
        private readonly List<long>[] _fromPrevious = [.. Enumerable.Range(0, steps).Select(_ => new List<long>())];
        private readonly List<long>[] _fromFirst = [.. Enumerable.Range(0, steps).Select(_ => new List<long>())];

        public long[] Users { get; } = new long[steps];

        public void Add(in FunnelResult user)
        {
            var times = user.Times.AsSpan();
            for (var step = 0; step < times.Length; step++)
            {
                Users[step]++;
                if (step > 0)
                {
                    _fromPrevious[step].Add(times[step] - times[step - 1]);
                    _fromFirst[step].Add(times[step] - times[0]);
                }
            }

            _open[user.Steps - 1] += user.IsOpen ? 1 : 0;
        }

        public void AddFirst(long users, long open)
        {
            Users[0] += users;
            _open[0] += open;
        }

        public void Add(Group other)
        {
            for (var step = 0; step < Users.Length; step++)
            {
                Users[step] += other.Users[step];
                _open[step] += other._open[step];
                _fromPrevious[step].AddRange(other._fromPrevious[step]);
                _fromFirst[step].AddRange(other._fromFirst[step]);
            }
        }

        public IReadOnlyList<FunnelStepFigures> Steps() =>
            [.. Users.Select((users, step) => new FunnelStepFigures(users, _open[step], Times(_fromPrevious[step]), Times(_fromFirst[step])))];

        private static ConvertTimes? Times(List<long> milliseconds)
        {
            if (milliseconds.Count == 0)
            {
                return null;
            }

            milliseconds.Sort();
            var middle = milliseconds.Count / 2;
            var median = milliseconds.Count % 2 == 1 ? milliseconds[middle] : (milliseconds[middle - 1] + milliseconds[middle]) / 2.0;
            return new(TimeSpan.FromMilliseconds(median), TimeSpan.FromMilliseconds(milliseconds.Average()));
        }
    }
}

/// <summary>The figures of a funnel.</summary>
/// <param name="Steps">All users.</param>
/// <param name="Groups">The groups, the largest first and the others last; empty without a breakdown.</param>
public sealed record FunnelFigures(IReadOnlyList<FunnelStepFigures> Steps, IReadOnlyList<FunnelGroup> Groups);

/// <summary>One group.</summary>
/// <param name="Label">Its value; null for the others together.</param>
/// <param name="Steps">Its figures.</param>
public sealed record FunnelGroup(string? Label, IReadOnlyList<FunnelStepFigures> Steps);

/// <summary>The users who came to a step.</summary>
/// <param name="Users">How many.</param>
/// <param name="Open">Those of them who stand at it and may still go on.</param>
/// <param name="FromPrevious">How long it took them since the step before; null for the first step, and without users.</param>
/// <param name="FromFirst">How long since the first.</param>
public sealed record FunnelStepFigures(long Users, long Open, ConvertTimes? FromPrevious, ConvertTimes? FromFirst);

/// <summary>Times to convert.</summary>
/// <param name="Median">The median; between two, their mean.</param>
/// <param name="Mean">The mean.</param>
public readonly record struct ConvertTimes(TimeSpan Median, TimeSpan Mean);
