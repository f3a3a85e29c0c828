using Analytics.Api.Replies;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Lists the events behind a figure.</summary>
internal sealed class EventListAnswer(EventListQueries events, Completeness completeness)
{
    private const int Usual = 50;
    private const int Most = 500;

    /// <summary>The part asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<EventListReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        node.Only([.. QuestionTime.Fields, "filter", "limit", "cursor"]);
        var scope = QuestionTime.Scope(node, context, hasSeconds: true);
        var filter = FilterReader.Read(node["filter"]);
        var limit = node["limit"].Whole(1, Most, Usual);
        var after = Cursor(node["cursor"]);
        var known = (filter?.Properties ?? []).Aggregate(Facts.Events | Facts.OrderLines, (tables, property) => tables & property.In);
        if (known == Facts.None)
        {
            node["filter"].Fault("Expected properties that events have, or properties that lines of orders have (status, quantity, discount, unit_price); found some of both.");
        }

        node.ThrowIfFaulty();
        var table = known.HasFlag(Facts.Events) ? Facts.Events : Facts.OrderLines;
        var page = await events.PageAsync(tenant.Id, table, scope, filter, after, limit, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            scope.Range.Start,
            scope.Range.End,
            page.Rows,
            page.Next?.ToString(),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: table == Facts.Events ? "events" : "order_lines");
    }

    private static EventCursor? Cursor(QuestionNode node)
    {
        if (!node.IsSet || node.Text("the 'next' of the part before") is not { } text)
        {
            return null;
        }

        var cursor = EventCursor.Parse(text);
        if (cursor is null)
        {
            node.Expected("the 'next' of the part before");
        }

        return cursor;
    }
}
