using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

/// <summary>One row, one rule of schema resolution: writer, reader, record in hex, what is read.</summary>
public sealed class AvroPlanResolutionTests
{
    private const string Rec = """{"type":"record","name":"R","fields":[FIELDS]}""";

    public static TheoryData<string, string, string, string, string> Cases => new()
    {
        // what                                    writer's field f                     reader's field f                                record      value
        { "the same type", "\"int\"", "\"int\"", "03", "-2" },
        { "the largest long", "\"long\"", "\"long\"", "feffffffffffffffff01", "9223372036854775807" },
        { "the smallest long", "\"long\"", "\"long\"", "ffffffffffffffffff01", "-9223372036854775808" },
        { "a number in more bytes than it needs", "\"long\"", "\"long\"", "868000", "3" },
        { "int as long", "\"int\"", "\"long\"", "ffffffff0f", "-2147483648" },
        { "int as float", "\"int\"", "\"float\"", "82808010", "f4170000000000000" },
        { "int as double", "\"int\"", "\"double\"", "04", "f4000000000000000" },
        { "long as float", "\"long\"", "\"float\"", "04", "f4000000000000000" },
        { "long as double", "\"long\"", "\"double\"", "04", "f4000000000000000" },
        { "float as double", "\"float\"", "\"double\"", "0000c03f", "f3ff8000000000000" },
        { "double", "\"double\"", "\"double\"", "000000000000f83f", "f3ff8000000000000" },
        { "boolean", "\"boolean\"", "\"boolean\"", "01", "true" },
        { "string as bytes", "\"string\"", "\"bytes\"", "0461ff", "x61ff" },
        { "bytes as string", "\"bytes\"", "\"string\"", "046162", "x6162" },
        { "null", "\"null\"", "\"null\"", "", "null" },
        { "fixed of 16", Fixed(16), Fixed(16), "000102030405060708090a0b0c0d0e0f", "x000102030405060708090a0b0c0d0e0f" },
        { "fixed of 3", Fixed(3), Fixed(3), "010203", "x010203" },
        { "enum by symbol, not by number", Enum("A", "B"), Enum("B", "A"), "00", "A" },
        { "enum with an unknown symbol", Enum("A", "B"), Enum("A"), "02", "IncompatibleSchema" },
        { "enum with an unknown symbol and a default", Enum("A", "B"), """{"type":"enum","name":"E","symbols":["X","A"],"default":"X"}""", "02", "X" },
        { "array in two blocks", """{"type":"array","items":"int"}""", """{"type":"array","items":"long"}""", "0202040406" + "00", "[1,2,3]" },
        { "array in a block with its size", """{"type":"array","items":"int"}""", """{"type":"array","items":"int"}""", "0304020400", "[1,2]" },
        { "empty array", """{"type":"array","items":"int"}""", """{"type":"array","items":"int"}""", "00", "[]" },
        { "map", """{"type":"map","values":"int"}""", """{"type":"map","values":"double"}""", "0202610400", "{x61:f4000000000000000}" },
        { "union as union", """["null","int"]""", """["null","long"]""", "0206", "3" },
        { "null of a union", """["null","int"]""", """["null","long"]""", "00", "null" },
        { "union in another order", """["int","null"]""", """["null","int"]""", "0006", "3" },
        { "value as union", "\"int\"", """["null","int"]""", "06", "3" },
        { "value as the first branch that reads it", "\"int\"", """["null","double","long"]""", "04", "f4000000000000000" },
        { "value as the same branch before one that it would be promoted to", "\"bytes\"", """["null","string","bytes"]""", "02ff", "xff" },
        { "union as value", """["null","int"]""", "\"int\"", "0206", "3" },
        { "union as value, with another branch", """["null","int"]""", "\"int\"", "00", "IncompatibleSchema" },
        { "union as union without that branch", """["null","int","string"]""", """["null","int"]""", "04" + "0261", "IncompatibleSchema" },
        { "union of several", """["null","string","long"]""", """["long","string","null"]""", "04" + "06", "3" },
        { "record inside", Inner("a", "\"int\""), Inner("a", "\"long\""), "06", "(3)" },
        { "optional record that is there", $"[\"null\",{Inner("a", "\"int\"")}]", $"[\"null\",{Inner("a", "\"int\"")}]", "0206", "(3)" },
        { "optional record that is not", $"[\"null\",{Inner("a", "\"int\"")}]", $"[\"null\",{Inner("a", "\"int\"")}]", "00", "null" },
        { "type alias", Inner("a", "\"int\""), """{"type":"record","name":"New","aliases":["I"],"fields":[{"name":"a","type":"int"}]}""", "06", "(3)" },
        { "logical types are their type", """{"type":"long","logicalType":"timestamp-millis"}""", "\"long\"", "06", "3" },
    };

    public static TheoryData<string, string, string, string, string> Fields => new()
    {
        { "reordered", F("a", "\"int\"") + "," + F("b", "\"string\""), F("b", "\"string\"") + "," + F("a", "\"int\""), "02" + "0261", "(x61,1)" },
        { "removed", F("x", "\"string\"") + "," + F("a", "\"int\""), F("a", "\"int\""), "0261" + "02", "(1)" },
        { "removed union", F("x", "[\"null\",\"string\",\"double\"]") + "," + F("a", "\"int\""), F("a", "\"int\""), "04" + "0000000000000000" + "02", "(1)" },
        { "removed array of records", F("x", $$"""{"type":"array","items":{{Inner("s", "\"string\"")}}}""") + "," + F("a", "\"int\""), F("a", "\"int\""), "04" + "0261" + "0262" + "00" + "02", "(1)" },
        { "removed blocks with sizes", F("x", """{"type":"map","values":"string"}""") + "," + F("a", "\"int\""), F("a", "\"int\""), "0108" + "02610262" + "00" + "02", "(1)" },
        { "removed recursive type", F("x", """["null",{"type":"record","name":"Node","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","Node"]}]}]""") + "," + F("a", "\"int\""), F("a", "\"int\""), "02" + "02" + "02" + "04" + "00" + "06", "(3)" },
        { "added with a number", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "\"long\"", "-7"), "02", "(1,-7)" },
        { "added with a text", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "\"string\"", "\"é\""), "02", "(1,xc3a9)" },
        { "added with a text in words", F("a", "\"int\""), F("a", "\"int\"") + "," + F("bb", "\"string\"", "\"é\""), "02", "(1,xc3a9)" },
        { "added with bytes", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "\"bytes\"", "\"\\u00ff\""), "02", "(1,xff)" },
        { "added with a fixed", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", Fixed(16), "\"0123456789abcdef\""), "02", "(1,x30313233343536373839616263646566)" },
        { "added with an enum", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", Enum("A", "B"), "\"B\""), "02", "(1,B)" },
        { "added with a boolean", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "\"boolean\"", "true"), "02", "(1,true)" },
        { "added with a float", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "\"double\"", "1.5"), "02", "(1,f3ff8000000000000)" },
        { "added with null", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "[\"null\",\"string\"]", "null"), "02", "(1,null)" },
        { "added with the first branch", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", "[\"string\",\"null\"]", "\"x\""), "02", "(1,x78)" },
        { "added with an array", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", """{"type":"array","items":"int"}""", "[4,5]"), "02", "(1,[4,5])" },
        { "added with a map", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", """{"type":"map","values":"int"}""", """{"k":4}"""), "02", "(1,{x6b:4})" },
        { "added with a record", F("a", "\"int\""), F("a", "\"int\"") + "," + F("b", Inner("c", "\"int\""), """{"c":9}"""), "02", "(1,(9))" },
        { "renamed by an alias", F("old", "\"int\""), """{"name":"new","type":"int","aliases":["older","old"]}""", "02", "(1)" },
        { "an alias does not take a field that has its own name", F("a", "\"int\"") + "," + F("b", "\"int\""), F("a", "\"int\"") + ",{\"name\":\"c\",\"type\":\"int\",\"aliases\":[\"a\"],\"default\":7}", "0204", "(1,7)" },
        { "items of an array gain and lose fields", F("l", Lines(F("p", "\"string\"") + "," + F("q", "\"int\""))), F("l", Lines(F("q", "\"long\"") + "," + F("d", "\"long\"", "5"))), "04" + "026102" + "026204" + "00", "([(1,5),(2,5)])" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_value_is_read_as_the_readers_type(string what, string writer, string reader, string record, string expected)
    {
        Assert.NotEmpty(what);
        var read = new BoundSchema(Record(F("f", reader))).Read(Record(F("f", writer)), Convert.FromHexString(record));
        Assert.Equal(expected.All(char.IsAsciiLetter) && char.IsUpper(expected[0]) && expected.Length > 1 ? expected : $"({expected})", read);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Fields_are_matched_by_name(string what, string writer, string reader, string record, string expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(expected, new BoundSchema(Record(reader)).Read(Record(writer), Convert.FromHexString(record)));
    }

    [Theory]
    [InlineData("\"string\"", "\"int\"", "string cannot be read as int")]
    [InlineData("\"long\"", "\"int\"", "long cannot be read as int")]
    [InlineData("\"double\"", "\"float\"", "double cannot be read as float")]
    [InlineData("\"boolean\"", "\"long\"", "boolean cannot be read as long")]
    [InlineData("""{"type":"fixed","name":"X","size":3}""", """{"type":"fixed","name":"X","size":4}""", "X has 3 bytes, and is read with 4")]
    [InlineData("""{"type":"fixed","name":"X","size":3}""", """{"type":"fixed","name":"Y","size":3}""", "X cannot be read as Y: the names differ")]
    [InlineData("""{"type":"array","items":"string"}""", """{"type":"array","items":"int"}""", "string cannot be read as int")]
    [InlineData("""["null","string"]""", "\"int\"", "no branch of union [null, string] can be read as int")]
    [InlineData("\"string\"", """["null","int"]""", "string can be read as no branch of union [null, int]")]
    public void What_no_record_can_be_read_as_has_no_plan(string writer, string reader, string reason)
    {
        var read = new BoundSchema(Record(F("f", reader))).Read(Record(F("f", writer)), []);
        Assert.Contains(reason, read, StringComparison.Ordinal);
        Assert.Contains("f", read, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_field_without_a_default_has_no_plan() =>
        Assert.Equal(
            "incompatible: b: the writer has no such field, and the reader has no default for it",
            new BoundSchema(Record(F("a", "\"int\"") + "," + F("b", "\"int\""))).Read(Record(F("a", "\"int\"")), [2]));

    [Fact]
    public void A_map_column_takes_the_blocks_as_they_are()
    {
        var schema = Record(F("m", """{"type":"map","values":"string"}"""));
        var bindings = new ColumnBindings().Add("m", ColumnKind.Span);
        var column = new SpanColumn();
        var target = new AvroTarget(bindings, column);
        var writer = new AvroWriter();
        writer.StringMap([new("a", "1"), new("b", "é")]);
        var plan = AvroPlan.TryCompile(schema, schema, bindings, out _)!;
        var framed = new FramedBytes(plan, writer.Written, 0);
        var bytes = framed.Bytes;

        Assert.Equal(Analytics.Core.Events.Verdict.Accepted, framed.ReadCode(plan, target));
        Assert.Equal(writer.Written, column.Of(0, bytes));
        var pairs = new TextPairs(column.Of(0, bytes));
        Assert.True(pairs.Next(out var key, out var value));
        Assert.Equal("a1"u8, [.. key, .. value]);
        Assert.True(pairs.Next(out key, out value));
        Assert.Equal("bé"u8, [.. key, .. value]);
        Assert.False(pairs.Next(out _, out _));
    }

    [Fact]
    public void A_map_column_refuses_values_that_are_laid_out_otherwise()
    {
        var bindings = new ColumnBindings().Add("m", ColumnKind.Span);
        var writer = Record(F("m", """{"type":"map","values":["null","string"]}"""));
        Assert.Null(AvroPlan.TryCompile(writer, Record(F("m", """{"type":"map","values":"string"}""")), bindings, out var reasons));
        Assert.Contains("not laid out", Assert.Single(reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binding_that_the_reader_does_not_have_is_a_fault_of_the_program()
    {
        var schema = Record(F("a", "\"int\""));
        Assert.Throws<ArgumentException>(() => AvroPlan.TryCompile(schema, schema, new ColumnBindings().Add("b", ColumnKind.Long), out _));
        Assert.Throws<ArgumentException>(() => AvroPlan.TryCompile(schema, schema, new ColumnBindings().Add("a", ColumnKind.Span), out _));
    }

    private static AvroSchema Record(string fields) => AvroSchema.Parse(Rec.Replace("FIELDS", fields, StringComparison.Ordinal));

    private static string F(string name, string type, string? value = null) =>
        $$"""{"name":"{{name}}","type":{{type}}{{(value is null ? "" : ",\"default\":" + value)}}}""";

    private static string Fixed(int size) => $$"""{"type":"fixed","name":"F","size":{{size}}}""";

    private static string Enum(params string[] symbols) => $$"""{"type":"enum","name":"E","symbols":["{{string.Join("\",\"", symbols)}}"]}""";

    private static string Lines(string fields) => "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"L\",\"fields\":[" + fields + "]}}";

    private static string Inner(string field, string type) => $$"""{"type":"record","name":"I","fields":[{{F(field, type)}}]}""";
}
