using System.Runtime.InteropServices;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>Records that end just before memory that nobody may read: one byte too far, and the process ends.</summary>
public sealed partial class AvroPlanBoundsTests
{
    private const int Pairs = 40;
    private const int RecordsOfEach = 2_000;

    [Fact]
    public void No_record_is_read_further_than_its_padding() =>
        Fuzz.Run(10_001, Pairs, seed =>
        {
            var pair = new FuzzPair(seed, withAliases: true);
            var (code, steps) = (new BoundSchema(pair.Reader), new BoundSchema(pair.Reader));
            var plan = AvroPlan.TryCompile(pair.Writer, pair.Reader, code.Bindings, out _)!;
            using var memory = new GuardedMemory();
            var accepted = 0;
            for (var i = 0; i < RecordsOfEach; i++)
            {
                var framed = new FramedBytes(plan, pair.Next(), 0);
                var expected = framed.ReadSteps(plan, steps.Target);
                framed.ReadAll(plan, code.Target, memory.LastBytes(framed.Bytes));
                Assert.Equal(expected, framed.Verdicts[0]);
                accepted += expected == Verdict.Accepted ? 1 : 0;
            }

            return (RecordsOfEach, accepted);
        });

    [Theory]
    [InlineData("\"long\"", "808080808002")]
    [InlineData("\"double\"", "0000000000000000")]
    [InlineData("[\"null\",\"long\"]", "02808002")]
    [InlineData("[\"null\",\"string\"]", "020861626364")]
    [InlineData("\"string\"", "7e616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161")]
    [InlineData("\"bytes\"", "04ffff")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"FN\",\"size\":16}", "000102030405060708090a0b0c0d0e0f")]
    [InlineData("[\"null\",\"double\",\"long\"]", "020000000000000000")]
    public void A_record_of_many_fields_that_is_cut_anywhere_is_not_read_further(string type, string value)
    {
        const int Fields = 24;
        var fields = Enumerable.Range(0, Fields).Select(i => $$"""{"name":"f{{new string('x', i)}}","type":{{type.Replace("FN", "F" + i, StringComparison.Ordinal)}}}""");
        var schema = AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{{string.Join(',', fields)}}]}""");
        var bound = new BoundSchema(schema);
        var plan = AvroPlan.TryCompile(schema, schema, bound.Bindings, out _)!;
        var record = Convert.FromHexString(string.Concat(Enumerable.Repeat(value, Fields)));
        using var memory = new GuardedMemory();
        for (var length = 0; length <= record.Length; length++)
        {
            var framed = new FramedBytes(plan, record.AsSpan(0, length), 0);
            framed.ReadAll(plan, bound.Target, memory.LastBytes(framed.Bytes));
            Assert.Equal(length == record.Length ? Verdict.Accepted : Verdict.Truncated, framed.Verdicts[0]);
        }
    }

    /// <summary>Pages, the last of which cannot be read.</summary>
    private sealed unsafe partial class GuardedMemory : IDisposable
    {
        private const int Page = 4096;
        private const int Pages = 16;
        private const int ReadAndWrite = 3;
        private const int PrivateAndAnonymous = 0x22;
        private readonly byte* _start = Map(null, Page * Pages, ReadAndWrite, PrivateAndAnonymous, -1, 0);

        public GuardedMemory()
        {
            if ((nint)_start == -1 || Protect(_start + (Page * (Pages - 1)), Page, 0) != 0)
            {
                throw new InvalidOperationException($"mmap or mprotect failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        /// <summary>A copy of the bytes that ends where nothing can be read.</summary>
        public ReadOnlySpan<byte> LastBytes(ReadOnlySpan<byte> bytes)
        {
            var copy = new Span<byte>(_start + (Page * (Pages - 1)) - bytes.Length, bytes.Length);
            bytes.CopyTo(copy);
            return copy;
        }

        public void Dispose() => Unmap(_start, Page * Pages);

        [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
        private static partial byte* Map(void* at, nint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
        private static partial int Protect(void* at, nint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
        private static partial int Unmap(void* at, nint length);
    }
}
