using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

public sealed class BudgetTests
{
    private static readonly CountingOptions Tight = new() { CountriesPerName = 4, CurrenciesPerName = 3, ProductsPerName = 5, UserEventsPerMinute = 4_000 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    public void Cells_agree_with_a_naive_count_that_folds_in_offset_order(int seed, int lanes)
    {
        var random = new Random(seed);
        var events = Enumerable.Range(0, 4_000).Select(i => Click(random, (ulong)i + 1, tenant: random.Next(1, 4))).ToArray();
        var naive = new Naive();
        var countries = events.Select(made => (made.Tenant, made.Name, Value: naive.Fold("country", made, made.Country!.ToUpperInvariant(), 4))).ToArray();
        var products = events.Select(made => (made.Tenant, made.Name, Value: naive.Fold("product", made, made.Product!, 5))).ToArray();
        var outputs = Run(lanes, events);
        Assert.Equal(Count(countries), Figures(outputs, Tables.Cells, "country"));
        Assert.Equal(Count(products), Figures(outputs, Tables.ProductCells, "product_id"));
        var folded = outputs.GroupBy(output => output.Lane).Select(lane => lane.Last().Folded).Aggregate((sum, lane) => sum.With(lane));
        Assert.Equal(
            (countries.Count(made => made.Value == "__other__"), products.Count(made => made.Value == "__other__")), (folded.Countries, folded.Products));
        Assert.True(folded is { Countries: > 500, Products: > 500 });
    }

    [Fact]
    public void Currencies_and_products_of_order_lines_are_folded_too()
    {
        string[] currencies = ["USD", "EUR", "GBP", "SEK", "USD", "NOK"];
        var orders = currencies.Select((currency, i) => MadeBatches.Order(new MadeLine($"p{i}", 2), new MadeLine("p0")) with { Id = (ulong)i + 1, Currency = currency }).ToArray();
        var outputs = Run(2, orders, Topics.Orders);
        var cells = NewestOf(outputs, Tables.Cells).ToDictionary(row => row["currency"], row => (row["events"], row["units"]));
        Assert.Equal((2L, 6L), cells["USD"]);
        Assert.Equal((2L, 6L), cells["__other__"]);
        Assert.Equal(4, cells.Count);
        var products = NewestOf(outputs, Tables.ProductCells).GroupBy(row => row["product_id"]).ToDictionary(group => group.Key, group => group.Sum(row => (long)row["units"]));
        Assert.Equal(new Dictionary<object, long> { ["p0"] = 8, ["p1"] = 2, ["p2"] = 2, ["p3"] = 2, ["p4"] = 2, ["__other__"] = 2 }, products);
    }

    [Fact]
    public void A_tenant_with_a_value_for_each_event_changes_no_row_of_another()
    {
        var random = new Random(5);
        var quiet = Enumerable.Range(0, 600).Select(i => Click(random, (ulong)i + 1, tenant: 2)).ToArray();
        var both = quiet.SelectMany((made, i) => new[] { made }.Concat(Enumerable.Range(0, 9).Select(more => Click(random, (ulong)(100_000 + i * 9 + more), 1) with
        {
            Product = $"only{i * 9 + more}",
            Country = $"{(char)('a' + random.Next(26))}{(char)('a' + random.Next(26))}",
        }))).ToArray();
        foreach (var table in new[] { Tables.Cells, Tables.ProductCells, Tables.Uniques, Tables.SessionCells })
        {
            var alone = RowsOfTenant2(Run(2, quiet, isFlushed: false), table);
            Assert.NotEmpty(alone);
            Assert.Equal(alone, RowsOfTenant2(Run(2, both, isFlushed: false), table));
        }
    }

    [Fact]
    public void A_million_values_make_no_more_rows_than_the_budget()
    {
        var cells = new FlatNumbers();
        var budget = new DimensionBudget(cells.ValueOf);
        budget.Begin(10_000, other: 1);
        var admitted = new HashSet<int>();
        for (var word = 2; word < 1_000_002; word++)
        {
            var counted = budget.Admit(cells.Count, new CountedValue(4, 9, word));
            cells.Add(counted == word ? word : 0);
            admitted.Add(counted);
        }

        Assert.Equal(10_001, admitted.Count);
        Assert.Equal(990_000, budget.Folded);
        Assert.Equal(77, budget.Admit(cells.Count, new CountedValue(5, 9, 77)));
    }

    private static MadeEvent Click(Random random, ulong id, long tenant) => new()
    {
        Id = id,
        Tenant = tenant,
        Name = random.Next(2) == 0 ? "page_view" : "product_view",
        User = $"u{random.Next(50)}",
        Created = MadeEvent.Noon - random.Next(5) * 60_000,
        Country = new[] { "de", "fr", "us", "gb", "se", "no", "dk" }[random.Next(7)],
        Product = $"p{(random.Next(3) == 0 ? random.Next(9) : random.Next(3))}",
    };

    private static List<LaneOutput> Run(int lanes, MadeEvent[] events, string topic = Topics.Clickstream, bool isFlushed = true)
    {
        using var made = new MadeLanes(lanes, counting: Tight);
        var chunk = MadeBatches.Chunk(topic);
        var outputs = new List<LaneOutput>();
        for (var at = 0; at < events.Length; at += 700)
        {
            outputs.AddRange(made.Send(chunk, at, [.. events.Skip(at).Take(700)], isFlushed && at % 1400 == 0 ? Flush.History : Flush.None));
        }

        outputs.AddRange(made.Send(chunk, events.Length, [], Flush.History));
        return outputs;
    }

    private static IEnumerable<Dictionary<string, object>> NewestOf(List<LaneOutput> outputs, TableShape table) =>
        NativeRows.Read(outputs.SelectMany(output => output.Tables), table)
            .GroupBy(row => string.Join('|', row.Where(column => column.Key is "tenant" or "window" or "name" or "country" or "device" or "source" or "currency"
                or "is_bot" or "product_id").Select(column => column.Value)))
            .Select(versions => versions.MaxBy(row => (long)row["ver"])!);

    private static SortedDictionary<string, long> Figures(List<LaneOutput> outputs, TableShape table, string dimension) => new(
        NewestOf(outputs, table).GroupBy(row => $"{row["tenant"]} {row["name"]} {row[dimension]}").ToDictionary(group => group.Key, group => group.Sum(row => (long)row["events"])),
        StringComparer.Ordinal);

    private static SortedDictionary<string, long> Count(IEnumerable<(long Tenant, string Name, string Value)> values) => new(
        values.GroupBy(made => $"{made.Tenant} {made.Name} {made.Value}").ToDictionary(group => group.Key, group => (long)group.Count()), StringComparer.Ordinal);

    // Versions are offsets, which differ when another tenant's records lie between; everything else must be the same.
    private static string[] RowsOfTenant2(List<LaneOutput> outputs, TableShape table) =>
    [
        .. NativeRows.Read(outputs.SelectMany(output => output.Tables), table).Where(row => (ulong)row["tenant"] == 2)
            .Select(row => string.Join('|', row.Where(column => column.Key != "ver").Select(column => column.Value is ulong[] hashes ? string.Join(',', hashes.Order()) : column.Value)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Sets of values in offset order, as the words of the rule say it.</summary>
    private sealed class Naive
    {
        private readonly Dictionary<(string, long, string), HashSet<string>> _known = [];

        public string Fold(string dimension, MadeEvent made, string value, int most)
        {
            var known = _known.TryGetValue((dimension, made.Tenant, made.Name), out var set) ? set : _known[(dimension, made.Tenant, made.Name)] = [];
            return known.Contains(value) || (known.Count < most && known.Add(value)) ? value : "__other__";
        }
    }

    /// <summary>A table of words alone.</summary>
    private sealed class FlatNumbers
    {
        private readonly List<int> _words = [];

        public int Count => _words.Count;

        public void Add(int word) => _words.Add(word);

        public CountedValue ValueOf(int entry) => new(4, 9, _words[entry]);
    }
}
