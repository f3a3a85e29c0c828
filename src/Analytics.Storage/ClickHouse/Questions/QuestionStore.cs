using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Runs the statements of questions: bound to a tenant, read-only, limited. No other class sends one.</summary>
/// <remarks>Any thread. <see cref="ClickHouseUnavailableException"/> passes.</remarks>
public sealed class QuestionStore
{
    private readonly ClickHouseClient _client;
    private readonly Dictionary<string, string> _settings;

    /// <summary>A store.</summary>
    /// <param name="client">Where statements go.</param>
    /// <param name="options">What one may cost.</param>
    /// <param name="rates">By which amounts of other currencies are converted; null where there are none.</param>
    public QuestionStore(ClickHouseClient client, QuestionOptions options, CurrencyRates? rates = null)
    {
        (_client, _settings) = (client, Settings(options));
        Conversions = new(this, rates, options);
    }

    /// <summary>How amounts of other currencies are converted.</summary>
    internal Conversions Conversions { get; }

    /// <summary>All rows of the answer.</summary>
    /// <param name="tenant">Whose rows are read.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Makes a value of a row; the row is valid during the call only.</param>
    /// <param name="cancel">Gives up; ClickHouse then stops the statement.</param>
    /// <exception cref="QuestionRefusedException">It would cost more than a question may, or a pattern in it cannot be understood.</exception>
    /// <exception cref="UnboundStatementException">It is not bound to the tenant: a bug.</exception>
    internal async Task<List<T>> AskAsync<T>(long tenant, Statement sql, Func<JsonElement, T> read, CancellationToken cancel)
    {
        var parameters = new Dictionary<string, object?>(sql.Parameters) { [TenantFence.Parameter] = tenant };
        var bound = TenantFence.Bind(sql.ToString());
        try
        {
            return await _client.QueryAsync(bound, read, parameters, _settings, cancel).ConfigureAwait(false);
        }
        catch (ClickHouseException error) when (QuestionRefusedException.Of(error) is { } refused)
        {
            throw refused;
        }
    }

    /// <summary>Rows that a statement would read at most, over all of its tables.</summary>
    internal async Task<long> EstimateAsync(long tenant, Statement sql, CancellationToken cancel)
    {
        var parameters = new Dictionary<string, object?>(sql.Parameters) { [TenantFence.Parameter] = tenant };
        var parts = await _client.QueryAsync("EXPLAIN ESTIMATE " + TenantFence.Bind(sql.ToString()), row => row[3].GetInt64(), parameters, _settings, cancel).ConfigureAwait(false);
        return parts.Sum();
    }

    /// <summary>As <see cref="AskAsync"/>, row by row, for answers too large for memory. The number of rows is not limited, as none is kept.</summary>
    internal async IAsyncEnumerable<T> StreamAsync<T>(long tenant, Statement sql, Func<JsonElement, T> read, [EnumeratorCancellation] CancellationToken cancel)
    {
        var parameters = new Dictionary<string, object?>(sql.Parameters) { [TenantFence.Parameter] = tenant };
        var settings = new Dictionary<string, string>(_settings) { ["max_result_rows"] = "0" };
        await using var rows = _client.StreamAsync(TenantFence.Bind(sql.ToString()), read, parameters, settings, cancel).GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await rows.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (ClickHouseException error) when (QuestionRefusedException.Of(error) is { } refused)
            {
                throw refused;
            }

            yield return rows.Current;
        }
    }

    private static Dictionary<string, string> Settings(QuestionOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            // Nothing is written, whatever the text says; 1 would refuse the settings below it.
            ["readonly"] = "2",
            ["max_execution_time"] = Text(options.MaxSeconds),
            ["max_result_rows"] = Text(options.MaxResultRows),
            ["max_rows_to_read"] = Text(options.MaxRowsToRead),
            ["max_memory_usage"] = Text(options.MaxMemoryBytes),
            ["result_overflow_mode"] = "throw",
            ["read_overflow_mode"] = "throw",
            ["timeout_overflow_mode"] = "throw",
            ["allow_ddl"] = "0",
            // A table's partitions hold no row of another's, so FINAL need not merge across them.
            ["do_not_merge_across_partitions_select_final"] = "1",
        };
        if (options.MaxThreads > 0)
        {
            settings["max_threads"] = Text(options.MaxThreads);
        }

        return settings;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A question was refused for what it asks: the answer says so, and asking again would not help.</summary>
/// <param name="reason">Stable name: too-much, too-slow, pattern.</param>
/// <param name="detail">What to do.</param>
/// <param name="inner">The server's words, which may quote the statement; null where it was not asked.</param>
public sealed class QuestionRefusedException(string reason, string detail, ClickHouseException? inner = null) : Exception(detail, inner)
{
    /// <summary>Stable name.</summary>
    public string Reason { get; } = reason;

    internal static QuestionRefusedException? Of(ClickHouseException error) => error.Code switch
    {
        158 or 307 or 396 => new("too-much", "Expected a question that reads fewer rows; this one reads more than a question may. Ask for a shorter range, or for properties of cells (name, country, device, source).", error),
        159 or 160 => new("too-slow", "Expected an answer within the time that a question has; this one took longer. Ask for a shorter range or fewer groups.", error),
        241 => new("too-much", "Expected a question that takes less memory; this one takes more than a question may. Ask for a shorter range or fewer groups.", error),
        427 => new("pattern", "Expected a regular expression in RE2's syntax; found one that it does not know.", error),
        _ => null,
    };
}
