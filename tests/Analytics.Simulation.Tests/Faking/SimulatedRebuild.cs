using Analytics.Simulation.Tests.Making;
using Analytics.Storage.Redis;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Brings the live figures back from the tables, as <c>LiveRebuild</c> does: by the ledger's chunks and versions, beside what owners send again.</summary>
/// <remarks>
/// Step by step: the loss, the ledger, the cells and users, which it writes a piece at a time, the end. Between two of them everything else goes on. A chunk of which a
/// flush is just being written has an owner who holds it, or will be read again: it is left out, so that a part never says more than its version.
/// </remarks>
internal sealed class SimulatedRebuild(SimulatedClickHouse history, SimulatedLive live, Dice dice)
{
    private readonly Queue<Action> _steps = [];

    /// <summary>True between its first step and its last.</summary>
    public bool IsUnderWay => _steps.Count > 0;

    /// <summary>Goes on by a step; begins where none is under way.</summary>
    public void Go()
    {
        if (!IsUnderWay)
        {
            Begin();
        }

        _steps.Dequeue()();
    }

    /// <summary>Its worker is dead, or cut off: another begins again.</summary>
    public void Abandon() => _steps.Clear();

    private void Begin()
    {
        int? loss = null;
        var ends = new Dictionary<(long Epoch, long Partition, long Chunk), (string Topic, long Last)>();
        _steps.Enqueue(() => loss = live.Loss);
        _steps.Enqueue(() => ends = history.Rows("ledger").ToDictionary(ChunkOf, row => (row.Text("topic"), row.Number("last_offset"))));
        _steps.Enqueue(() => InPieces(Parts(ends), live.Write, then: () =>
            InPieces(Visitors(), visitor => live.Visitors.Add(visitor), then: () => _steps.Enqueue(() => live.Finish(loss)))));
    }

    // What was read in one step is written in some.
    private void InPieces<T>(List<T> some, Action<T> write, Action then)
    {
        var piece = dice.Between(1, some.Count + 1);
        for (var from = 0; from < some.Count; from += piece)
        {
            var part = some[from..Math.Min(from + piece, some.Count)];
            _steps.Enqueue(() => part.ForEach(write));
        }

        _steps.Enqueue(then);
    }

    private List<LivePart> Parts(Dictionary<(long Epoch, long Partition, long Chunk), (string Topic, long Last)> ends)
    {
        var parts = new List<LivePart>();
        foreach (var chunk in history.Rows("cells").GroupBy(ChunkOf).Where(cells => ends.TryGetValue(cells.Key, out var end) && cells.All(cell => cell.Number("ver") <= end.Last)))
        {
            foreach (var minute in chunk.GroupBy(cell => (Tenant: cell.Number("tenant"), Window: cell.Number("window"))))
            {
                var figures = new LiveFigures();
                foreach (var cell in minute)
                {
                    figures.Add(FiguresOf(cell));
                }

                parts.Add(new LivePart(
                    (ulong)minute.Key.Tenant, (int)(minute.Key.Window / 60), (ulong)chunk.Key.Epoch, ends[chunk.Key].Topic, (int)chunk.Key.Partition, chunk.Key.Chunk,
                    ends[chunk.Key].Last, figures));
            }
        }

        return parts;
    }

    private List<LiveVisitor> Visitors() =>
    [
        .. from row in history.Rows("uniques")
           from user in (object?[])row.Value("users")!
           select new LiveVisitor((ulong)row.Number("tenant"), (int)(row.Number("window") / 60), (ulong)(long)user!),
    ];

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
