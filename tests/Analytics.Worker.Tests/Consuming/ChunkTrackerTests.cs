using Analytics.Core.Chunks;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

public sealed class ChunkTrackerTests : IDisposable
{
    private const string Topic = "orders";

    private readonly WorkerMetrics _metrics = new();
    private readonly ChunkTracker _tracker;

    public ChunkTrackerTests() => _tracker = new ChunkTracker(_metrics);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Nothing_is_committed_past_the_first_unsettled_chunk()
    {
        var (first, second, third) = (Open(0), Open(100), Open(200));

        _tracker.Settled(second, 199, isSealed: true);
        _tracker.Settled(third, 299, isSealed: true);
        Assert.Empty(Commits());

        _tracker.Settled(first, 99, isSealed: true);
        Assert.Equal([(Topic, 0, 300L)], Commits());
    }

    [Fact]
    public void A_flush_of_an_open_chunk_commits_nothing()
    {
        var chunk = Open(0);

        _tracker.Settled(chunk, 50, isSealed: false);

        Assert.Empty(Commits());
        Assert.Equal(1, _tracker.Unsealed(Topic, 0));
    }

    [Fact]
    public void A_commit_is_offered_until_it_is_acknowledged()
    {
        _tracker.Settled(Open(0), 99, isSealed: true);

        Assert.Equal([(Topic, 0, 100L)], Commits());
        Assert.Equal([(Topic, 0, 100L)], Commits());
        _tracker.Committed(Topic, 0, 100);
        Assert.Empty(Commits());
    }

    [Fact]
    public void Partitions_do_not_wait_for_each_other()
    {
        Open(0, partition: 0);
        _tracker.Settled(Open(40, partition: 1), 99, isSealed: true);

        Assert.Equal([(Topic, 1, 100L)], Commits());
    }

    [Fact]
    public void A_receipt_from_an_earlier_ownership_is_ignored()
    {
        var old = Open(0);
        _tracker.Forget(Topic, 0);
        var again = Open(0);

        _tracker.Settled(old, 99, isSealed: true);
        Assert.Empty(Commits());
        Assert.Equal(1, _tracker.Unsealed(Topic, 0));

        _tracker.Settled(again, 99, isSealed: true);
        Assert.Equal([(Topic, 0, 100L)], Commits());
    }

    [Fact]
    public void A_receipt_that_comes_twice_counts_once()
    {
        var chunk = Open(0);

        _tracker.Settled(chunk, 99, isSealed: true);
        _tracker.Settled(chunk, 99, isSealed: true);

        Assert.Equal([(Topic, 0, 100L)], Commits());
        Assert.Equal(0, _tracker.Unsealed(Topic, 0));
    }

    [Fact]
    public void Any_order_of_receipts_commits_the_longest_settled_prefix()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var tracker = new ChunkTracker(_metrics);
            var chunks = Enumerable.Range(0, 20).Select(i => Open(i * 10, tracker: tracker)).ToArray();
            var settled = new bool[chunks.Length];
            foreach (var i in Enumerable.Range(0, chunks.Length).OrderBy(_ => random.Next()))
            {
                tracker.Settled(chunks[i], (i * 10) + 9, isSealed: true);
                settled[i] = true;

                var prefix = settled.TakeWhile(isSettled => isSettled).Count();
                var commits = new List<(string, int, long)>();
                tracker.AddCommits(commits);
                Assert.Equal(prefix == 0 ? [] : [(Topic, 0, prefix * 10L)], commits);
            }
        }
    }

    private Chunk Open(long offset, int partition = 0, ChunkTracker? tracker = null)
    {
        var chunk = new Chunk(new ChunkId(1, Topic, partition, offset), 0, 1, CancellationToken.None);
        (tracker ?? _tracker).Opened(chunk);
        return chunk;
    }

    private List<(string, int, long)> Commits()
    {
        var commits = new List<(string, int, long)>();
        _tracker.AddCommits(commits);
        return commits;
    }
}
