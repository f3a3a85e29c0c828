using Analytics.Core.Chunks;

namespace Analytics.Core.Tests.Chunks;

public class ChunkBorderTests
{
    private const long Hour = 3_600_000;

    [Theory]
    // offset, timestamp, previous offset, first timestamp, size, opens
    [InlineData(1, 0, 0, 0, 10, false)]
    [InlineData(9, 0, 8, 0, 10, false)]
    [InlineData(10, 0, 9, 0, 10, true)]
    [InlineData(19, 0, 10, 0, 10, false)]
    // A hole over a border opens; one inside a chunk does not.
    [InlineData(12, 0, 7, 0, 10, true)]
    [InlineData(18, 0, 11, 0, 10, false)]
    [InlineData(35, 0, 14, 0, 10, true)]
    // Exactly an hour after the first record opens; a millisecond less does not.
    [InlineData(5, Hour - 1, 4, 0, 10, false)]
    [InlineData(5, Hour, 4, 0, 10, true)]
    [InlineData(5, Hour + 77, 4, 77, 10, true)]
    [InlineData(5, Hour + 76, 4, 77, 10, false)]
    // An earlier timestamp opens nothing, however much earlier.
    [InlineData(5, 0, 4, 50 * Hour, 10, false)]
    [InlineData(5, 50 * Hour - 1, 4, 50 * Hour, 10, false)]
    // Kafka's -1 for "no timestamp".
    [InlineData(5, -1, 4, -1, 10, false)]
    public void A_chunk_opens(long offset, long timestamp, long previousOffset, long firstTimestamp, long size, bool opens) =>
        Assert.Equal(opens, ChunkBorder.Opens(offset, timestamp, previousOffset, firstTimestamp, 999, new ChunkLimits(size, 1_000)));

    [Theory]
    [InlineData(999, 1_000, false)]
    [InlineData(1_000, 1_000, true)]
    [InlineData(5_000, 1_000, true)]
    [InlineData(long.MaxValue, 0, false)]
    public void A_chunk_that_has_its_bytes_ends(long bytes, long limit, bool opens) =>
        Assert.Equal(opens, ChunkBorder.Opens(1, 0, 0, 0, bytes, new ChunkLimits(10, limit)));
}
