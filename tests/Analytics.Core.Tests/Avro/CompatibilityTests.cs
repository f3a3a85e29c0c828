using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

public sealed class CompatibilityTests
{
    private const string A = "{\"name\":\"a\",\"type\":\"int\"}";
    private const string ALong = "{\"name\":\"a\",\"type\":\"long\"}";
    private const string B = "{\"name\":\"b\",\"type\":\"int\"}";
    private const string BDefault = "{\"name\":\"b\",\"type\":\"int\",\"default\":0}";

    /// <summary>A change between two versions, and whether it is backward and forward compatible.</summary>
    [Theory]
    [InlineData("a field with a default is added", A, A + "," + BDefault, true, true)]
    [InlineData("a field without a default is added", A, A + "," + B, false, true)]
    [InlineData("a field with a default is removed", A + "," + BDefault, A, true, true)]
    [InlineData("a field without a default is removed", A + "," + B, A, true, false)]
    [InlineData("a type is promoted", A, ALong, true, false)]
    [InlineData("a type is narrowed", ALong, A, false, true)]
    [InlineData("fields change places", A + "," + B, B + "," + A, true, true)]
    [InlineData("a field becomes optional", A, "{\"name\":\"a\",\"type\":[\"null\",\"int\"]}", true, false)]
    [InlineData("a field is renamed with an alias", A, "{\"name\":\"z\",\"type\":\"int\",\"aliases\":[\"a\"]}", true, false)]
    [InlineData("a field becomes text", A, "{\"name\":\"a\",\"type\":\"string\"}", false, false)]
    [InlineData("a symbol is added", "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}}", "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}}", true, false)]
    [InlineData("a symbol is added to an enum with a default", "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}}", "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"],\"default\":\"A\"}}", true, true)]
    [InlineData("a branch is added", "{\"name\":\"u\",\"type\":[\"null\",\"int\"]}", "{\"name\":\"u\",\"type\":[\"null\",\"int\",\"string\"]}", true, false)]
    public void A_change_is_judged_in_both_directions(string what, string old, string next, bool backward, bool forward)
    {
        Assert.NotEmpty(what);
        var (first, second) = (Record(old), Record(next));
        Assert.Equal(backward, Compatibility.Check(CompatibilityLevel.Backward, second, [first]).Count == 0);
        Assert.Equal(forward, Compatibility.Check(CompatibilityLevel.Forward, second, [first]).Count == 0);
        Assert.Equal(backward && forward, Compatibility.Check(CompatibilityLevel.Full, second, [first]).Count == 0);
        Assert.Empty(Compatibility.Check(CompatibilityLevel.None, second, [first]));
    }

    /// <summary>Versions 1 and 2 lie before the new one, which goes together with 2 and not with 1.</summary>
    [Theory]
    [InlineData(CompatibilityLevel.None, true)]
    [InlineData(CompatibilityLevel.Backward, true)]
    [InlineData(CompatibilityLevel.BackwardTransitive, false)]
    [InlineData(CompatibilityLevel.Forward, true)]
    [InlineData(CompatibilityLevel.ForwardTransitive, false)]
    [InlineData(CompatibilityLevel.Full, true)]
    [InlineData(CompatibilityLevel.FullTransitive, false)]
    public void Only_transitive_levels_look_beyond_the_last_version(CompatibilityLevel level, bool fits) =>
        Assert.Equal(fits, Compatibility.Check(level, Record("{\"name\":\"c\",\"type\":\"string\"}"), [Record("{\"name\":\"c\",\"type\":\"int\"}"), Record("{\"name\":\"c\",\"type\":\"string\"}")]).Count == 0);

    [Fact]
    public void The_first_schema_of_a_subject_fits() => Assert.Empty(Compatibility.Check(CompatibilityLevel.FullTransitive, Record(A), []));

    [Fact]
    public void A_reason_names_the_field_and_the_version() =>
        Assert.Equal(
            ["The new schema cannot read what version 2 of 2 wrote: b: the writer has no such field, and the reader has no default for it"],
            Compatibility.Check(CompatibilityLevel.Backward, Record(A + "," + B), [Record(B), Record(A)]));

    [Theory]
    [InlineData("BACKWARD", CompatibilityLevel.Backward)]
    [InlineData("full_transitive", CompatibilityLevel.FullTransitive)]
    public void A_level_has_the_registrys_name(string name, CompatibilityLevel level)
    {
        Assert.True(Compatibility.TryParse(name, out var parsed));
        Assert.Equal((level, name.ToUpperInvariant()), (parsed, parsed.Name()));
    }

    [Fact]
    public void Another_name_is_no_level() => Assert.False(Compatibility.TryParse("SIDEWAYS", out _));

    [Fact]
    public void Recursive_schemas_are_compared_once()
    {
        const string Tree = """{"type":"record","name":"T","fields":[{"name":"v","type":"TYPE"},{"name":"kids","type":{"type":"array","items":"T"}}]}""";
        var (ints, longs) = (AvroSchema.Parse(Tree.Replace("TYPE", "int", StringComparison.Ordinal)), AvroSchema.Parse(Tree.Replace("TYPE", "long", StringComparison.Ordinal)));
        Assert.Empty(Compatibility.Explain(longs, ints));
        Assert.Equal(["v: long cannot be read as int"], Compatibility.Explain(ints, longs));
    }

    [Fact]
    public void Schemas_built_to_take_for_ever_are_refused()
    {
        // Each type holds the one before it twice, under unions that fail only at the bottom.
        string Ladder(string bottom) => "[" + string.Join(",", Enumerable.Range(0, 60).Select(i => i == 0
            ? $$"""{"type":"record","name":"R0","fields":[{"name":"x","type":"{{bottom}}"}]}"""
            : $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":["null","R{{i - 1}}"]},{"name":"b","type":["string","R{{i - 1}}"]}]}""")) + "]";
        Assert.NotEmpty(Compatibility.Explain(AvroSchema.Parse(Ladder("int")), AvroSchema.Parse(Ladder("string"))));
    }

    private static AvroSchema Record(string fields) => AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{{fields}}]}""");
}
