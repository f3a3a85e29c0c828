using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class FormulaTests
{
    [Theory]
    [InlineData("a", 6.0)]
    [InlineData("a + b * 2", 10.0)]
    [InlineData("(a + b) * 2", 16.0)]
    [InlineData("a - b - 1", 3.0)]
    [InlineData("a / b / 3", 1.0)]
    [InlineData("-a + 1.5", -4.5)]
    [InlineData("2*-b", -4.0)]
    [InlineData("a / nothing", null)]
    [InlineData("unknown * 0", null)]
    [InlineData("nothing / a", 0.0)]
    public void Arithmetic_binds_as_at_school_and_what_is_unknown_stays_unknown(string text, double? value) => Assert.Equal(
        value, Formula.Parse(text).Of(name => name switch { "a" => 6, "b" => 2, "nothing" => 0, _ => null }));

    [Theory]
    [InlineData("", "at character 1; found the end")]
    [InlineData("a +", "at character 4; found the end")]
    [InlineData("a b", "an operator")]
    [InlineData("(a", "')' at character 3")]
    [InlineData("a)", "at character 2; found ')'")]
    [InlineData("1.2.3", "a number at character 1")]
    [InlineData("a % b", "found '%'")]
    [InlineData("a; DROP", "found ';'")]
    public void What_cannot_be_read_says_where(string text, string message) => Assert.Contains(message, Assert.Throws<FormatException>(() => Formula.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parentheses_are_limited() => Assert.Throws<FormatException>(() => Formula.Parse(new string('(', 60) + "a" + new string(')', 60)));
}
