using Analytics.Core.AdHoc;

namespace Analytics.Core.Tests.AdHoc;

/// <summary>Reads queries as somebody in Berlin would ask them on 22 November 2026, in euros.</summary>
internal static class Queries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 30, 0, TimeSpan.Zero);

    public static AdHocQuery Read(string text, params (string Name, QueryValue Value)[] values) => AdHocQuery.Read(
        text, values.ToDictionary(one => one.Name, one => one.Value), new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), "EUR", Now));

    public static InvalidQueryException Refused(string text, params (string Name, QueryValue Value)[] values) => Assert.Throws<InvalidQueryException>(() => Read(text, values));
}
