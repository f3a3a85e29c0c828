using System.Globalization;
using Analytics.Core.Chunks;
using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;
using Analytics.Storage.Redis;

namespace Analytics.Simulation.Tests.Checking;

/// <summary>Compares the stores with the recount, to the unit.</summary>
internal sealed class Comparison(World world)
{
    private readonly Recount _truth = world.Truth;

    /// <summary>Fails at the first difference.</summary>
    public void Run()
    {
        History();
        if (LiveFault(world) is { } fault)
        {
            world.Fail(fault);
        }
    }

    /// <summary>Compares all but the live figures: what the ledger has in full is final.</summary>
    public void History()
    {
        Sums("cells", _truth.Sums.Cells, row => RecountedSums.Key(
            row.Number("tenant"), row.Number("window"), row.Text("name"), row.Text("country"), row.Text("device"), row.Text("source"), row.Text("currency"), row.Number("is_bot")));
        Sums("product_cells", _truth.Sums.Products, row => RecountedSums.Key(
            row.Number("tenant"), row.Number("window"), row.Text("product_id"), row.Text("name"), row.Text("currency")));
        Uniques();
        Visits();
        Events();
        Same("order_lines", _truth.Sums.Lines, world.History.Rows("order_lines").ToDictionary(
            row => RecountedSums.Key(row.Number("tenant"), row.Number("day"), row.Text("order_id"), row.Text("status"), row.Text("event_id"), row.Number("line")), row => row.Number("revenue")));
        Same("stock_levels", _truth.Sums.Stock, world.History.Rows("stock_levels").ToDictionary(
            row => RecountedSums.Key(row.Number("tenant"), row.Text("product_id"), row.Number("event_time"), row.Text("event_id")), row => row.Number("stock")));
        Same("rejected", _truth.Rejected, world.History.Rows("rejected").ToDictionary(
            row => (LogOf(row), row.Number("kafka_offset")), row => row.Text("reason")));
        Same("dead letters", _truth.Rejected.ToDictionary(one => $"{one.Key.Log.Topic}/{one.Key.Log.Partition}/{one.Key.Offset} of {one.Key.Log.Epoch}", one => one.Value), world.DeadLetters.ToDictionary(one => one.Key, one => one.Value.Reason));
        Ledger();
    }

    /// <summary>What is wrong with the live figures; null when all are there and right, which they must be when they are not stale and every owner has read to the end.</summary>
    public static string? LiveFault(World world)
    {
        var truth = world.Truth.Sums;
        var found = 0;
        foreach (var (key, (version, figures)) in world.Live.Parts)
        {
            var expected = new long[LiveFigures.Count];
            foreach (var (_, tenant, minute, some) in truth.Live.GetValueOrDefault((new LogKey(key.Topic, key.Partition, key.Epoch), key.Chunk), []))
            {
                for (var i = 0; i < expected.Length && (tenant, minute) == (key.Tenant, key.Minute); i++)
                {
                    expected[i] += some[i];
                }
            }

            found++;
            for (var i = 0; i < expected.Length; i++)
            {
                if (figures[i] != expected[i])
                {
                    return $"live: {(LiveFigure)i} of {key} is {figures[i]} at version {version}, expected {expected[i]}";
                }
            }
        }

        var parts = truth.Live.SelectMany(chunk => chunk.Value.Select(record => (chunk.Key, record.Tenant, record.Minute))).Distinct().Count();
        var visitors = world.Live.Visitors.Select(visitor => (visitor.Tenant, visitor.Minute, visitor.UserHash)).ToHashSet();
        return found == parts && visitors.SetEquals(truth.Visitors) ? null
            : $"live: expected {parts} minutes and {truth.Visitors.Count} visitors, found {found} and {visitors.Count}";
    }

    private void Sums(string table, Dictionary<string, Sums> expected, Func<Faking.StoredRow, string> key)
    {
        var found = new Dictionary<string, Sums>(StringComparer.Ordinal);
        foreach (var row in world.History.Rows(table))
        {
            var at = key(row);
            found[at] = found.GetValueOrDefault(at) + new Sums(row.Number("events"), row.Number("units"), row.Number("revenue"), row.Number("discount"));
        }

        Same(table, expected, found);
    }

    private void Visits()
    {
        var found = new Dictionary<string, Visit>(StringComparer.Ordinal);
        foreach (var row in world.History.Rows("session_cells"))
        {
            var at = RecountedSums.Key(row.Number("tenant"), row.Number("window"), row.Number("user"));
            found[at] = found.GetValueOrDefault(at)
                + new Visit(row.Number("events"), row.Number("page_views"), row.Number("orders"), row.Number("first_at"), row.Number("last_at"));
        }

        Same("session_cells", _truth.Sums.Visits, found);
    }

    private void Uniques()
    {
        // An empty sketch says nothing, so it may stand there or not.
        var rows = world.History.Rows("uniques").Where(row => Count(row, "users") + Count(row, "sessions") > 0).ToDictionary(
            row => RecountedSums.Key(row.Number("tenant"), row.Number("window"), row.Text("name"), row.Text("country"), row.Text("device"), row.Text("source"), row.Number("is_bot")));
        Same("uniques: users", _truth.Sums.Uniques.ToDictionary(one => one.Key, one => Text(one.Value.Users.Cast<object?>())), rows.ToDictionary(row => row.Key, row => Text((object?[])row.Value.Value("users")!)));
        Same("uniques: sessions", _truth.Sums.Uniques.ToDictionary(one => one.Key, one => one.Value.Sessions.Count), rows.ToDictionary(row => row.Key, row => Count(row.Value, "sessions")));
        static int Count(Faking.StoredRow row, string column) => ((object?[])row.Value(column)!).Length;
        static string Text(IEnumerable<object?> hashes) => string.Join(',', hashes.Order());
    }

    private void Events()
    {
        var rows = world.History.Rows("events").ToDictionary(row => RecountedSums.Key(row.Number("tenant"), row.Number("day"), row.Text("name"), row.Text("event_id")));
        Same("events", _truth.Sums.Events.ToDictionary(one => one.Key, _ => true), rows.ToDictionary(row => row.Key, _ => true));
        foreach (var (key, places) in _truth.Sums.Events)
        {
            if (rows.TryGetValue(key, out var row) && (LogOf(row), row.Number("kafka_offset")) is var place && !places.Contains(place))
            {
                world.Fail($"events: {key} stands at {place}, expected one of {string.Join(' ', places)}");
            }
        }
    }

    // As strict as `ledger verify`, but from the log: the chain is the one that the log prescribes, and every sum is that of the recount.
    private void Ledger()
    {
        var found = world.History.Rows("ledger").ToDictionary(
            row => (Log: LogOf(row), First: row.Number("chunk")),
            row => $"[{row.Number("chunk")}..{row.Number("last_offset")}] by version {row.Number("config_version")} read {row.Number("read")}, skipped {row.Number("skipped")} = {row.Number("accepted")} + {row.Number("duplicate")} + {row.Number("filtered")} + "
                + $"({string.Join(',', (object?[])row.Value("rejected")!)}), revenue {row.Number("revenue")}, times {row.Value("min_event_time")}..{row.Value("max_event_time")}");
        var expected = _truth.Ledgers.SelectMany(ledger => ledger.Value.Select(chunk => (Key: (Log: ledger.Key, chunk.First), Text: chunk.ToString())));
        Same("ledger", expected.ToDictionary(one => one.Key, one => one.Text), found);
        foreach (var fault in LedgerCheck.Of(world.History.Rows("ledger").Select(RowOf)).Faults)
        {
            world.Fail($"ledger verify: {fault.Chunk}: {fault.Text}");
        }
    }

    private static LogKey LogOf(Faking.StoredRow row) => new(row.Text("topic"), (int)row.Number("kafka_partition"), (ulong)row.Number("epoch"));

    private static LedgerRow RowOf(Faking.StoredRow row) => new(
        new ChunkId((ulong)row.Number("epoch"), row.Text("topic"), (int)row.Number("kafka_partition"), row.Number("chunk")), row.Number("last_offset"), row.Number("sealed") == 1,
        (uint)row.Number("config_version"), row.Number("read"), row.Number("accepted"), row.Number("duplicate"), row.Number("filtered"),
        ((object?[])row.Value("rejected")!).Select(pair => $"{pair}".Split('=')).ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture)), row.Number("revenue"))
    {
        Skipped = row.Number("skipped"),
    };

    private void Same<TKey, TValue>(string what, Dictionary<TKey, TValue> expected, Dictionary<TKey, TValue> found)
        where TKey : notnull
    {
        foreach (var (key, value) in expected)
        {
            if (!found.TryGetValue(key, out var other) || !EqualityComparer<TValue>.Default.Equals(value, other))
            {
                world.Fail($"{what}: {key} should be {value}, is {(found.ContainsKey(key) ? other : "missing")}");
                return;
            }
        }

        if (found.Count != expected.Count)
        {
            world.Fail($"{what}: {found.Keys.First(key => !expected.ContainsKey(key))} should not be there");
        }
    }
}
