using System.Numerics;

namespace Analytics.Core.Questions.Behind;

/// <summary>Finds the events of the attempt that a <see cref="FunnelResult"/> tells of, which names their times only.</summary>
/// <remarks>
/// It follows one attempt at a time, as the rules of <see cref="FunnelScan"/> say it, from each event at which the attempt may have begun: those of the one
/// millisecond of the first step. Any thread.
/// </remarks>
public static class FunnelTrace
{
    /// <summary>The events, in order, each with its step from 1; nothing for a user without an attempt.</summary>
    /// <param name="question">The funnel.</param>
    /// <param name="events">The user's, sorted as the scan leaves them.</param>
    /// <param name="result">What the scan found.</param>
    public static IReadOnlyList<(FunnelEvent Event, int Step)> Of(FunnelQuestion question, IReadOnlyList<FunnelEvent> events, in FunnelResult result)
    {
        if (result.Steps == 0)
        {
            return [];
        }

        // Of attempts that get there by the same event, the one that began last counts.
        for (var first = events.Count - 1; first >= 0; first--)
        {
            if (events[first].Time == result.Times[0] && Follow(question, events, first, result) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"Expected an attempt of {result.Steps} steps that begins at {result.Times[0]}; found none among {events.Count} events: the funnel's rules differ.");
    }

    private static List<(FunnelEvent Event, int Step)>? Follow(FunnelQuestion question, IReadOnlyList<FunnelEvent> events, int first, in FunnelResult result)
    {
        var begins = events[first].Fits & (question.Order == FunnelOrder.Unordered ? StepsOf(question) : 1);
        if (begins == 0)
        {
            return null;
        }

        var done = begins & (~begins + 1);
        var found = new List<(FunnelEvent Event, int Step)>(result.Steps) { (events[first], BitOperations.TrailingZeroCount(done) + 1) };
        for (var index = first + 1; index < events.Count && found.Count < result.Steps; index++)
        {
            var one = events[index];
            var next = NextOf(question, done, one.Fits);
            if (next >= 0)
            {
                if (one.Time != result.Times[found.Count])
                {
                    return null;
                }

                done |= 1u << next;
                found.Add((one, next + 1));
            }
            else if (question.Order == FunnelOrder.Strict || IsExcluded(question, found.Count, one.Fits))
            {
                return null;
            }
        }

        return found.Count == result.Steps ? found : null;
    }

    private static uint StepsOf(FunnelQuestion question) => (1u << question.Steps.Count) - 1;

    private static int NextOf(FunnelQuestion question, uint done, uint fits)
    {
        if (question.Order != FunnelOrder.Unordered)
        {
            return (fits & (done + 1)) != 0 ? BitOperations.PopCount(done) : -1;
        }

        var missing = ~done & StepsOf(question) & fits;
        return missing == 0 ? -1 : BitOperations.TrailingZeroCount(missing);
    }

    private static bool IsExcluded(FunnelQuestion question, int steps, uint fits) =>
        question.Exclusions.Where((exclusion, index) => (fits >> (question.Steps.Count + index) & 1) != 0 && steps >= exclusion.From && steps < exclusion.To).Any();
}
