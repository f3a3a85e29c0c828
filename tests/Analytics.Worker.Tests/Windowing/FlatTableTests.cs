using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

public sealed class FlatTableTests
{
    [Fact]
    public void It_counts_as_a_dictionary_does_and_numbers_keys_as_they_come()
    {
        var random = new Random(1);
        var table = new FlatTable<MinuteKey, long>();
        var expected = new Dictionary<(ulong, int), long>();
        var order = new List<(ulong, int)>();
        for (var i = 0; i < 50_000; i++)
        {
            var key = ((ulong)random.Next(200), random.Next(100));
            table.Find(new MinuteKey(key.Item1, key.Item2)).Value += i;
            if (!expected.TryAdd(key, i))
            {
                expected[key] += i;
            }
            else
            {
                order.Add(key);
            }
        }

        Assert.Equal(order.Count, table.Count);
        for (var entry = 0; entry < order.Count; entry++)
        {
            ref var slot = ref table[entry];
            Assert.Equal((order[entry], expected[order[entry]], entry), ((slot.Key.Tenant, slot.Key.Minute), slot.Value, slot.Entry));
        }
    }

    [Fact]
    public void Marks_stay_with_their_entry_when_the_table_grows()
    {
        var table = new FlatTable<MinuteKey, long>();
        for (var i = 0; i < 1_000; i++)
        {
            table.Find(new MinuteKey(1, i)).Marks = i + 1;
        }

        Assert.All(Enumerable.Range(0, 1_000), entry => Assert.Equal(entry + 1, table[entry].Marks));
    }

    [Fact]
    public void A_cleared_table_knows_nothing_of_what_it_held()
    {
        var table = new FlatTable<MinuteKey, long>();
        for (var i = 0; i < 1_000; i++)
        {
            table.Find(new MinuteKey(1, i)).Value = i + 1;
        }

        table.Clear();
        Assert.Equal(0, table.Count);
        ref var slot = ref table.Find(new MinuteKey(1, 7));
        Assert.Equal((0L, 0, 0), (slot.Value, slot.Marks, slot.Entry));
    }
}
