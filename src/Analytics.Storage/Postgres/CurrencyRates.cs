using Analytics.Core.Rates;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Analytics.Storage.Postgres;

/// <summary>What an import of rates did.</summary>
/// <param name="Added">Rates of currencies and days that had none.</param>
/// <param name="Changed">Rates that were others before.</param>
/// <param name="Same">Rates that were there already.</param>
public readonly record struct RateImport(int Added, int Changed, int Same);

/// <summary>The rates of one currency.</summary>
/// <param name="Currency">Its code.</param>
/// <param name="First">The first day with a rate.</param>
/// <param name="Last">The last day with one.</param>
/// <param name="Days">Days with one.</param>
/// <param name="LastRate">The rate of the last day.</param>
public sealed record RateSpan(string Currency, DateOnly First, DateOnly Last, long Days, decimal LastRate);

/// <summary>The rates of currencies, in PostgreSQL and in memory: some ten thousand, read again after an import.</summary>
/// <remarks>Any thread. A database that is away throws <see cref="NpgsqlException"/>; the table in memory stands in for it once it was read.</remarks>
public sealed class CurrencyRates(NpgsqlDataSource source, TimeProvider time) : IDisposable
{
    // An import is done by hand, once a day at most, and answers are kept for longer than this.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private RateTable? _table;
    private long _version = -1;
    private DateTimeOffset _askedAt;

    /// <summary>All rates, at most some seconds old.</summary>
    public async Task<RateTable> TableAsync(CancellationToken cancel = default)
    {
        await _reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_table is null || time.GetUtcNow() >= _askedAt + Kept)
            {
                _table = await ReadAsync(cancel).ConfigureAwait(false);
                _askedAt = time.GetUtcNow();
            }

            return _table;
        }
        catch (NpgsqlException) when (_table is not null)
        {
            // The rates of a day do not change; only an import of the last minutes could be missed.
            return _table;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Adds rates, and changes those of the same currency and day: all of them, or none.</summary>
    public async Task<RateImport> ImportAsync(IReadOnlyList<CurrencyRate> rates, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "CREATE TEMPORARY TABLE imported (currency text, day date, rate numeric) ON COMMIT DROP", transaction: transaction, cancellationToken: cancel)).ConfigureAwait(false);
        await CopyAsync(connection, rates, cancel).ConfigureAwait(false);
        var same = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT count(*)::int FROM imported JOIN currency_rates AS known USING (currency, day) WHERE known.rate = imported.rate", transaction: transaction, cancellationToken: cancel)).ConfigureAwait(false);
        // xmax is 0 in a row that was not there before.
        var added = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            WITH written AS
            (
                INSERT INTO currency_rates (currency, day, rate) SELECT currency, day, rate FROM imported
                ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate RETURNING xmax = 0 AS is_new
            )
            SELECT count(*) FILTER (WHERE is_new)::int FROM written
            """, transaction: transaction, cancellationToken: cancel)).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO currency_rate_imports (rates) VALUES (@Count)", new { rates.Count }, transaction, cancellationToken: cancel)).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return new(added, rates.Count - added - same, same);
    }

    /// <summary>The currencies that have rates, in the order of their codes.</summary>
    public async Task<IReadOnlyList<RateSpan>> SpansAsync(CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(
            """
            SELECT currency::text, min(day), max(day), count(*), (array_agg(rate ORDER BY day DESC))[1]
            FROM currency_rates GROUP BY currency ORDER BY currency
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var spans = new List<RateSpan>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            spans.Add(new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt64(3), reader.GetDecimal(4)));
        }

        return spans;
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<CurrencyRate> rates, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY imported (currency, day, rate) FROM STDIN (FORMAT BINARY)", cancel).ConfigureAwait(false);
        foreach (var rate in rates)
        {
            await copy.StartRowAsync(cancel).ConfigureAwait(false);
            await copy.WriteAsync(rate.Currency, NpgsqlDbType.Text, cancel).ConfigureAwait(false);
            await copy.WriteAsync(rate.Day, NpgsqlDbType.Date, cancel).ConfigureAwait(false);
            await copy.WriteAsync(rate.Rate, NpgsqlDbType.Numeric, cancel).ConfigureAwait(false);
        }

        await copy.CompleteAsync(cancel).ConfigureAwait(false);
    }

    private async Task<RateTable> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var version = await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT coalesce(max(id), 0) FROM currency_rate_imports", cancellationToken: cancel)).ConfigureAwait(false);
        if (_table is not null && version == _version)
        {
            return _table;
        }

        await using var command = new NpgsqlCommand("SELECT day, currency::text, rate FROM currency_rates", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var rates = new List<CurrencyRate>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            rates.Add(new(reader.GetFieldValue<DateOnly>(0), reader.GetString(1), reader.GetDecimal(2)));
        }

        _version = version;
        return RateTable.Of(rates);
    }
}
