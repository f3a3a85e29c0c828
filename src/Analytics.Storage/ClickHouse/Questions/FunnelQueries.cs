using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Reads the events of a funnel, user by user, and follows each through it.</summary>
/// <remarks>
/// ClickHouse finds and gathers the events that matter, of users who made the first step; <see cref="FunnelScan"/> follows them, because windowFunnel knows neither
/// exclusions nor the times between steps and takes one event for two steps. Any thread. Throws as <see cref="QuestionStore"/>.
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
        await foreach (var done in store.StreamAsync(tenant, StatementOf(question), row => Follow(row, events, scan, tally), cancel).ConfigureAwait(false))
        {
            _ = done;
        }

        return tally.Figures(question.Breakdown is not null, question.Limit);
    }

    private static bool Follow(JsonElement row, List<FunnelEvent> events, FunnelScan scan, FunnelTally tally)
    {
        events.Clear();
        var (times, orders, fits, labels) = (row[0].EnumerateArray(), row[1].EnumerateArray(), row[2].EnumerateArray(), row[3].EnumerateArray());
        while (times.MoveNext() && orders.MoveNext() && fits.MoveNext())
        {
            events.Add(new(times.Current.GetInt64(), orders.Current.GetInt64(), fits.Current.GetUInt32(), labels.MoveNext() ? labels.Current.GetString() : null));
        }

        tally.Add(scan.Of(events));
        return true;
    }

    private static Statement StatementOf(FunnelQuestion question)
    {
        var statement = new Statement();
        statement.Add("SELECT groupArray(at), groupArray(place), groupArray(fits), ").Add(question.Breakdown is null ? "[]" : "groupArray(label)");
        statement.Add($" FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, ");
        var number = 0;
        statement.Add("toUInt32(").Join(" + ", question.Steps.Concat(question.Exclusions.Select(exclusion => exclusion.What)), step =>
            statement.Add($"{new Sql((1u << number++).ToString(System.Globalization.CultureInfo.InvariantCulture))} * {EventSql.Condition(statement, step.Event, step.Filter)}"));
        statement.Add(") AS fits");
        if (question.Breakdown is { } property)
        {
            statement.Add($", {Columns.Label(statement, property, Facts.Events)} AS label");
        }

        var scope = question.Scope;
        RowsSql.Of(statement, Facts.Events, scope, new(scope.Range.Start, scope.Range.End + question.Window + TimeSpan.FromMinutes(1)), question.Filter);
        EventSql.Names(statement, question.Order == FunnelOrder.Strict ? [null] : question.Steps.Concat(question.Exclusions.Select(exclusion => exclusion.What)).Select(step => step.Event));
        statement.Add(")").Add(question.Order == FunnelOrder.Strict ? "" : " WHERE fits != 0");
        statement.Add(question is { Breakdown: not null, Attribution: FunnelAttribution.All } ? " GROUP BY user_id, label" : " GROUP BY user_id");
        var first = question.Order == FunnelOrder.Unordered ? (1L << question.Steps.Count) - 1 : 1;
        return statement.Add($" HAVING maxIf(bitAnd(fits, {first:UInt32}), at < {scope.Range.End.ToUnixTimeMilliseconds():Int64}) > 0");
    }
}
