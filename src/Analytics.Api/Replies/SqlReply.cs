using System.Text.Json.Serialization;
using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Rows of a query. Amounts are in major units of the currency; null is what is unknown.</summary>
internal sealed record SqlReply(
    long Tenant,
    string Name,
    IReadOnlyList<SqlColumnReply> Columns,
    IReadOnlyList<IReadOnlyList<object?>> Rows,
    bool HasMore,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Currency,
    SqlLimitsReply Limits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>A column: text, number, money, time or bool.</summary>
internal sealed record SqlColumnReply(string Name, string Type);

/// <summary>What the query was held to: rows of the answer; rows and seconds that it may read, bytes that it may take.</summary>
internal sealed record SqlLimitsReply(int Rows, long RowsToRead, int Seconds, long MemoryBytes);
