using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>Lists the paths that a link counts, each with its user and its events up to the link.</summary>
/// <remarks>Paths are followed again, user by user in order of their ids, by the statement and the scan that made the figure. Any thread. Throws as <see cref="QuestionStore"/>.</remarks>
public sealed class PathListQueries(QuestionStore store, PathQueries paths)
{
    /// <summary>The part after a place.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">The question.</param>
    /// <param name="link">The link; its count says nothing here. Null for all paths, at their first link.</param>
    /// <param name="after">Null for the first part.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BehindPage> PageAsync(long tenant, PathQuestion question, PathLink? link, BehindCursor? after, int limit, CancellationToken cancel)
    {
        HashSet<(string From, string? To)> told = link is { To: null } others
            ? [.. (await paths.OfAsync(tenant, question, cancel).ConfigureAwait(false)).Links.Where(one => one.Step == others.Step).Select(one => (one.From, one.To))]
            : [];
        var (found, user, number) = (new List<Followed>(), "", 0L);
        var events = new List<PathEvent>();
        var scan = new PathScan(question, Seen);
        await foreach (var _ in store.StreamAsync(tenant, PathQueries.StatementOf(question, after?.User ?? ""), Follow, cancel).ConfigureAwait(false))
        {
            if (found.Count > limit)
            {
                break;
            }
        }

        var made = await EventLookup.AtAsync(store, tenant, question.Scope, [.. found.Take(limit).SelectMany(one => one.Events.Select(step => (one.User, step.Time)))], cancel).ConfigureAwait(false);
        return BehindPage.Of(
            found,
            limit,
            one => new(one.User, null, EventLookup.Told(made, one.User, one.Events.Select((step, index) => (step.Time, step.Order, (int?)index)))),
            one => new(one.User, "", one.Number));

        int Follow(JsonElement row)
        {
            (user, number) = (row[4].GetString()!, 0);
            PathQueries.Read(row, events);
            scan.Add(events);
            return found.Count;
        }

        void Seen(PathLink seen, IReadOnlyList<PathEvent> path)
        {
            var isIt = link is not { } wanted ? seen.Step == 1
                : seen.Step == wanted.Step && seen.From == wanted.From && (wanted.To is null ? seen.To!.Length > 0 && !told.Contains((seen.From, seen.To)) : seen.To == wanted.To);
            if (!isIt)
            {
                return;
            }

            number++;
            if (found.Count <= limit && after?.IsBefore(user, "", number) != false)
            {
                found.Add(new(user, number, [.. path]));
            }
        }
    }

    private sealed record Followed(string User, long Number, IReadOnlyList<PathEvent> Events);
}
