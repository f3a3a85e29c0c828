using System.Globalization;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Amounts of several currencies as amounts of one. Needs the parameter <c>currency</c>.</summary>
/// <remarks>
/// Without a conversion only amounts of the reporting currency count: the statement of a tenant that has no others. With one every sum is of amount × factor in 128 bits, and
/// rounded once; where an amount has no rate, what it belongs to is NULL.
/// </remarks>
internal static class MoneySql
{
    // A whole factor, and a half of its unit.
    private const string One = "toInt64(1000000000000)";
    private const string Half = "toInt64(500000000000)";

    /// <summary>Rows of which a statement without a conversion says nothing: how many there are tells whether one is needed.</summary>
    public const string Foreign = "currency NOT IN ('', {currency:String})";

    /// <summary>The rows whose amounts count.</summary>
    public static string Rows(Conversion? conversion) => conversion is null ? "currency = {currency:String}" : "currency != ''";

    /// <summary>The sum of a column over some rows that count, in minor units.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="column">The column of amounts.</param>
    /// <param name="rows">The rows, without <see cref="Rows"/>.</param>
    /// <param name="time">The column of the time by whose day they are converted.</param>
    /// <param name="conversion">Null where no other currency occurs.</param>
    public static string Sum(Statement statement, string column, string rows, string time, Conversion? conversion)
    {
        rows = $"{rows} AND {Rows(conversion)}";
        if (conversion is null)
        {
            return $"sumIf({column}, {rows})";
        }

        var factor = Factor(statement, time, conversion);
        return $"if(countIf({rows} AND {factor} = 0 AND {column} != 0) > 0, NULL, {Rounded($"sumIf(toInt128({column}) * {factor}, {rows})")})";
    }

    /// <summary>One amount in minor units; NULL where it cannot be converted.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="column">The column of amounts.</param>
    /// <param name="time">The column of the time by whose day it is converted.</param>
    /// <param name="conversion">How.</param>
    /// <param name="currency">The column of its currency.</param>
    public static string Value(Statement statement, string column, string time, Conversion conversion, string currency = "currency")
    {
        var factor = Factor(statement, time, conversion, currency);
        return $"if({factor} = 0 AND {column} != 0, NULL, {Rounded($"(toInt128({column}) * {factor})")})";
    }

    /// <summary>What an amount of a row is multiplied by, in parts of <see cref="Conversion.One"/>; 0 where there is no rate.</summary>
    public static string Factor(Statement statement, string time, Conversion conversion, string currency = "currency")
    {
        statement.Set("rates_from", conversion.First.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
        var cases = conversion.Foreign.Select((foreign, index) =>
        {
            var number = index.ToString(CultureInfo.InvariantCulture);
            statement.Set("rated" + number, foreign.Currency);
            // The first place is that of days without a factor: an index below 1 would be counted from the end.
            statement.Set("factors" + number, foreign.Factors.Prepend(0).ToArray());
            return $"{currency} = {{rated{number}:String}}, arrayElement({{factors{number}:Array(Int64)}}, greatest(toInt32(toDate({time}, 'UTC')) - {{rates_from:Int32}} + 2, 1))";
        });
        return $"multiIf({string.Join(", ", cases.Prepend($"{currency} = {{currency:String}}, {One}"))}, toInt64(0))";
    }

    /// <summary>A sum of amounts × factors in minor units. A half goes away from zero, so that a refund is as large as what was paid.</summary>
    public static string Rounded(string sum) => $"toInt64(intDiv({sum} + sign({sum}) * {Half}, {One}))";
}
