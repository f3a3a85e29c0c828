using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

public sealed class AvroSchemaTests
{
    /// <summary>A text that is no schema, and a part of what is said about it.</summary>
    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{", "no JSON")]
    [InlineData("\"\\ud800\"", "no Unicode")]
    [InlineData("3", "expected a type")]
    [InlineData("\"Unknown\"", "\"Unknown\" is not known here")]
    [InlineData("{}", "expected the attribute \"type\"")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\"}", "expected the attribute \"fields\"")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":{}}", "to be an array")]
    [InlineData("{\"type\":\"record\",\"fields\":[]}", "expected the attribute \"name\"")]
    [InlineData("{\"type\":\"record\",\"name\":\"1\",\"fields\":[]}", "is no name")]
    [InlineData("{\"type\":\"record\",\"name\":\"int\",\"fields\":[]}", "primitive")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[3]}", "expected a field object")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a-b\",\"type\":\"int\"}]}", "is no field name")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}", "\"a\" twice")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":\"x\"}]}", "\"x\" is no int")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":2147483648}]}", "is no int")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"int\"],\"default\":0}]}", "first branch")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"R\",\"default\":{}}]}", "too large")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"order\":\"up\"}]}", "ascending")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}", "twice")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A-B\"]}", "is no symbol")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}", "none of the enum's symbols")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}", "whole number")]
    [InlineData("{\"type\":\"array\"}", "\"items\"")]
    [InlineData("{\"type\":\"map\"}", "\"values\"")]
    [InlineData("[\"int\",\"int\"]", "int twice")]
    [InlineData("[[\"int\"]]", "directly in a union")]
    [InlineData("[{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}]", "defined twice")]
    public void What_is_wrong_is_said(string text, string reason)
    {
        var wrong = Assert.Throws<AvroSchemaException>(() => AvroSchema.Parse(text));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.False(AvroSchema.TryParse(text, out _, out var error));
        Assert.Equal(wrong.Message, error);
    }

    [Fact]
    public void A_schema_nested_too_deep_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 100)) + "\"int\"" + new string('}', 100);
        Assert.Throws<AvroSchemaException>(() => AvroSchema.Parse(text));
    }

    [Fact]
    public void A_schema_too_long_is_refused() => Assert.Throws<AvroSchemaException>(() => AvroSchema.Parse(new string(' ', AvroLimits.SchemaText + 1)));

    [Fact]
    public void Defaults_that_multiply_are_refused()
    {
        var text = new StringBuilder("[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
        for (var i = 1; i < 60; i++)
        {
            var field = $"\"type\":\"R{i - 1}\",\"default\":" + "{}}";
            text.Append($",{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[{{\"name\":\"a\",{field},{{\"name\":\"b\",{field}]}}");
        }

        Assert.Contains("too large", Assert.Throws<AvroSchemaException>(() => AvroSchema.Parse(text.Append(']').ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_stand_in_their_namespace()
    {
        var schema = AvroSchema.Parse("""
            {"type":"record","name":"Order","namespace":"shop","aliases":["Sale","old.Order"],"fields":[
              {"name":"line","type":{"type":"record","name":"Line","fields":[{"name":"again","type":["null","Line","shop.Order"]}]}},
              {"name":"id","type":{"type":"fixed","name":"base.Id","size":4}},
              {"name":"other","type":"base.Id"}]}
            """);
        Assert.Equal("shop.Order", schema.Name);
        Assert.Equal(["shop.Sale", "old.Order"], schema.Aliases);
        Assert.Equal(["shop.Line", "base.Id", "base.Id"], schema.Fields.Select(field => field.Schema.Name));
        Assert.Same(schema, schema.Fields[0].Schema.Fields[0].Schema.Branches[2]);
        Assert.Same(schema.Fields[1].Schema, schema.Fields[2].Schema);
    }

    [Fact]
    public void A_schema_uses_types_of_those_it_refers_to()
    {
        var schema = AvroSchema.Parse("""{"type":"record","name":"A","fields":[{"name":"b","type":"x.B"}]}""", ["""{"type":"fixed","name":"x.B","size":2}"""]);
        Assert.Equal(2, schema.Fields[0].Schema.Size);
    }

    /// <summary>Examples of the Avro project's own test data (schema-tests.txt): schema, canonical form, Rabin fingerprint.</summary>
    [Theory]
    [InlineData("\"null\"", "\"null\"", 7195948357588979594)]
    [InlineData("{\"type\":\"boolean\"}", "\"boolean\"", -6970731678124411036)]
    [InlineData("\"int\"", "\"int\"", 8247732601305521295)]
    [InlineData("\"string\"", "\"string\"", -8142146995180207161)]
    [InlineData("[ \"int\"  ]", "[\"int\"]", -5232228896498058493)]
    [InlineData("{\"fields\":[], \"type\":\"record\", \"name\":\"foo\"}", "{\"name\":\"foo\",\"type\":\"record\",\"fields\":[]}", -4824392279771201922)]
    [InlineData("{\"type\":\"enum\", \"name\":\"foo\", \"symbols\":[\"A1\"]}", "{\"name\":\"foo\",\"type\":\"enum\",\"symbols\":[\"A1\"]}", -6342190197741309591)]
    public void Canonical_forms_and_fingerprints_are_those_of_the_specification(string text, string canonical, long rabin)
    {
        var schema = AvroSchema.Parse(text);
        Assert.Equal(canonical, schema.CanonicalForm);
        Assert.Equal(rabin, (long)SchemaForms.Rabin(schema));
    }

    [Fact]
    public void The_normal_form_keeps_everything_but_how_it_was_typed() =>
        Assert.Equal(
            """{"name":"R","type":"record","doc":"é","fields":[{"name":"a","type":"int","default":1,"x":{"b":1}}]}""",
            SchemaForms.Normal("""{ "doc": "\u00e9", "type": "record", "fields": [ { "x": {"b":1}, "default": 1, "type": {"type":"int"}, "name": "a" } ], "name": "R" }"""));
}
