using System.Collections.Concurrent;
using System.Globalization;
using Analytics.Core.Rates;
using Analytics.Storage.Postgres;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Finds out whether a question is about amounts of several currencies, and by which factors they are converted.</summary>
/// <remarks>
/// A tenant that has amounts in its own currency only must not pay for the others: statements about amounts count, in passing, the rows that they leave out, and only where there
/// are some are the days and currencies asked for, and the statement sent again with their factors. Who had such rows is remembered and asked for them first. Any thread.
/// </remarks>
internal sealed class Conversions(QuestionStore store, CurrencyRates? rates, QuestionOptions options)
{
    // Factors of a statement travel in its address, which servers hold to 1 MiB: some twenty bytes each.
    private const int MostFactors = 40_000;
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<long, byte> _foreign = new();

    /// <summary>Whether a tenant has had amounts of other currencies.</summary>
    public bool IsLikely(long tenant) => _foreign.ContainsKey(tenant);

    /// <summary>How to convert the amounts in some rows; null where all of them are in the reporting currency.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="currency">The reporting currency.</param>
    /// <param name="rows">The rows; several are for several ranges or tables.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QuestionRefusedException">Too many days of too many currencies.</exception>
    public async Task<Conversion?> OfAsync(long tenant, string currency, IReadOnlyList<AmountRows> rows, CancellationToken cancel)
    {
        var found = await Task.WhenAll(rows.Select(some =>
        {
            var statement = new Statement().Add($"SELECT {new Sql(some.Currency)} AS amount_currency, toInt32(toDate({new Sql(some.Time)}, 'UTC')) AS amount_day");
            statement.Set("currency", currency);
            some.Add(statement);
            statement.Add($" AND {new Sql(some.Currency)} NOT IN ('', {{currency:String}}) GROUP BY amount_currency, amount_day");
            return store.AskAsync(tenant, statement, row => (Currency: row[0].GetString()!, Day: DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(row[1].GetInt32())), cancel);
        })).ConfigureAwait(false);
        var days = found.SelectMany(one => one).Distinct().ToList();
        if (days.Count == 0)
        {
            return null;
        }

        Remember(tenant);
        var count = days.Select(one => one.Currency).Distinct().Count() * (days.Max(one => one.Day).DayNumber - days.Min(one => one.Day).DayNumber + 1L);
        if (count > MostFactors)
        {
            throw new QuestionRefusedException("too-much", string.Create(
                CultureInfo.InvariantCulture, $"Expected a question that needs at most {MostFactors} rates of other currencies, one for each of them and day; this one needs {count}. Ask for a shorter range."));
        }

        return Conversion.Of(rates is null ? RateTable.Empty : await rates.TableAsync(cancel).ConfigureAwait(false), currency, days, options.MaxRateAgeDays);
    }

    private void Remember(long tenant)
    {
        if (_foreign.Count >= MostRemembered)
        {
            _foreign.Clear();
        }

        _foreign[tenant] = 0;
    }
}

/// <summary>Rows that have amounts.</summary>
/// <param name="Time">The column of the time by whose day of UTC they are converted.</param>
/// <param name="Add">Adds FROM and WHERE to a statement, so that AND may follow.</param>
internal readonly record struct AmountRows(string Time, Action<Statement> Add)
{
    /// <summary>The column of their currency.</summary>
    public string Currency { get; init; } = "currency";
}
