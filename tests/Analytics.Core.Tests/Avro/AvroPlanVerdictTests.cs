using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>One row, one way for a record to be broken, and its exact verdict.</summary>
public sealed class AvroPlanVerdictTests
{
    private const string Items = """{"type":"array","items":"int"}""";
    private const string Nulls = """{"type":"array","items":"null"}""";
    private const string Texts = """{"type":"map","values":"string"}""";
    private const string Fixed16 = """{"type":"fixed","name":"F","size":16}""";
    private const string Enum = """{"type":"enum","name":"E","symbols":["A","B"]}""";
    private const string Maybe = """["null","string"]""";

    public static TheoryData<string, string, string, Verdict> Broken => new()
    {
        { "no byte at all", "\"int\"", "", Verdict.Truncated },
        { "a number cut off", "\"int\"", "80", Verdict.Truncated },
        { "a long number cut off", "\"long\"", "808080808080808080", Verdict.Truncated },
        { "a number of 11 bytes", "\"long\"", "8080808080808080808001", Verdict.Corrupt },
        { "a number of 65 bits", "\"long\"", "80808080808080808002", Verdict.Corrupt },
        { "an int of 33 bits", "\"int\"", "8080808020", Verdict.Corrupt },
        { "an int one too large", "\"int\"", "8080808010", Verdict.Corrupt },
        { "a boolean of 2", "\"boolean\"", "02", Verdict.Corrupt },
        { "a boolean that is not there", "\"boolean\"", "", Verdict.Truncated },
        { "a float cut off", "\"float\"", "000000", Verdict.Truncated },
        { "a double cut off", "\"double\"", "00000000000000", Verdict.Truncated },
        { "a fixed cut off", Fixed16, "000102030405060708090a0b0c0d0e", Verdict.Truncated },
        { "a text without its length", "\"string\"", "", Verdict.Truncated },
        { "a text cut off", "\"string\"", "0461", Verdict.Truncated },
        { "a text of negative length", "\"string\"", "01", Verdict.Corrupt },
        { "a text of the smallest length", "\"string\"", "ffffffffffffffffff01", Verdict.Corrupt },
        { "a text of 2 GiB", "\"string\"", "808080801061", Verdict.Truncated },
        { "a text of the largest length", "\"string\"", "feffffffffffffffff0161", Verdict.Truncated },
        { "a text with a stray byte", "\"string\"", "0461ff", Verdict.InvalidUtf8 },
        { "a text that ends inside a letter", "\"string\"", "0461c3", Verdict.InvalidUtf8 },
        { "a text with an overlong letter", "\"string\"", "04c080", Verdict.InvalidUtf8 },
        { "a text with half a pair", "\"string\"", "06eda080", Verdict.InvalidUtf8 },
        { "a long text with a stray byte at its end", "\"string\"", "50" + "6161616161616161616161616161616161616161616161616161616161616161616161616161" + "61ff", Verdict.InvalidUtf8 },
        { "a long text with a stray byte at its start", "\"string\"", "50" + "ff61" + "6161616161616161616161616161616161616161616161616161616161616161616161616161", Verdict.InvalidUtf8 },
        { "a symbol that the enum does not have", Enum, "04", Verdict.Corrupt },
        { "a negative symbol", Enum, "01", Verdict.Corrupt },
        { "a branch that the union does not have", Maybe, "04", Verdict.Corrupt },
        { "a negative branch", Maybe, "01", Verdict.Corrupt },
        { "a branch without its value", Maybe, "02", Verdict.Truncated },
        { "a branch that the union of several does not have", """["null","string","int"]""", "06", Verdict.Corrupt },
        { "an array without its end", Items, "0202", Verdict.Truncated },
        { "an array cut off", Items, "0402", Verdict.Truncated },
        { "an array of more items than there are bytes", Items, "c80102", Verdict.Truncated },
        { "an array of more items than the limit", Items, "8080808010" + "02", Verdict.TooManyItems },
        { "an array of the largest number of items", Items, "feffffffffffffffff01", Verdict.TooManyItems },
        { "an array of the smallest number of items", Items, "ffffffffffffffffff01" + "00", Verdict.TooManyItems },
        { "an array of more nulls than the limit", Nulls, "8280808010" + "00", Verdict.TooManyItems },
        { "an array that passes the limit block by block", Nulls, "80800280800200", Verdict.TooManyItems },
        { "a block of negative size", Items, "01010200", Verdict.Corrupt },
        { "a block larger than the record", Items, "01640200", Verdict.Truncated },
        { "a map key that is not UTF-8", Texts, "0202ff026100", Verdict.InvalidUtf8 },
        { "a map value that is not UTF-8", Texts, "0202610" + "2ff00", Verdict.InvalidUtf8 },
        { "a map cut off", Texts, "02026102", Verdict.Truncated },
        { "a byte too many", "\"int\"", "0200", Verdict.TrailingBytes },
        { "a byte where nothing is", "\"null\"", "00", Verdict.TrailingBytes },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_record_has_one_verdict(string what, string type, string record, Verdict expected)
    {
        Assert.NotEmpty(what);
        var schema = AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{"name":"f","type":{{type}}}]}""");
        Assert.Equal(expected.ToString(), new BoundSchema(schema).Read(schema, Convert.FromHexString(record)));
    }

    [Theory]
    [InlineData("0202ff026100", Verdict.InvalidUtf8)]
    [InlineData("0202610" + "2ff00", Verdict.InvalidUtf8)]
    [InlineData("020261026200", Verdict.Accepted)]
    [InlineData("0108" + "02610262" + "00", Verdict.Accepted)]
    [InlineData("0101" + "02610262" + "00", Verdict.Corrupt)]
    [InlineData("8080808010", Verdict.TooManyItems)]
    [InlineData("0a", Verdict.Truncated)]
    [InlineData("", Verdict.Truncated)]
    [InlineData("02026102", Verdict.Truncated)]
    public void A_map_column_checks_the_blocks_that_it_keeps(string record, Verdict expected)
    {
        var schema = AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{"name":"f","type":{{Texts}}}]}""");
        var bindings = new ColumnBindings().Add("f", ColumnKind.Span);
        var target = new AvroTarget(bindings, new SpanColumn());
        var plan = AvroPlan.TryCompile(schema, schema, bindings, out _)!;
        var framed = new FramedBytes(plan, Convert.FromHexString(record), 0);

        Assert.Equal((expected, expected), (framed.ReadCode(plan, target), framed.ReadSteps(plan, target)));
    }

    [Fact]
    public void A_skipped_recursive_value_ends_at_its_depth_limit()
    {
        var writer = AvroSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"n","type":{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}},{"name":"f","type":"int"}]}""");
        var reader = AvroSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}""");
        byte[] Nested(int depth) => [.. Enumerable.Repeat((byte)2, depth), 0, 8];

        Assert.Equal("(4)", new BoundSchema(reader).Read(writer, Nested(AvroLimits.RecordDepth - 1)));
        Assert.Equal("TooManyItems", new BoundSchema(reader).Read(writer, Nested(AvroLimits.RecordDepth)));
        Assert.Equal("TooManyItems", new BoundSchema(reader).Read(writer, Nested(1_000_000)));
    }

    [Fact]
    public void A_cleared_row_is_absent_but_for_what_is_kept()
    {
        var bindings = new ColumnBindings().Add("a", ColumnKind.Long).Add("b", ColumnKind.Long);
        var (a, b) = (new LongColumn(), new LongColumn());
        var target = new AvroTarget(bindings, a, b);
        target.Begin(2);
        (a.Values[1], b.Values[1]) = (5, 6);

        AvroPlan.Clear(1, target, keep: 0);

        Assert.Equal((5, LongColumn.Absent), (a.Values[1], b.Values[1]));
    }
}
