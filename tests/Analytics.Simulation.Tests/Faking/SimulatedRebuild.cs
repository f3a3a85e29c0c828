using Analytics.Storage.Redis;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Brings the live figures back from the tables, as <c>LiveRebuild</c> does: by the ledger's chunks and versions, beside what owners send again.</summary>
/// <remarks>
/// In one step, which the real one is not. A chunk of which a flush is just being written has an owner who holds it, or will be read again: it is left out, so that
/// a part never says more than its version.
/// </remarks>
internal static class SimulatedRebuild
{
    /// <summary>Makes the figures whole.</summary>
    public static void Run(SimulatedClickHouse history, SimulatedLive live)
    {
        var ends = history.Rows("ledger").ToDictionary(ChunkOf, row => (Topic: row.Text("topic"), Last: row.Number("last_offset")));
        var chunks = history.Rows("cells").GroupBy(ChunkOf).Where(cells => ends.TryGetValue(cells.Key, out var end) && cells.All(cell => cell.Number("ver") <= end.Last));
        foreach (var chunk in chunks)
        {
            foreach (var minute in chunk.GroupBy(cell => (Tenant: cell.Number("tenant"), Window: cell.Number("window"))))
            {
                var figures = new LiveFigures();
                foreach (var cell in minute)
                {
                    figures.Add(FiguresOf(cell));
                }

                live.Write(new LivePart(
                    (ulong)minute.Key.Tenant, (int)(minute.Key.Window / 60), (ulong)chunk.Key.Epoch, ends[chunk.Key].Topic, (int)chunk.Key.Partition, chunk.Key.Chunk,
                    ends[chunk.Key].Last, figures));
            }
        }

        foreach (var row in history.Rows("uniques"))
        {
            live.Visitors.UnionWith(((object?[])row.Value("users")!).Select(user => new LiveVisitor((ulong)row.Number("tenant"), (int)(row.Number("window") / 60), (ulong)(long)user!)));
        }

        live.Mark(isStale: false);
    }

    private static (long Epoch, long Partition, long Chunk) ChunkOf(StoredRow row) => (row.Number("epoch"), row.Number("kafka_partition"), row.Number("chunk"));

    private static LiveFigures FiguresOf(StoredRow cell)
    {
        var events = cell.Number("events");
        var figures = new LiveFigures { [LiveFigure.Events] = events };
        switch (cell.Text("name"))
        {
            case "order_placed":
                (figures[LiveFigure.Revenue], figures[LiveFigure.Orders]) = (cell.Number("revenue"), events);
                (figures[LiveFigure.Units], figures[LiveFigure.Discount]) = (cell.Number("units"), cell.Number("discount"));
                break;
            case "order_refunded":
                figures[LiveFigure.Refunds] = cell.Number("revenue");
                break;
            case "page_view":
                figures[LiveFigure.PageViews] = events;
                break;
            case "add_to_cart":
                figures[LiveFigure.AddToCart] = events;
                break;
            case "checkout_start":
                figures[LiveFigure.CheckoutStarts] = events;
                break;
        }

        return figures;
    }
}
