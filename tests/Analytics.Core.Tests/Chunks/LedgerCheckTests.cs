using Analytics.Core.Chunks;

namespace Analytics.Core.Tests.Chunks;

public sealed class LedgerCheckTests
{
    [Fact]
    public void Rows_that_tile_and_add_up_have_no_fault()
    {
        var report = LedgerCheck.Of([Row(0, 99), Row(100, 149), Row(150, 160, isSealed: false)]);

        Assert.Empty(report.Faults);
        var partition = Assert.Single(report.Partitions);
        Assert.Equal((3, 1, 0L, 160L, 161L), (partition.Chunks, partition.OpenChunks, partition.FirstOffset, partition.LastOffset, partition.Total.Read));
    }

    [Theory]
    [InlineData(101, "gap: offsets 100 to 100 stand in no chunk")]
    [InlineData(99, "overlap: offsets 99 to 99 stand in two chunks")]
    public void A_row_that_does_not_start_where_the_one_before_ended_is_a_fault(long first, string expected)
    {
        var report = LedgerCheck.Of([Row(0, 99), Row(first, 149)]);

        Assert.Equal(expected, Assert.Single(report.Faults).Text);
    }

    [Fact]
    public void An_open_chunk_before_another_is_a_fault()
    {
        var report = LedgerCheck.Of([Row(0, 99, isSealed: false), Row(100, 149)]);

        Assert.StartsWith("open: ", Assert.Single(report.Faults).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_does_not_explain_every_record_is_a_fault()
    {
        var report = LedgerCheck.Of([Row(0, 99) with { Accepted = 96, Duplicate = 1, Filtered = 1, Rejected = new Dictionary<string, long> { ["truncated"] = 1 } }]);

        Assert.Equal("sum: read 100, but accepted 96 + duplicate 1 + filtered 1 + rejected 1 = 99", Assert.Single(report.Faults).Text);
    }

    [Fact]
    public void A_row_that_read_fewer_records_than_it_spans_is_a_fault()
    {
        var report = LedgerCheck.Of([Row(0, 99) with { Read = 98, Accepted = 98 }]);

        Assert.Equal("length: read 98 records, but offsets 0 to 99 are 100", Assert.Single(report.Faults).Text);
    }

    [Fact]
    public void Offsets_that_the_log_has_no_record_for_are_explained_by_the_row_that_says_so()
    {
        var report = LedgerCheck.Of(
        [
            Row(0, 99) with { Read = 97, Accepted = 97, Skipped = 5 },
            Row(102, 149) with { Skipped = 1 },
            Row(151, 160, isSealed: false) with { Read = 9, Accepted = 9, Skipped = 1 },
        ]);

        Assert.Empty(report.Faults);
        Assert.Equal((154L, 7L), (report.Partitions[0].Total.Read, report.Partitions[0].Total.Skipped));
    }

    [Theory]
    [InlineData(97, 2, 100, true, "length: read 97 records and skipped 2, but offsets 0 to 99 are 100")]
    [InlineData(97, 4, 102, true, "gap: offsets 101 to 101 stand in no chunk")]
    [InlineData(97, 4, 100, true, "overlap: offsets 100 to 100 stand in two chunks")]
    [InlineData(100, 1, 101, false, "length: read 100 records and skipped 1, but offsets 0 to 99 are 100")]
    [InlineData(101, 0, 100, true, "length: read 101 records, but offsets 0 to 99 are 100")]
    public void Offsets_that_no_row_explains_are_a_fault(long read, long skipped, long next, bool isSealed, string expected)
    {
        var report = LedgerCheck.Of([Row(0, 99, isSealed) with { Read = read, Accepted = read, Skipped = skipped }, Row(next, 149)]);

        Assert.Contains(expected, report.Faults.Select(fault => fault.Text));
    }

    [Fact]
    public void Another_epoch_of_the_topic_is_a_chain_of_its_own()
    {
        var report = LedgerCheck.Of([Row(0, 99, isSealed: false), Row(0, 9, epoch: 2)]);

        Assert.Empty(report.Faults);
        Assert.Equal(2, report.Partitions.Count);
    }

    [Fact]
    public void Reasons_are_summed_over_all_rows()
    {
        var report = LedgerCheck.Of(
        [
            Row(0, 99) with { Accepted = 98, Rejected = new Dictionary<string, long> { ["truncated"] = 2 } },
            Row(100, 199) with { Accepted = 99, Rejected = new Dictionary<string, long> { ["truncated"] = 1 } },
        ]);

        Assert.Empty(report.Faults);
        Assert.Equal(3, report.Rejected["truncated"]);
    }

    private static LedgerRow Row(long first, long last, bool isSealed = true, ulong epoch = 1) =>
        new(new ChunkId(epoch, "order-events", 0, first), last, isSealed, 1, last - first + 1, last - first + 1, 0, 0, new Dictionary<string, long>(), 0);
}
