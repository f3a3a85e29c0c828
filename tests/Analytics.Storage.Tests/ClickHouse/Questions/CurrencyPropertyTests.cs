using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>Goal: a converted sum is the same from minutes, hours, days, events and lines of orders, and that of a recount in decimals. Method: random orders, then random questions.</summary>
public sealed class CurrencyPropertyTests : IAsyncLifetime
{
    private const int Orders = 400;
    private const int Questions = 24;
    private static readonly string[] Currencies = ["EUR", "USD", "JPY", "KWD"];
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];
    private static readonly Granularity[] Widths = [Granularity.Hour, Granularity.Day, Granularity.Week, Granularity.Month];
    private readonly List<MadeEvent> _orders = [];
    private QuestionTables _tables = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        var random = new Random(20_261_128);
        _orders.AddRange(Enumerable.Range(0, Orders).Select(number => new MadeEvent
        {
            Name = random.Next(5) == 0 ? "order_refunded" : "order_placed",
            Time = Utc("2026-02-24").AddSeconds(random.Next(12 * 86_400)),
            User = "u" + random.Next(40),
            Country = random.Next(2) == 0 ? "DE" : "FR",
            Order = "o" + number,
            Units = 1,
            Currency = Currencies[random.Next(Currencies.Length)],
            Revenue = random.NextInt64(-1_000, 1_000_000),
        }));
        var (first, last) = await _tables.AddAsync(_orders);
        await _tables.LedgerAsync(first, last, isSealed: true, _orders.Min(one => one.Time));
        await new RollUp(_tables.Client, TimeProvider.System).RunAsync(isWhole: false, default);
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Fact]
    public async Task A_converted_sum_is_that_of_a_recount_whatever_table_it_was_read_from()
    {
        await using var nothing = await NewAsync();
        var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
        var none = new RolledPeriods(nothing.Client, TimeProvider.System);
        var (rolled, minutes) = (new TrendQueries(_tables.Store, periods), new TrendQueries(_tables.Store, none));
        var (random, sources) = (new Random(7), new SortedSet<string>(StringComparer.Ordinal));
        for (var number = 0; number < Questions; number++)
        {
            var json = Any(random);
            var question = TrendReader.Read(Node(json), Context(zone: Zones[number % Zones.Length], currency: Currencies[random.Next(Currencies.Length)]));
            var expected = Recount(question);
            foreach (var (trends, asked) in ((TrendQueries, TrendQuestion)[])[(rolled, question), (minutes, question), (rolled, question with { IsRaw = true }), (rolled, question.Breakdown.Count == 0 ? OfLines(question) : question)])
            {
                var figures = await trends.OfAsync(1, asked, question.Scope.Range, question.Scope.Range, default);

                var told = figures.Groups.ToDictionary(group => group.Labels is [var country] ? country : "", group => JsonSerializer.Serialize(group.Points[0].Prepend(group.Totals[0])));
                foreach (var (country, points) in expected)
                {
                    Assert.True(JsonSerializer.Serialize(points) == told.GetValueOrDefault(country), $"{json} in {question.Scope.Currency} from {string.Join('+', figures.Sources)}, {country}\nrecount {JsonSerializer.Serialize(points)}\ntold    {told.GetValueOrDefault(country)}");
                }

                sources.UnionWith(figures.Sources);
            }

            await AssertHistoryAsync(question, periods);
        }

        Assert.Equal(["cells", "cells_1d", "cells_1h", "events", "order_lines"], sources);
    }

    private static string Any(Random random)
    {
        var start = Utc("2026-02-23").AddMinutes(random.Next(9 * 24 * 60));
        var breakdown = random.Next(2) == 0 ? ", \"breakdown\": [\"country\"]" : "";
        return $$"""{"start": "{{start:yyyy-MM-ddTHH:mm:ssZ}}", "end": "{{start.AddMinutes(random.Next(60, 6 * 24 * 60)):yyyy-MM-ddTHH:mm:ssZ}}", "granularity": "{{Granularities.NameOf(Widths[random.Next(Widths.Length)])}}", "metrics": ["{{(random.Next(2) == 0 ? "revenue" : "refunds")}}"]{{breakdown}}}""";
    }

    private static TrendQuestion OfLines(TrendQuestion question)
    {
        var metric = question.Metrics[0];
        return question with { Metrics = [metric with { Subject = Subject.OrderLines, Event = metric.Event!["order_".Length..] }], Breakdown = [], Filter = null };
    }

    // The whole range first, then its points, by country where the question tells them apart; each rounded once.
    private Dictionary<string, double?[]> Recount(TrendQuestion question)
    {
        var (range, zone, currency) = (question.Scope.Range, question.Scope.Zone, question.Scope.Currency);
        var starts = Buckets.Of(range, question.Granularity, zone).ToList();
        double? Sum(IEnumerable<MadeEvent> orders) => (double)Math.Round(
            orders.Sum(one => MadeRates.Converted(one.Revenue, one.Currency, currency, DateOnly.FromDateTime(one.Time.UtcDateTime))), MidpointRounding.AwayFromZero);
        var counted = _orders.Where(one => one.Name == question.Metrics[0].Event && one.Time >= range.Start && one.Time < range.End).ToList();
        return counted.GroupBy(one => question.Breakdown.Count == 0 ? "" : one.Country).ToDictionary(
            group => group.Key, group => (double?[])[Sum(group), .. starts.Select(start => Sum(group.Where(one => Buckets.StartOf(one.Time, question.Granularity, zone) == start)))]);
    }

    private async Task AssertHistoryAsync(TrendQuestion question, RolledPeriods periods)
    {
        var whole = question with { Breakdown = [] };
        var expected = Recount(whole).GetValueOrDefault("");
        var (totals, points, _, _) = await new HistoryQueries(_tables.Client, _tables.Store, periods).FiguresAsync(
            new(1, question.Scope.Range, question.Scope.Zone, question.Scope.Currency), question.Granularity, default);
        double? Of(Measures measures) => question.Metrics[0].Name == "revenue" ? measures.Revenue : measures.Refunds;

        Assert.Equal(expected?[0] ?? 0, Of(totals));
        Assert.Equal(expected?[1..] ?? [], Buckets.Of(question.Scope.Range, question.Granularity, question.Scope.Zone).Select(start => points.TryGetValue(start, out var point) ? Of(point) : 0).Take(expected is null ? 0 : int.MaxValue));
    }
}
