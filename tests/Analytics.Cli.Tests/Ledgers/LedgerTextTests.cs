using Analytics.Cli.Ledgers;
using Analytics.Core.Chunks;

namespace Analytics.Cli.Tests.Ledgers;

public sealed class LedgerTextTests
{
    [Fact]
    public void A_ledger_that_adds_up_ends_with_ok() => Assert.EndsWith(
        "ok: 1 partitions tiled, read = accepted + duplicate + rejected + filtered\n", Write(Row(0, 9)), StringComparison.Ordinal);

    [Fact]
    public void A_fault_names_topic_partition_and_chunk() => Assert.Contains(
        "FAULT order-events [3] chunk 20 epoch 0000000000000001: gap: offsets 10 to 19 stand in no chunk", Write(Row(0, 9), Row(20, 29)), StringComparison.Ordinal);

    [Fact]
    public void An_empty_ledger_says_so() => Assert.Equal("The ledger is empty: no record has been counted yet.\n", Write());

    private static string Write(params LedgerRow[] rows)
    {
        var text = new StringWriter { NewLine = "\n" };
        LedgerText.Write(LedgerCheck.Of(rows), text);
        return text.ToString();
    }

    private static LedgerRow Row(long first, long last) =>
        new(new ChunkId(1, "order-events", 3, first), last, true, 1, last - first + 1, last - first + 1, 0, 0, new Dictionary<string, long>(), 0);
}
