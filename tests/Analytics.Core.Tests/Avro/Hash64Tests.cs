using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

public sealed class Hash64Tests
{
    /// <summary>The definition, byte by byte: the hash is stored in sketches and may never change.</summary>
    [Fact]
    public void The_hash_is_that_of_its_definition()
    {
        var random = new Random(9);
        for (var length = 0; length < 100; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(Defined(bytes), Hash64.Of(bytes));
        }
    }

    private static ulong Defined(byte[] bytes)
    {
        var hash = 0xA0761D6478BD642F;
        var at = 0;
        for (; bytes.Length - at >= 8; at += 8)
        {
            hash = Fold(hash ^ Number(bytes, at, 8), 0xE7037ED1A0B428DB);
        }

        return Hash64.Mix(Fold(hash ^ Number(bytes, at, bytes.Length - at), 0xE7037ED1A0B428DB ^ (ulong)bytes.Length));
    }

    private static ulong Number(byte[] bytes, int at, int count)
    {
        ulong number = 0;
        for (var i = 0; i < count; i++)
        {
            number |= (ulong)bytes[at + i] << (8 * i);
        }

        return number;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var product = (UInt128)a * b;
        return (ulong)(product >> 64) ^ (ulong)product;
    }
}
