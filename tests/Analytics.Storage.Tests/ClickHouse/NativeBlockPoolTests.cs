using System.Text;
using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class NativeBlockPoolTests
{
    private static readonly TableShape Shape = new("t", PartitionedBy.Nothing, [new("name", "String"), new("word", NativeColumn.LowCardinality), new("at", "Nullable(Int64)")]);

    [Fact]
    public void A_block_that_comes_back_is_empty_and_makes_the_same_bytes_as_a_new_one()
    {
        var pool = new NativeBlockPool(keep: 4);
        var used = Filled(pool.Rent(Shape), "some other text", 7, 10_000);
        pool.Return(Shape, used);

        var again = pool.Rent(Shape);

        Assert.Same(used, again);
        Assert.Equal((0, 0, 0), (again.Rows, again.Bytes, again.Capacity));
        Assert.Equal(BytesOf(Filled(new NativeBlock(Shape.Columns), "a", 3, 2)), BytesOf(Filled(again, "a", 3, 2)));
    }

    [Fact]
    public void A_block_of_another_table_is_not_handed_out()
    {
        var pool = new NativeBlockPool(keep: 4);
        var used = Filled(pool.Rent(Shape), "a", 1, 10);
        pool.Return(Shape, used);

        Assert.NotSame(used, pool.Rent(Shape with { Table = "other" }));
    }

    [Fact]
    public void Blocks_beyond_the_bound_are_not_kept()
    {
        var pool = new NativeBlockPool(keep: 1);
        NativeBlock[] blocks = [pool.Rent(Shape), pool.Rent(Shape)];
        Array.ForEach(blocks, block => pool.Return(Shape, block));

        Assert.Same(blocks[0], pool.Rent(Shape));
        Assert.DoesNotContain(pool.Rent(Shape), blocks);
    }

    [Fact]
    public void A_block_holds_little_more_memory_than_its_bytes()
    {
        var block = Filled(new NativeBlock(Shape.Columns), "some text", 1, 100_000);
        Assert.InRange(block.Capacity, block.Bytes, block.Bytes * 1.1);
        block.Clear();
    }

    private static NativeBlock Filled(NativeBlock block, string text, int word, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            block[0].AddText(Encoding.UTF8.GetBytes(text));
            block[1].AddWord(word, "word"u8);
            block[2].AddNullable(row, row % 2 == 0);
            block.EndRow();
        }

        return block;
    }

    private static byte[] BytesOf(NativeBlock block) => [.. block.Parts().SelectMany(part => part.ToArray())];
}
