namespace Analytics.Api.Tests.Fuzzing;

/// <summary>Values by which parsers, stores and sums have been broken before, elsewhere.</summary>
internal static class StrangeValues
{
    /// <summary>JSON, raw: some of it is no Unicode, some no number that fits.</summary>
    public static readonly string[] Json =
    [
        "null", "true", "false", "0", "-1", "1", "0.1", "1e400", "-1e400", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\r\\n\"", "\"'; DROP TABLE events; --\"", "\"{tenant:UInt64}\"", "\"1 OR 1=1\"", "\"%s%n%00\"",
        "\"../../etc/passwd\"", "\"\u00dcn\u00efc\u00f6d\u00e9 \ud83d\udca1\"", "\"NaN\"", "\"(a+)+$\"", "\"[\"", "\"2026-11-22\"", "\"2026-02-30\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
        "\"2026-11-22T10:00:00+99:00\"", "\"P1D\"", "\"Europe/Nowhere\"", "[]", "{}", "[null]", "[[]]", "{\"a\":{\"b\":1}}", "[1,\"a\",null,{}]", "{\"\":\"\"}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}",
        "\"" + new string('x', 3_000) + "\"", "\"" + new string('y', 40_000) + "\"", Nested(20), Nested(200), "[" + string.Join(',', Enumerable.Repeat("1", 3_000)) + "]",
    ];

    /// <summary>Texts of a path, a query or a header, in ASCII as they go over the wire.</summary>
    public static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1", "2", "9", "3", "12345", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e9", "0x10", "1.5", "null", "true", "*", "\"1\"", "W/\"1\"", "\"\"",
        "'", "''; DROP TABLE events; --", "{tenant:UInt64}", "2026-11-22", "2026-02-30", "1970-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-22T10:00:00", "2026-11-22T10:00:00+01:00",
        "2104-01-01", "minute", "hour", "day", "month", "week", "all", "7d", "-7d", "previous_period", "revenue", "revenue,orders", "revenue / 0", "(((((", "country=DE", "country:DE,NL", "*=*", "include", "exclude",
        "Europe/Berlin", "../..", "%2e%2e%2f", "\u00fc\ud83d\udca1", "a\u0000b", "a\r\nb", new string('z', 300), new string('q', 1_500),
    ];

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("[{\"a\":", depth)) + "1" + string.Concat(Enumerable.Repeat("}]", depth));
}
