using System.Runtime.InteropServices;
using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class NativeSectionTests
{
    private readonly NativeSection _section = new();

    /// <summary>Additions of all kinds in random sizes, against a list of bytes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pages_hold_what_one_long_array_would(int seed)
    {
        var (dice, expected) = (new Random(seed), new List<byte>());
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = new byte[dice.Next(4) == 0 ? dice.Next(40_000) / (1 + dice.Next(400)) : dice.Next(40)];
            dice.NextBytes(bytes);
            switch (dice.Next(4))
            {
                case 0:
                    _section.AddBytes(bytes);
                    expected.AddRange(bytes);
                    break;
                case 1:
                    _section.AddText(bytes);
                    expected.AddRange(Prefix(bytes.Length));
                    expected.AddRange(bytes);
                    break;
                case 2:
                    _section.Add((long)i);
                    expected.AddRange(BitConverter.GetBytes((long)i));
                    break;
                default:
                    var numbers = MemoryMarshal.Cast<byte, uint>(bytes);
                    numbers.CopyTo(_section.Extend<uint>(numbers.Length));
                    expected.AddRange(MemoryMarshal.AsBytes(numbers));
                    break;
            }
        }

        Assert.Equal(expected.Count, _section.Length);
        Assert.Equal(expected, BytesOf(_section));
        _section.Clear();
        Assert.Equal((0, 0), (_section.Length, _section.Capacity));
        Assert.Empty(_section.Parts);
    }

    [Fact]
    public void Numbers_that_become_wider_keep_their_values_and_order()
    {
        byte[] numbers = [.. Enumerable.Range(0, 50_000).Select(i => (byte)i)];
        foreach (var strip in numbers.Chunk(512))
        {
            strip.CopyTo(_section.Extend<byte>(strip.Length));
        }

        _section.Widen<byte, ushort>();
        _section.Widen<ushort, uint>();
        Assert.Equal(numbers.Select(number => (uint)number), MemoryMarshal.Cast<byte, uint>(BytesOf(_section)).ToArray());
        Assert.InRange(_section.Capacity, 200_000, 200_000 + PagePool.Large + PagePool.Small);
    }

    [Fact]
    public void A_short_section_takes_a_small_page()
    {
        _section.Add(1L);
        Assert.Equal(PagePool.Small, _section.Capacity);
        _section.Extend<long>(512);
        Assert.Equal(PagePool.Small + PagePool.Large, _section.Capacity);
    }

    private static byte[] BytesOf(NativeSection section) => [.. section.Parts.SelectMany(part => part.ToArray())];

    private static IEnumerable<byte> Prefix(int length)
    {
        for (; length >= 0x80; length >>= 7)
        {
            yield return (byte)(length | 0x80);
        }

        yield return (byte)length;
    }
}
