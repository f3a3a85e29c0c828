using Analytics.Core.Chunks;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Analytics.Worker.Tests.Consuming;

namespace Analytics.Worker.Tests.Configuring;

public sealed class ConfigVersionsTests
{
    private static readonly EventConfig Settings = EventConfig.OfSettings(new EnrichingOptions(), new CountingOptions());
    private readonly MovedTime _time = new(DateTimeOffset.Parse("2090-11-22T12:00:00Z"));
    private readonly ConfigVersions _versions;

    public ConfigVersionsTests() => _versions = new ConfigVersions(Settings, new ConfigsOptions(), _time);

    [Theory]
    [InlineData(999, 1)]
    [InlineData(1_000, 2)]
    [InlineData(1_999, 2)]
    [InlineData(2_000, 4)]
    [InlineData(50_000, 4)]
    public void The_version_that_became_active_last_holds_and_of_two_the_higher_number(long timestamp, uint expected)
    {
        _versions.Looked([Version(4, 2_000), Version(2, 1_000), Version(3, 2_000)], []);
        Assert.Equal(new ActiveVersion(expected), _versions.At(timestamp));
        Assert.Equal(expected, _versions.Of(expected).Version);
    }

    [Fact]
    public void A_version_that_others_have_and_this_worker_lacks_is_no_guess()
    {
        _versions.Looked([Version(2, 1_000)], [(3, 5_000), (7, 100)]);
        Assert.Equal(new ActiveVersion(2), _versions.At(4_999));
        var lacking = _versions.At(5_000);
        Assert.Contains("version 3", lacking.Problem, StringComparison.Ordinal);
        _versions.Looked([Version(3, 5_000)], []);
        Assert.Equal(new ActiveVersion(3), _versions.At(5_000));
    }

    [Fact]
    public void Without_a_look_for_longer_than_the_notice_nothing_is_known()
    {
        Assert.True(_versions.At(0).MustWait);
        _versions.Looked([], []);
        _time.Now += TimeSpan.FromSeconds(120);
        Assert.Equal(new ActiveVersion(1), _versions.At(0));
        _time.Now += TimeSpan.FromSeconds(1);
        Assert.True(_versions.At(0).MustWait);
    }

    [Fact]
    public void A_chunk_keeps_the_version_of_its_first_record()
    {
        _versions.Looked([Version(2, 15)], []);
        using var owner = new PartitionOwner(
            [.. Enumerable.Range(0, 25).Select(offset => new LogRecord(offset, offset))], new ConsumingOptions { ChunkSize = 10 }, new Start(9, 0, 0, []), _versions);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal(
            [(0L, 1U), (10L, 1U), (20L, 2U)],
            owner.Batches.Where(batch => batch.Count > 0).Select(batch => (batch.Chunk.Id.FirstOffset, batch.Chunk.ConfigVersion)).Distinct());
    }

    [Fact]
    public void A_partition_halts_at_the_chunk_whose_version_is_lacking_and_counts_those_before_it()
    {
        _versions.Looked([], [(2, 10)]);
        using var owner = new PartitionOwner(
            [.. Enumerable.Range(0, 25).Select(offset => new LogRecord(offset, offset))], new ConsumingOptions { ChunkSize = 10 }, new Start(9, 0, 0, []), _versions);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal((ReaderState.Halted, 10), (owner.Reader.State, owner.Counted.Values.Sum(offsets => offsets.Count)));
        Assert.Contains("version 2", owner.Reader.Problem, StringComparison.Ordinal);
        Assert.Equal([new ChunkId(9, "events", 3, 0)], owner.Sealed.Keys);
    }

    [Fact]
    public void A_partition_waits_while_the_versions_are_not_known_and_goes_on_without_a_gap()
    {
        _versions.Looked([], []);
        using var owner = new PartitionOwner(
            [.. Enumerable.Range(0, 25).Select(offset => new LogRecord(offset, offset))], new ConsumingOptions { ChunkSize = 10 }, new Start(9, 0, 0, []), _versions);
        owner.Fetch(5);
        _time.Now += TimeSpan.FromMinutes(5);
        owner.Fetch(20);
        owner.Tick(1_000);
        owner.Fetch(20);
        Assert.Equal((ReaderState.Paused, 10), (owner.Reader.State, owner.Counted.Values.Sum(offsets => offsets.Count)));
        _versions.Looked([], []);
        owner.Tick(1_000);
        owner.ReadAll();
        owner.Tick(1_000);
        Assert.Equal(Enumerable.Range(0, 25).Select(offset => (long)offset), owner.Counted.Values.SelectMany(offsets => offsets));
    }

    private static EventConfig Version(uint version, long activates) => Settings with { Version = version, ActivatesAt = activates };
}
