using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Cli.Queries;

/// <summary><c>analytics query</c>: rows of a query of docs/QUERY-LANGUAGE.md, read from ClickHouse and bound to one tenant as those of the API are.</summary>
internal static class QueryVerbs
{
    private const int UsualDays = 30;

    private static readonly Argument<string> Text = new("text") { Description = "The query, such as \"SELECT day(time), count() …\"; docs/QUERY-LANGUAGE.md has the grammar" };
    private static readonly Option<long> Tenant = new("--tenant") { Description = "Number of the tenant", Required = true };
    private static readonly Option<string?> Zone = new("--zone") { Description = "IANA name of the zone in which days, weeks and months are cut; without it the tenant's" };
    private static readonly Option<string?> Currency = new("--currency") { Description = "Amounts in other currencies are converted into it; without it the tenant's" };
    private static readonly Option<bool> NoBots = new("--no-bots") { Description = "Leave out what bots did" };

    /// <summary>The verb.</summary>
    public static Command Make()
    {
        var query = new Command("query", "Anything about a tenant, in a language like SQL; without bounds of time, the last 30 days") { Text, Tenant, Zone, Currency, NoBots };
        query.SetAction(AskAsync);
        return query;
    }

    private static async Task<int> AskAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (tenant, now) = (parsed.GetValue(Tenant), TimeProvider.System.GetUtcNow());
        var (zone, currency) = await UnitsAsync(parsed, tenant, cancel).ConfigureAwait(false);
        var query = AdHocQuery.Read(parsed.GetValue(Text)!, new Dictionary<string, QueryValue>(), new(zone, currency, now));
        var usual = new TimeRange(ZonedTime.StartOfDay(now.AddDays(1 - UsualDays), zone), ZonedTime.StartOfDay(now.AddDays(1), zone));
        using var clickHouse = new Places(parsed).OpenClickHouse();
        // The store's first instant: who ends a range and does not begin it means all before.
        var range = query.RangeWithin(usual, isAsked: false, Core.Events.EventLimits.Earliest);
        var scope = new QuestionScope(range, zone, currency, !parsed.GetValue(NoBots));
        var places = new Places(parsed);
        await using var postgres = places.Postgres is null ? null : places.OpenPostgres();
        using var rates = postgres is null ? null : new CurrencyRates(postgres, TimeProvider.System);
        var queries = new AdHocQueries(new QuestionStore(clickHouse, new(), rates), clickHouse);
        string[] columns = query.IsExplained ? ["source", "table", "columns", "start", "end", "rows_at_most", "bytes_about"] : [.. query.Outputs.Select(output => output.Name)];
        var rows = query.IsExplained
            ? await ExplainAsync(queries, tenant, query, scope, range, cancel).ConfigureAwait(false)
            : await queries.RowsAsync(tenant, query, scope, range, cancel).ConfigureAwait(false);
        foreach (var (code, days) in rows.Conversion?.Missing ?? [])
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"there is no rate for {code} on {string.Join(", ", days.Take(5).Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))}{(days.Count > 5 ? " and other days" : "")}: what needs it is unknown; import it with `analytics rates import`"));
        }

        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { columns, rows = rows.Rows, has_more = rows.HasMore, start = range.Start, end = range.End }));
        }
        else
        {
            RowsText.Write(columns, rows, Console.Out);
        }

        return ExitCode.Ok;
    }

    // As the API answers: in the tenant's zone and currency, where there is a directory of tenants to ask.
    private static async Task<(TimeZoneInfo Zone, string Currency)> UnitsAsync(ParseResult parsed, long id, CancellationToken cancel)
    {
        var (zone, currency) = (parsed.GetValue(Zone), parsed.GetValue(Currency));
        var places = new Places(parsed);
        if ((zone is null || currency is null) && places.Postgres is not null)
        {
            await using var postgres = places.OpenPostgres();
            var tenant = await new Tenants(postgres).FindAsync(id, cancel).ConfigureAwait(false)
                ?? throw new ArgumentException($"There is no tenant {id}. `analytics tenants list` shows those there are.");
            (zone, currency) = (zone ?? tenant.TimeZone, currency ?? tenant.Currency);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone ?? "UTC", out var found)
            ? (found, currency ?? "USD")
            : throw new ArgumentException($"Expected the IANA name of a time zone in --zone, such as Europe/Berlin; found '{zone}'.");
    }

    private static async Task<QueryRows> ExplainAsync(AdHocQueries queries, long tenant, AdHocQuery query, QuestionScope scope, TimeRange range, CancellationToken cancel)
    {
        var estimate = await queries.EstimateAsync(tenant, query, scope, range, cancel).ConfigureAwait(false);
        return new([[query.Source.Name, estimate.Table, string.Join(", ", query.Columns), range.Start, range.End, estimate.Rows, estimate.Bytes]], false);
    }
}
