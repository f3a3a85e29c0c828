using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;

namespace Analytics.Worker.Tests.Writing;

public sealed class LivePendingTests
{
    private readonly LivePending _pending = new(capacity: 1_000);

    [Fact]
    public void A_chunk_that_gets_the_tables_of_another_starts_from_nothing()
    {
        var first = MadeBatches.Chunk();
        Add(first, Flush.Seal, 9, (1, 60, 5), (2, 60, 7));
        Assert.Equal([(1, 5), (2, 7)], TakeEvents());
        first.IsSettled = true;
        _pending.NoteSettled();
        _pending.Arrived();

        Add(MadeBatches.Chunk(), Flush.Live, 12, (2, 60, 1));

        var part = Assert.Single(_pending.Take().Parts);
        Assert.Equal((2UL, 12L, 1L), (part.Tenant, part.Version, part.Figures[LiveFigure.Events]));
        _pending.StartAnew();
        Assert.Equal([(2, 1)], TakeEvents());
    }

    [Fact]
    public void What_clickhouse_gets_while_figures_are_under_way_is_kept_until_the_next_look_at_redis()
    {
        var chunk = MadeBatches.Chunk();
        Add(chunk, Flush.Seal, 9, (1, 60, 5));
        _pending.NoteSettled();
        Assert.Equal([(1, 5)], TakeEvents());

        // Redis loses its memory here, and is rebuilt from a ClickHouse that does not have the chunk yet.
        (chunk.IsSettled, chunk.SettledThrough) = (true, 9);
        _pending.Arrived();
        _pending.NoteSettled();
        _pending.StartAnew();

        var (parts, visitors) = _pending.Take();
        Assert.Equal([5], parts.Select(part => part.Figures[LiveFigure.Events]));
        Assert.Equal([new LiveVisitor(1, 60, 77)], visitors);
        _pending.Arrived();
        _pending.StartAnew();
        Assert.Equal((0, 0), (_pending.Take().Parts.Count, _pending.Take().Visitors.Count));
    }

    [Fact]
    public void What_did_not_arrive_waits_again_with_what_has_come_since()
    {
        var chunk = MadeBatches.Chunk();
        Add(chunk, Flush.Live, 1, (1, 60, 5), (2, 60, 7));
        var (_, visitors) = _pending.Take();
        Add(chunk, Flush.Live, 2, (1, 60, 3), (3, 60, 4));
        _pending.Failed(visitors);

        Assert.Equal([(1, 8), (2, 7), (3, 4)], TakeEvents());
        Assert.Empty(TakeEvents());
    }

    [Fact]
    public void Users_come_once_with_a_flush_and_again_when_it_failed()
    {
        Add(MadeBatches.Chunk(), Flush.Live, 1, (1, 60, 5));
        var (_, visitors) = _pending.Take();
        Assert.Equal([new LiveVisitor(1, 60, 77)], visitors);
        _pending.Failed(visitors);
        Assert.Equal([new LiveVisitor(1, 60, 77)], _pending.Take().Visitors);
        Assert.Empty(_pending.Take().Visitors);
    }

    [Fact]
    public void A_flush_gives_its_lists_back()
    {
        var additions = Additions((1, 60, 5));
        var output = Output(MadeBatches.Chunk(), Flush.Live, 1, additions);
        _pending.Add(new GatheredFlush(output.Chunk, output.Flush, output.LastOffset, [output]), 0);
        Assert.Equal(0, additions.Count);
    }

    private void Add(Chunk chunk, Flush flush, long lastOffset, params (int Tenant, int Minute, int Events)[] additions)
    {
        var output = Output(chunk, flush, lastOffset, Additions(additions));
        _pending.Add(new GatheredFlush(chunk, flush, lastOffset, [output]), oldest: 0);
    }

    private static LaneOutput Output(Chunk chunk, Flush flush, long lastOffset, LentList<LiveAddition> additions)
    {
        var visitors = LentList<LiveVisitor>.Rent();
        visitors.Add(new LiveVisitor(1, 60, 77));
        return new LaneOutput { Chunk = chunk, Lane = 0, Sequence = 0, Flush = flush, LastOffset = lastOffset, Confirmed = Task.CompletedTask, Live = additions, Visitors = visitors };
    }

    private static LentList<LiveAddition> Additions(params (int Tenant, int Minute, int Events)[] additions)
    {
        var list = LentList<LiveAddition>.Rent();
        foreach (var (tenant, minute, events) in additions)
        {
            list.Add(new LiveAddition((ulong)tenant, minute, new LiveFigures { [LiveFigure.Events] = events }));
        }

        return list;
    }

    private List<(int Tenant, int Events)> TakeEvents() =>
        [.. _pending.Take().Parts.Select(part => ((int)part.Tenant, (int)part.Figures[LiveFigure.Events])).Order()];
}
