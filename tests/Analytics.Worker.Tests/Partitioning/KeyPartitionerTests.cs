using Analytics.Core.Events;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;

namespace Analytics.Worker.Tests.Partitioning;

public sealed class KeyPartitionerTests
{
    [Fact]
    public void Accepted_rows_go_to_the_lane_of_their_key_and_all_rows_to_the_raw_lane()
    {
        var slices = Split(new KeyPartitioner(), 4, MadeBatches.Enriched(
            MadeBatches.Chunk(), 0, [.. Enumerable.Range(0, 200).Select(i => new MadeEvent { Id = (ulong)i + 1, Name = $"n{i % 9}", Tenant = i % 7 })]));
        Assert.Equal(200, slices[4].Count);
        Assert.Equal(200 - 29, slices[..4].Sum(slice => slice.Count));
        var laneOf = new Dictionary<(long, int), int>();
        foreach (var slice in slices[..4])
        {
            foreach (var row in slice.Selected)
            {
                var columns = slice.Batch.Decoded.Columns;
                Assert.Equal(Verdict.Accepted, columns.Verdicts[row]);
                var key = (columns.Tenant.Values[row], columns.Name.Ids[row]);
                Assert.Equal(slice.Lane, laneOf.TryAdd(key, slice.Lane) ? slice.Lane : laneOf[key]);
            }
        }

        Assert.True(laneOf.Values.Distinct().Count() > 1, "all keys fell into one lane");
    }

    [Fact]
    public void A_duplicate_is_known_whatever_became_of_the_first_record()
    {
        var chunk = MadeBatches.Chunk();
        var partitioner = new KeyPartitioner();
        var batch = MadeBatches.Enriched(
            chunk, 0,
            new MadeEvent { Id = 1 }, new MadeEvent { Id = 1 },
            new MadeEvent { Id = 2, User = "" }, new MadeEvent { Id = 2, User = "" },
            new MadeEvent { Id = 3, Decoded = Verdict.Corrupt }, new MadeEvent { Id = 3 });
        Split(partitioner, 2, batch);
        Assert.Equal(
            [Verdict.Accepted, Verdict.Duplicate, Verdict.MissingUser, Verdict.Duplicate, Verdict.Corrupt, Verdict.Accepted],
            batch.Decoded.Columns.Verdicts);
    }

    [Fact]
    public void Records_before_the_start_only_warm_the_filter()
    {
        var chunk = MadeBatches.Chunk();
        var partitioner = new KeyPartitioner();
        var warmUp = MadeBatches.Of(chunk, 90, new MadeEvent { Id = 5 });
        warmUp.Raw.WarmUp = true;
        var slices = new LaneSlice?[3];
        partitioner.Split(new EventEnricher(new EnrichingOptions(), _ => { }).Apply(warmUp), slices);
        Assert.All(slices, Assert.Null);
        var batch = MadeBatches.Enriched(chunk, 100, new MadeEvent { Id = 5 });
        Split(partitioner, 2, batch);
        Assert.Equal(Verdict.Duplicate, batch.Decoded.Columns.Verdicts[0]);
    }

    [Fact]
    public void The_ids_of_an_older_log_are_known()
    {
        var chunk = new Chunk(MadeBatches.Chunk().Id, MadeEvent.Noon, 1, default) { KnownIds = [new KnownId(-2, 0xAB00, 6), new KnownId(-1, 0xAB00, 7)] };
        var batch = MadeBatches.Enriched(chunk, 0, new MadeEvent { Id = 6 }, new MadeEvent { Id = 8 });
        Split(new KeyPartitioner(), 2, batch);
        Assert.Equal([Verdict.Duplicate, Verdict.Accepted], batch.Decoded.Columns.Verdicts);
    }

    [Fact]
    public void Another_assignment_starts_with_an_empty_filter()
    {
        var partitioner = new KeyPartitioner();
        using var lost = new CancellationTokenSource();
        Split(partitioner, 2, MadeBatches.Enriched(MadeBatches.Chunk(lost: lost.Token), 100, new MadeEvent { Id = 5 }));
        lost.Cancel();
        var slices = new LaneSlice?[3];
        partitioner.Split(MadeBatches.Enriched(MadeBatches.Chunk(lost: lost.Token), 101, new MadeEvent { Id = 9 }), slices);
        Assert.All(slices, Assert.Null);
        var again = MadeBatches.Enriched(MadeBatches.Chunk(), 50, new MadeEvent { Id = 5 });
        Split(partitioner, 2, again);
        Assert.Equal(Verdict.Accepted, again.Decoded.Columns.Verdicts[0]);
    }

    [Fact]
    public void A_batch_without_records_still_carries_its_flush_to_every_lane()
    {
        var batch = MadeBatches.Enriched(MadeBatches.Chunk(), 100);
        batch.Decoded.Raw.Flush = Flush.Seal;
        var slices = Split(new KeyPartitioner(), 3, batch);
        Assert.All(slices, slice => Assert.Equal((0, Flush.Seal), (slice.Count, slice.Batch.Decoded.Raw.Flush)));
    }

    private static LaneSlice[] Split(KeyPartitioner partitioner, int lanes, EnrichedBatch batch)
    {
        var slices = new LaneSlice?[lanes + 1];
        partitioner.Split(batch, slices);
        return [.. slices.Select(slice => slice!)];
    }
}
