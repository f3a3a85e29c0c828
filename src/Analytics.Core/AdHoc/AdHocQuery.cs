using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>What a query is read against.</summary>
/// <param name="Zone">Where hours, days, weeks and months are cut, and times without a zone are read.</param>
/// <param name="Currency">Into which amounts are converted.</param>
/// <param name="Now">The time of asking.</param>
public sealed record QueryContext(TimeZoneInfo Zone, string Currency, DateTimeOffset Now);

/// <summary>A column of the answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it holds.</param>
public sealed record QueryOutput(string Name, Term Value);

/// <summary>By what rows are ordered.</summary>
public sealed record QueryOrder(Term By, bool IsDescending);

/// <summary>A query that can be answered: every name is one of the catalogue's, every type fits.</summary>
public sealed record AdHocQuery
{
    /// <summary>Rows of an answer where no LIMIT is given.</summary>
    public const int UsualLimit = 1_000;

    /// <summary>Rows of an answer.</summary>
    public const int MostRows = 10_000;

    /// <summary>Whether it is to be explained, not answered.</summary>
    public required bool IsExplained { get; init; }

    /// <summary>What it reads.</summary>
    public required QuerySource Source { get; init; }

    /// <summary>The columns of the answer.</summary>
    public required IReadOnlyList<QueryOutput> Outputs { get; init; }

    /// <summary>Which rows; null for all.</summary>
    public Term? Where { get; init; }

    /// <summary>By what rows are grouped.</summary>
    public IReadOnlyList<Term> Groups { get; init; } = [];

    /// <summary>Whether rows are groups, or one that sums everything up.</summary>
    public required bool IsGrouped { get; init; }

    /// <summary>Which groups; null for all.</summary>
    public Term? Having { get; init; }

    /// <summary>The order asked for.</summary>
    public IReadOnlyList<QueryOrder> Order { get; init; } = [];

    /// <summary>Rows at most.</summary>
    public required int Limit { get; init; }

    /// <summary>The columns that are read, in the order of the source; properties of one's own with their prefix.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The first instant that WHERE lets through, where it says so for every row.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The instant after the last one that WHERE lets through, where it says so for every row.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Whether stock levels count, which are nobody's events: the query names them.</summary>
    public bool NamesStockLevels { get; init; }

    /// <summary>What is read, in whole seconds: what WHERE lets through of the range that was asked for beside it.</summary>
    /// <param name="asked">The range beside the query, or the usual one.</param>
    /// <param name="isAsked">Whether it was asked for; else bounds of WHERE stand in its place.</param>
    /// <param name="first">The source's first row; needed where WHERE ends the range and nothing begins it.</param>
    public TimeRange RangeWithin(TimeRange asked, bool isAsked, DateTimeOffset? first)
    {
        var isBounded = !isAsked && (Start is not null || End is not null);
        var start = isBounded ? Start ?? first ?? End!.Value : Start > asked.Start ? Start.Value : asked.Start;
        var end = isBounded ? End ?? asked.End : End < asked.End ? End.Value : asked.End;
        var floor = new DateTimeOffset(start.UtcTicks - start.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var ceiling = new DateTimeOffset((end.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return new(floor, ceiling < floor ? floor : ceiling);
    }

    /// <summary>The query of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Values for <c>:name</c>.</param>
    /// <param name="context">What it is read against.</param>
    /// <exception cref="InvalidQueryException">It cannot be understood: where, and what to do.</exception>
    public static AdHocQuery Read(string text, IReadOnlyDictionary<string, QueryValue> values, QueryContext context) =>
        new QueryBinder(QueryParser.Parse(text, values), context).Bind();
}
