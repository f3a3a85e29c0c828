using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

public sealed class WindowAggregatorTests
{
    private static readonly string[] CellKey = ["tenant", "window", "name", "country", "device", "source", "currency", "is_bot", "epoch", "kafka_partition", "chunk"];
    private static readonly string[] UniqueKey = ["tenant", "window", "name", "country", "device", "source", "is_bot"];
    private static readonly string[] ProductKey = ["tenant", "window", "product_id", "name", "currency", "epoch", "kafka_partition", "chunk"];
    private static readonly string[] Figures = ["events", "units", "revenue", "discount"];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 8)]
    public void Cells_agree_with_a_naive_count_however_lanes_and_flushes_are_cut(int seed, int lanes)
    {
        var clicks = RandomEvents.Clicks(seed, 3_000);
        var accepted = clicks.DistinctBy(click => click.Id).ToArray();
        var outputs = Run(lanes, seed, Topics.Clickstream, clicks);
        var expected = accepted.GroupBy(click => Text(
                click.Tenant, click.Created / 60_000 * 60, click.Name, click.Country?.ToUpperInvariant() ?? "", click.Device!, "direct", "",
                click.UserAgent is null ? 0 : 1, 7, 2, 0))
            .ToDictionary(cell => cell.Key, cell => Text(cell.Count(), 0, 0, 0));
        Assert.Equal(expected.OrderBy(cell => cell.Key, StringComparer.Ordinal), Newest(outputs, Tables.Cells, CellKey));
        var products = accepted.Where(click => click.Product is not null)
            .GroupBy(click => Text(click.Tenant, click.Created / 60_000 * 60, click.Product!, click.Name, "", 7, 2, 0))
            .ToDictionary(cell => cell.Key, cell => Text(cell.Count(), 0, 0, 0));
        Assert.Equal(products.OrderBy(cell => cell.Key, StringComparer.Ordinal), Newest(outputs, Tables.ProductCells, ProductKey));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 5)]
    public void Orders_agree_with_a_naive_count_by_status_and_currency(int seed, int lanes)
    {
        var orders = RandomEvents.Orders(seed, 1_000);
        var outputs = Run(lanes, seed, Topics.Orders, orders);
        var cells = orders.GroupBy(order => Text(
                order.Tenant, order.Created / 60_000 * 60, order.Name, "", "", "direct", order.Currency!.ToUpperInvariant(), 0, 7, 2, 0))
            .ToDictionary(cell => cell.Key, cell => Text(
                cell.Count(), cell.Sum(order => order.Lines.Sum(line => line.Quantity)),
                cell.Sum(order => order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount)), cell.Sum(order => order.Lines.Sum(line => line.Discount))));
        Assert.Equal(cells.OrderBy(cell => cell.Key, StringComparer.Ordinal), Newest(outputs, Tables.Cells, CellKey));
        var products = orders.SelectMany(order => order.Lines.Select(line => (order, line)))
            .GroupBy(sold => Text(
                sold.order.Tenant, sold.order.Created / 60_000 * 60, sold.line.Product, sold.order.Name, sold.order.Currency!.ToUpperInvariant(), 7, 2, 0))
            .ToDictionary(cell => cell.Key, cell => Text(
                cell.Count(), cell.Sum(sold => sold.line.Quantity), cell.Sum(sold => sold.line.Quantity * sold.line.UnitPrice - sold.line.Discount),
                cell.Sum(sold => sold.line.Discount)));
        Assert.Equal(products.OrderBy(cell => cell.Key, StringComparer.Ordinal), Newest(outputs, Tables.ProductCells, ProductKey));
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(7, 4)]
    public void Each_user_and_session_of_a_cell_is_sent_and_once_a_flush(int seed, int lanes)
    {
        var clicks = RandomEvents.Clicks(seed, 2_000);
        var accepted = clicks.DistinctBy(click => click.Id).ToArray();
        var rows = NativeRows.Read(Run(lanes, seed, Topics.Clickstream, clicks).SelectMany(output => output.Tables), Tables.Uniques).ToArray();
        var cells = accepted.GroupBy(click => (click.Tenant, click.Created / 60_000, click.Name, click.Country?.ToUpperInvariant(), click.Device, click.UserAgent));
        Assert.Equal(cells.Sum(cell => cell.Select(click => click.User).Distinct().Count()), Members(rows, "users"));
        Assert.Equal(
            cells.Sum(cell => cell.Where(click => click.Session is not null).Select(click => (click.User, click.Session)).Distinct().Count()),
            Members(rows, "sessions"));
        Assert.All(rows, row => Assert.Distinct((ulong[])row["users"]));
        Assert.All(rows, row => Assert.Distinct((ulong[])row["sessions"]));
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(9, 4)]
    public void Live_additions_sum_to_the_same_figures(int seed, int lanes)
    {
        var orders = RandomEvents.Orders(seed, 500);
        var total = new LiveFigures();
        foreach (var addition in Run(lanes, seed, Topics.Orders, orders).SelectMany(output => output.Live?.Values.ToArray() ?? []))
        {
            total.Add(addition.Figures);
        }

        var placed = orders.Where(order => order.OrderStatus == 0).ToArray();
        Assert.Equal(orders.Length, total[LiveFigure.Events]);
        Assert.Equal(placed.Length, total[LiveFigure.Orders]);
        Assert.Equal(placed.Sum(Revenue), total[LiveFigure.Revenue]);
        Assert.Equal(orders.Where(order => order.OrderStatus == 2).Sum(Revenue), total[LiveFigure.Refunds]);
        Assert.Equal(placed.Sum(order => order.Lines.Sum(line => line.Quantity)), total[LiveFigure.Units]);
    }

    [Fact]
    public void A_row_that_has_not_changed_is_not_sent_again()
    {
        using var lanes = new MadeLanes(1);
        var chunk = MadeBatches.Chunk();
        var first = lanes.Send(chunk, 0, [new MadeEvent { Id = 1, Name = "a" }, new MadeEvent { Id = 2, Name = "b" }], Flush.History);
        var second = lanes.Send(chunk, 2, [new MadeEvent { Id = 3, Name = "b", User = "ben" }], Flush.History);
        Assert.Equal(["a", "b"], NativeRows.Read(first[0].Tables, Tables.Cells).Select(row => row["name"]).Order());
        var row = Assert.Single(NativeRows.Read(second[0].Tables, Tables.Cells));
        Assert.Equal(("b", 2L, 2L), (row["name"], (long)row["events"], (long)row["ver"]));
    }

    [Fact]
    public void What_arrives_late_lives_as_long_as_what_is_new()
    {
        using var lanes = new MadeLanes(1);
        var old = MadeBatches.Order() with { Created = DateTimeOffset.Parse("2014-01-03T10:00:30Z").ToUnixTimeMilliseconds() };
        var output = lanes.Send(MadeBatches.Chunk(Topics.Orders), 0, [old], Flush.History);
        var row = Assert.Single(NativeRows.Read(output[0].Tables, Tables.Cells));
        Assert.Equal((uint)DateTimeOffset.Parse("2014-01-03T10:00:00Z").ToUnixTimeSeconds(), row["window"]);
        Assert.Equal((uint)(MadeEvent.Noon / 1000 + 400 * 86_400), row["keep_until"]);
    }

    [Fact]
    public void Late_events_of_many_days_go_into_blocks_of_a_hundred_days_and_an_import_of_years_into_few()
    {
        using var lanes = new MadeLanes(2, new WindowingOptions { PartitionsPerInsert = 10 });
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        MadeEvent[] orders = [.. Enumerable.Range(0, 1_237).Select(i => MadeBatches.Order() with { Id = (ulong)i + 1, Created = MadeEvent.Noon - i * day })];
        var blocks = lanes.Send(MadeBatches.Chunk(Topics.Orders), 0, orders, Flush.History)
            .SelectMany(output => output.Tables).Where(table => table.Shape == Tables.Cells).SelectMany(table => table.Blocks.Values).ToArray();
        Assert.Equal(1_237, blocks.Sum(block => block.Rows));
        // The last 63 days stand in daily partitions, ten a block; the 39 months before in monthly ones.
        Assert.InRange(blocks.Length, 11, 13);
    }

    [Fact]
    public void A_lost_chunk_is_dropped_by_every_lane()
    {
        using var lost = new CancellationTokenSource();
        using var lanes = new MadeLanes(2);
        var chunk = MadeBatches.Chunk(lost: lost.Token);
        lanes.Send(chunk, 0, [new MadeEvent()]);
        lost.Cancel();
        Assert.Empty(lanes.Send(chunk, 1, [new MadeEvent { Id = 2 }], Flush.Seal));
    }

    // The sets of a cell are united over its rows, as the store does.
    private static int Members(IEnumerable<Dictionary<string, object>> rows, string column) => rows
        .GroupBy(row => Text([.. UniqueKey.Select(key => row[key])]))
        .Sum(cell => cell.SelectMany(row => (ulong[])row[column]).Distinct().Count());

    private static long Revenue(MadeEvent order) => order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount);

    // The events in batches and flushes of random size, sealed at the end.
    private static List<LaneOutput> Run(int lanes, int seed, string topic, MadeEvent[] events)
    {
        var random = new Random(seed);
        using var made = new MadeLanes(lanes);
        var chunk = MadeBatches.Chunk(topic);
        var outputs = new List<LaneOutput>();
        for (var at = 0; at < events.Length;)
        {
            var count = Math.Min(random.Next(1, 400), events.Length - at);
            var flush = random.Next(4) switch { 0 => Flush.Live, 1 => Flush.History, 2 => Flush.Live | Flush.History, _ => Flush.None };
            outputs.AddRange(made.Send(chunk, at, events[at..(at + count)], flush));
            at += count;
        }

        outputs.AddRange(made.Send(chunk, events.Length, [], Flush.Seal));
        return outputs;
    }

    // As ReplacingMergeTree(ver) leaves them.
    private static IEnumerable<KeyValuePair<string, string>> Newest(List<LaneOutput> outputs, TableShape shape, string[] key) =>
        NativeRows.Read(outputs.SelectMany(output => output.Tables), shape)
            .GroupBy(row => Text([.. key.Select(column => row[column])]))
            .Select(versions => KeyValuePair.Create(versions.Key, Text([.. Figures.Select(figure => versions.MaxBy(row => (long)row["ver"])![figure])])))
            .OrderBy(row => row.Key, StringComparer.Ordinal);

    private static string Text(params object[] values) => string.Join('|', values);
}
