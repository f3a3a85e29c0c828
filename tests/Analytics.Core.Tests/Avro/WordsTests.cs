using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

public sealed class WordsTests
{
    [Fact]
    public void Equal_texts_have_one_id_and_the_empty_one_is_0()
    {
        var words = new Words();
        var texts = Enumerable.Range(0, 20_000).Select(i => Encoding.UTF8.GetBytes(new string('x', i % 70) + i)).ToArray();
        var ids = texts.Select(text => words.Intern(text)).ToArray();

        Assert.Equal(0, words.Intern([]));
        Assert.Equal(texts.Length, ids.Distinct().Count());
        Assert.Equal(texts.Length + 1, words.Count);
        Assert.Equal(ids, texts.Select(text => words.Intern(text)));
        Assert.All(texts.Zip(ids), pair => Assert.Equal(pair.First, words[pair.Second].ToArray()));
    }

    [Fact]
    public void A_zero_byte_at_the_end_makes_another_text()
    {
        var words = new Words();
        Assert.Equal(3, new[] { words.Intern("a"u8), words.Intern("a\0"u8), words.Intern("a\0\0"u8) }.Distinct().Count());
    }

    [Fact]
    public void Threads_that_meet_the_same_texts_agree_on_their_ids()
    {
        var words = new Words();
        var texts = Enumerable.Range(0, 5_000).Select(i => Encoding.UTF8.GetBytes((i % 2 == 0 ? "w" : new string('l', 40)) + i)).ToArray();
        var ids = Interned(words, texts, threads: 4);

        Assert.All(ids, lane => Assert.Equal(ids[0], lane));
        Assert.Equal(texts.Length + 1, words.Count);
    }

    [Fact]
    public void Threads_that_meet_more_short_texts_than_their_table_holds_agree_on_their_ids()
    {
        var words = new Words();
        var texts = Enumerable.Range(0, 2 * Words.MostShort).Select(i => Encoding.UTF8.GetBytes("w" + i)).ToArray();
        var ids = Interned(words, texts, threads: 3);

        Assert.All(ids, lane => Assert.Equal(ids[0], lane));
        Assert.Equal(texts.Length + 1, words.Count);
        Assert.All(texts.Zip(ids[0]), pair => Assert.Equal(pair.First, words[pair.Second].ToArray()));
    }

    [Fact]
    public void A_million_different_texts_take_a_hundred_bytes_or_two_each()
    {
        const int Texts = 1_000_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var words = new Words();
        Span<byte> text = stackalloc byte[32];
        for (var i = 0; i < Texts; i++)
        {
            Encoding.UTF8.TryGetBytes($"page_{i}", text, out var length);
            words.Intern(text[..length]);
        }

        // The tables that were outgrown are among them.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Texts, 40, 200);
    }

    [Fact]
    public void A_known_text_costs_no_memory()
    {
        var words = new Words();
        words.Intern("page_view"u8);
        words.Intern("a text that is longer than one vector of bytes"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        words.Intern("page_view"u8);
        words.Intern("a text that is longer than one vector of bytes"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Of_a_string_that_is_too_long_for_any_field_only_as_much_is_kept_as_shows_it()
    {
        var words = new Words();
        var id = words.Intern(new byte[1 << 20]);
        Assert.Equal(Words.LongestKept, words[id].Length);
        Assert.True(words[id].Length > EventLimits.LongTextBytes);
        Assert.Equal(id, words.Intern(new byte[Words.LongestKept]));
        Assert.NotEqual(id, words.Intern(new byte[EventLimits.LongTextBytes]));
    }

    // The ids that each of several threads gets, all at once.
    private static int[][] Interned(Words words, byte[][] texts, int threads)
    {
        var ids = new int[threads][];
        var all = Enumerable.Range(0, threads).Select(lane => new Thread(() => ids[lane] = [.. texts.Select(text => words.Intern(text))])).ToArray();
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        return ids;
    }
}
