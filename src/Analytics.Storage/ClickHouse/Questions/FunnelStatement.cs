using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Prints the statements that gather a funnel's events, a row a user: times, places in the log, what they fit, labels.</summary>
internal static class FunnelStatement
{
    // 42 bits of milliseconds reach beyond the latest time of an event, 64 hold a place in the log, and what is left holds the steps.
    private const int FitsBits = 22;
    private const int PlaceBits = 64;

    private static readonly Sql PlaceShift = new(FitsBits.ToString(CultureInfo.InvariantCulture));
    private static readonly Sql TimeShift = new((FitsBits + PlaceBits).ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether users who only made the first step can be counted without being followed.</summary>
    /// <remarks>Not where an exclusion may take the first step away again, and not where any step may be the first or any event ends an attempt.</remarks>
    public static bool IsSummed(FunnelQuestion question) => question is { Order: FunnelOrder.Ordered, Exclusions.Count: 0, Steps.Count: > 1 and <= FitsBits };

    /// <summary>All users who made the first step.</summary>
    /// <param name="question">The funnel.</param>
    /// <param name="from">Where users are listed: those from this one on, in order, with their ids behind the lists. Null where they are only counted.</param>
    public static Statement OfAll(FunnelQuestion question, string? from = null)
    {
        var statement = new Statement();
        statement.Add("SELECT groupArray(at), groupArray(place), groupArray(fits), ").Add(question.Breakdown is null ? "[]" : "groupArray(label)");
        statement.Add(from is null ? " FROM (" : ", user_id FROM (");
        Events(statement, question);
        if (from is not null)
        {
            statement.Add($" AND user_id >= {from:String}");
        }

        statement.Add(")").Add(question.Order == FunnelOrder.Strict ? "" : " WHERE fits != 0");
        statement.Add(" GROUP BY ").Add(Users(question));
        var first = question.Order == FunnelOrder.Unordered ? (1L << question.Steps.Count) - 1 : 1;
        statement.Add($" HAVING maxIf(bitAnd(fits, {first:UInt32}), at < {question.Scope.Range.End.ToUnixTimeMilliseconds():Int64}) > 0");
        return from is null ? statement : statement.Add(" ORDER BY ").Add(Users(question));
    }

    /// <summary>
    /// A row for each user who may have made the second step: the packed events, their labels, 1. And one for the others of a label: two lists that mean nothing, 0, the label, how many there
    /// are, and how many may still go on. For funnels that <see cref="IsSummed"/> fits.
    /// </summary>
    /// <remarks>
    /// An event is one number, because three lists for every user would cost more than following them does. In the order of these numbers, which is that of the log, a first step with a second
    /// one within the window behind it leaves two neighbours among the events of both that are such: the last first step before the first second one. windowFunnel would find the same, and more
    /// where times are equal, at half as much again; docs/decisions/0018 has the figures.
    /// </remarks>
    /// <param name="question">The funnel.</param>
    /// <param name="now">Windows that end later are open.</param>
    public static Statement OfCandidates(FunnelQuestion question, DateTimeOffset now)
    {
        var statement = new Statement();
        var window = (long)question.Window.TotalMilliseconds;
        var hasLabels = question.Breakdown is not null;
        statement.Add("SELECT any(packed), any(labels), follows, label_of_first, count(), ");
        statement.Add($"countIf(began > {now.ToUnixTimeMilliseconds() - window:Int64}) FROM (");
        statement.Add("SELECT user_id, packed, labels, label_of_first, began, arrayExists((one, next) -> bitAnd(one, 1) != 0 AND bitAnd(next, 2) != 0 ");
        statement.Add($"AND toInt64(bitShiftRight(next, {TimeShift})) - toInt64(bitShiftRight(one, {TimeShift})) <= {window:Int64}, arrayPopBack(sorted), arrayPopFront(sorted)) AS follows FROM (");
        statement.Add("SELECT *, arraySort(arrayFilter(one -> bitAnd(one, 3) != 0, packed)) AS sorted FROM (");
        statement.Add($"SELECT user_id, groupArray(bitOr(bitOr(bitShiftLeft(toUInt128(at), {TimeShift}), bitShiftLeft(toUInt128(place), {PlaceShift})), fits)) AS packed, ");
        statement.Add(hasLabels ? "groupArray(label) AS labels, " : "[] AS labels, ");
        statement.Add(hasLabels ? "argMinIf(label, (at, place), begins) AS label_of_first, " : "'' AS label_of_first, ");
        statement.Add("maxIf(at, begins) AS began FROM (");
        statement.Add($"SELECT *, bitAnd(fits, 1) != 0 AND at < {question.Scope.Range.End.ToUnixTimeMilliseconds():Int64} AS begins FROM (");
        Events(statement, question);
        return statement.Add(") WHERE fits != 0) GROUP BY ").Add(Users(question)).Add(" HAVING began > 0))) GROUP BY follows, label_of_first, if(follows, user_id, '')");
    }

    /// <summary>An event of <see cref="OfCandidates"/>.</summary>
    public static FunnelEvent Unpack(JsonElement number, string? label)
    {
        var packed = UInt128.Parse(JsonMarshal.GetRawUtf8Value(number), CultureInfo.InvariantCulture);
        return new((long)(packed >> (FitsBits + PlaceBits)), (long)((packed >> FitsBits) & ((UInt128.One << PlaceBits) - 1)), (uint)packed & ((1u << FitsBits) - 1), label);
    }

    private static string Users(FunnelQuestion question) =>
        question is { Breakdown: not null, Attribution: FunnelAttribution.All } ? "user_id, label" : "user_id";

    private static void Events(Statement statement, FunnelQuestion question)
    {
        statement.Add($"SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, ");
        var number = 0;
        statement.Add("toUInt32(").Join(" + ", question.Steps.Concat(question.Exclusions.Select(exclusion => exclusion.What)), step =>
            statement.Add($"{new Sql((1u << number++).ToString(CultureInfo.InvariantCulture))} * {EventSql.Condition(statement, step.Event, step.Filter)}"));
        statement.Add(") AS fits");
        if (question.Breakdown is { } property)
        {
            statement.Add($", {Columns.Label(statement, property, Facts.Events)} AS label");
        }

        var scope = question.Scope;
        RowsSql.Of(statement, Facts.Events, scope, new(scope.Range.Start, scope.Range.End + question.Window + TimeSpan.FromMinutes(1)), question.Filter);
        EventSql.Names(statement, question.Order == FunnelOrder.Strict ? [null] : question.Steps.Concat(question.Exclusions.Select(exclusion => exclusion.What)).Select(step => step.Event));
    }
}
