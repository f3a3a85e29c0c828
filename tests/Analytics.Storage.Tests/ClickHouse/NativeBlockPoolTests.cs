using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class NativeBlockPoolTests
{
    private static readonly TableShape Shape = new("t", PartitionedBy.Nothing, [new("name", "String"), new("word", NativeColumn.LowCardinality), new("at", "Nullable(Int64)")]);

    [Fact]
    public void A_block_that_comes_back_is_empty_keeps_its_memory_and_makes_the_same_bytes_as_a_new_one()
    {
        var pool = new NativeBlockPool(keep: 1 << 20);
        var used = Filled(pool.Rent(Shape), "some other text", 7, 1_000);
        pool.Return(Shape, used);

        var again = pool.Rent(Shape);

        Assert.Same(used, again);
        Assert.Equal(0, again.Rows);
        Assert.Equal(0, again.Bytes);
        Assert.Equal(BytesOf(Filled(new NativeBlock(Shape.Columns), "a", 3, 2)), BytesOf(Filled(again, "a", 3, 2)));
    }

    [Fact]
    public void A_block_of_another_table_is_not_handed_out()
    {
        var pool = new NativeBlockPool(keep: 1 << 20);
        var used = Filled(pool.Rent(Shape), "a", 1, 10);
        pool.Return(Shape, used);

        Assert.NotSame(used, pool.Rent(Shape with { Table = "other" }));
    }

    [Fact]
    public void Memory_beyond_the_bound_is_given_away()
    {
        var bound = 2 * Filled(new NativeBlock(Shape.Columns), "a", 1, 500).Capacity;
        var pool = new NativeBlockPool(bound);
        NativeBlock[] blocks = [Filled(pool.Rent(Shape), "a", 1, 500), Filled(pool.Rent(Shape), "b", 1, 500), Filled(pool.Rent(Shape), "c", 1, 500)];

        foreach (var block in blocks)
        {
            pool.Return(Shape, block);
        }

        Assert.Equal(bound, pool.KeptBytes);
        Assert.Equal([false, false, true], blocks.Select(block => block.Capacity == 0));
    }

    [Fact]
    public void What_is_rented_no_longer_counts_as_kept()
    {
        var pool = new NativeBlockPool(keep: 1 << 20);
        pool.Return(Shape, Filled(pool.Rent(Shape), "a", 1, 100));
        Assert.True(pool.KeptBytes > 0);

        pool.Rent(Shape);

        Assert.Equal(0, pool.KeptBytes);
    }

    private static NativeBlock Filled(NativeBlock block, string text, int word, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            block[0].AddText(System.Text.Encoding.UTF8.GetBytes(text));
            block[1].AddWord(word, "word"u8);
            block[2].AddNullable(row, row % 2 == 0);
            block.EndRow();
        }

        return block;
    }

    private static byte[] BytesOf(NativeBlock block) => [.. block.Parts().SelectMany(part => part.ToArray())];
}
