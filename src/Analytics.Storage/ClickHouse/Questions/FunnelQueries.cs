using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Reads the events of a funnel, user by user, and follows each through it.</summary>
/// <remarks>
/// ClickHouse finds and gathers the events that matter, of users who made the first step; <see cref="FunnelScan"/> follows them, because windowFunnel knows neither
/// exclusions nor the times between steps, takes one event for two steps, and of events of one millisecond the one of the lower step first, whatever the log says.
/// Users without a second step within the window behind a first one are found there, and only counted (docs/decisions/0018).
/// Any thread. Throws as <see cref="QuestionStore"/>.
/// </remarks>
public sealed class FunnelQueries(QuestionStore store)
{
    /// <summary>The figures.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">The funnel.</param>
    /// <param name="now">Windows that end later are open.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FunnelFigures> OfAsync(long tenant, FunnelQuestion question, DateTimeOffset now, CancellationToken cancel)
    {
        var scan = new FunnelScan(question, now.ToUnixTimeMilliseconds());
        var tally = new FunnelTally(question.Steps.Count);
        var events = new List<FunnelEvent>();
        var (statement, follow) = FunnelStatement.IsSummed(question)
            ? (FunnelStatement.OfCandidates(question, now), (Func<JsonElement, bool>)(row => FollowOrCount(row, events, scan, tally)))
            : (FunnelStatement.OfAll(question), row => Follow(row, events, scan, tally));
        await foreach (var done in store.StreamAsync(tenant, statement, follow, cancel).ConfigureAwait(false))
        {
            _ = done;
        }

        return tally.Figures(question.Breakdown is not null, question.Limit);
    }

    private static bool FollowOrCount(JsonElement row, List<FunnelEvent> events, FunnelScan scan, FunnelTally tally)
    {
        if (row[2].GetInt32() == 0)
        {
            tally.AddFirst(label: row[3].GetString(), users: row[4].GetInt64(), open: row[5].GetInt64());
            return true;
        }

        events.Clear();
        var labels = row[1].EnumerateArray();
        foreach (var one in row[0].EnumerateArray())
        {
            events.Add(FunnelStatement.Unpack(one, labels.MoveNext() ? labels.Current.GetString() : null));
        }

        tally.Add(scan.Of(events));
        return true;
    }

    private static bool Follow(JsonElement row, List<FunnelEvent> events, FunnelScan scan, FunnelTally tally)
    {
        Read(row, events);
        tally.Add(scan.Of(events));
        return true;
    }

    /// <summary>The events of a user's row.</summary>
    internal static void Read(JsonElement row, List<FunnelEvent> events)
    {
        events.Clear();
        var (times, orders, fits, labels) = (row[0].EnumerateArray(), row[1].EnumerateArray(), row[2].EnumerateArray(), row[3].EnumerateArray());
        while (times.MoveNext() && orders.MoveNext() && fits.MoveNext())
        {
            events.Add(new(times.Current.GetInt64(), orders.Current.GetInt64(), fits.Current.GetUInt32(), labels.MoveNext() ? labels.Current.GetString() : null));
        }
    }
}
