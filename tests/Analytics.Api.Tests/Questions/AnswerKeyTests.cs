using System.Text.Json;
using Analytics.Api.Questions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Analytics.Api.Tests.Questions;

public sealed class AnswerKeyTests
{
    [Theory]
    [InlineData("a=1&b=2", "b=2&a=1", true)]
    [InlineData("a=1&key=ak_read_x", "a=1&key=ak_read_y", true)]
    [InlineData("a=1", "a=2", false)]
    [InlineData("a=1", "A=1", true)]
    [InlineData("a=1", "a=1&b=", false)]
    [InlineData("a=1&a=2", "a=2&a=1", false)]
    [InlineData("a=1b", "a=1&b", false)]
    [InlineData("ab=c", "a=bc", false)]
    public void Parameters_are_one_question_in_any_order(string one, string other, bool areEqual) =>
        Assert.Equal(areEqual, AnswerKey.Of("q", 1, Query(one)) == AnswerKey.Of("q", 1, Query(other)));

    [Theory]
    [InlineData("""{"a":1,"b":[1,{"c":2,"d":3}]}""", """{ "b": [1, {"d":3, "c":2}], "a": 1 }""", true)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    [InlineData("""{"a":null}""", "{}", false)]
    [InlineData("""{"a":"\u0041"}""", """{"a":"A"}""", true)]
    public void Json_is_one_question_in_any_order_of_its_properties(string one, string other, bool areEqual) =>
        Assert.Equal(areEqual, AnswerKey.Of("q", 1, Json(one)) == AnswerKey.Of("q", 1, Json(other)));

    [Fact]
    public void Another_tenant_or_another_kind_of_question_is_another_question()
    {
        var key = AnswerKey.Of("q", 1, "same");

        Assert.NotEqual(key, AnswerKey.Of("q", 2, "same"));
        Assert.NotEqual(key, AnswerKey.Of("r", 1, "same"));
        Assert.Equal(key, AnswerKey.Of("q", 1, "same"));
    }

    private static QueryCollection Query(string text) => new(QueryHelpers.ParseQuery(text));

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
