using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class ClickHouseTextTests
{
    public static TheoryData<object?, string> Values() => new()
    {
        { null, "\\N" },
        { "plain", "plain" },
        { "it's\ta\\b\n", "it\\'s\\ta\\\\b\\n" },
        { true, "1" },
        { -5L, "-5" },
        { ulong.MaxValue, "18446744073709551615" },
        { 1.5m, "1.5" },
        { 0.1, "0.1" },
        { new DateOnly(2026, 11, 22), "2026-11-22" },
        { new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(2)), "2026-11-22 10:00:00" },
        { new DateTime(2026, 11, 22, 10, 0, 0, 250, DateTimeKind.Utc), "2026-11-22 10:00:00.250000" },
        { new Guid("00112233-4455-6677-8899-aabbccddeeff"), "00112233-4455-6677-8899-aabbccddeeff" },
        { new[] { 1, 2, 3 }, "[1,2,3]" },
        { Array.Empty<string>(), "[]" },
        { new[] { "a'b", "c\\" }, "['a\\'b','c\\\\']" },
        { new string?[] { null }, "[NULL]" },
        { new[] { new DateOnly(2026, 1, 2) }, "['2026-01-02']" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_written_as_the_server_reads_it(object? value, string expected) => Assert.Equal(expected, ClickHouseText.OfParameter(value));

    [Fact]
    public void A_value_without_a_form_is_refused() =>
        Assert.Contains("System.Uri has no form", Assert.Throws<ArgumentException>(() => ClickHouseText.OfParameter(new Uri("http://example.test"))).Message, StringComparison.Ordinal);
}
