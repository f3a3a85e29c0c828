using FsCheck;
using FsCheck.Fluent;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>Random questions as JSON, with texts in them that would break a statement that took them for SQL.</summary>
internal static class MadeQuestions
{
    private static readonly string[] Attacks =
    [
        "DE", "FR", "mobile", "page_view", "", "' OR 1 = 1 --", "') OR tenant = 2 OR ('", "\\", "\\'", "{tenant:UInt64}", "{p0:String}", "` FROM events", "\" FROM cells", "; DROP TABLE events", "/*", "*/ OR 1",
        "$$ OR 1 $$", "\u0000", "\n", "\t", "é😀", "2", "1) UNION ALL SELECT", "%' OR '1'='1", "__other__",
    ];

    private static readonly string[] CellProperties = ["name", "country", "device", "source", "is_bot"];

    private static readonly string[] AnyProperties =
        [.. CellProperties, "currency", "campaign", "page", "user_id", "order_id", "product_id", "event_time", "revenue", "properties.plan", "properties.' OR 1 --", "properties.tenant", "properties.`", "properties.{tenant:UInt64}"];

    /// <summary>Questions about anything.</summary>
    public static Gen<string> Any => Question(AnyProperties, Metric(AnyProperties));

    /// <summary>Questions that sums of minutes answer as well as the events themselves.</summary>
    public static Gen<string> OfCells => Question(CellProperties, Metric(CellProperties, Gen.Elements("count", "unique_users", "per_user")));

    /// <summary>The same about any range of eleven days, to the minute, by any granularity that is rolled up.</summary>
    public static Gen<string> OfRolled => Question(CellProperties, Metric(CellProperties, Gen.Elements("count", "unique_users", "per_user")), AnyPeriod, Gen.Elements("hour", "day", "week", "month", "quarter"), Zones);

    private static Gen<string> AnyPeriod =>
        from start in Gen.Choose(0, 11 * 24 * 60)
        from length in Gen.Frequency((3, Gen.Choose(60, 11 * 24 * 60)), (1, Gen.Choose(1, 300)))
        let first = QuestionTables.Utc("2026-02-27").AddMinutes(start)
        select string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"start\": \"{first:yyyy-MM-ddTHH:mm:ssZ}\", \"end\": \"{first.AddMinutes(length):yyyy-MM-ddTHH:mm:ssZ}\"");

    private static Gen<string> Zones => Gen.Elements("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns");

    private static Gen<string> Text => Gen.Elements(Attacks).Select(text => System.Text.Json.JsonSerializer.Serialize(text));

    private static Gen<string> Metric(string[] properties) => Gen.OneOf(
        Gen.Elements("\"revenue\"", "\"visitors\"", "\"page_views\"", "\"orders\"", "\"conversion_rate\"", "\"events\"", "\"order_lines\""),
        Metric(properties, Gen.Elements("count", "unique_users", "per_user")),
        Gen.Elements("sum", "average", "min", "max", "p75").Select(measure => $$"""{"event": "page_view", "measure": "{{measure}}", "property": "properties.plan"}"""));

    private static Gen<string> Metric(string[] properties, Gen<string> measures) =>
        from measure in measures
        from filter in Filter(properties, 2)
        from name in Gen.OneOf(Gen.Constant("\"page_view\""), Text.Where(text => text != "\"\""))
        from hasName in Gen.Elements(true, false)
        select $$"""{ {{(hasName ? $"\"event\": {name}, " : "")}}"measure": "{{measure}}", "filter": {{filter}} }""";

    private static Gen<string> Condition(string[] properties) =>
        from property in Gen.Elements(properties)
        from value in property switch
        {
            "is_bot" => Gen.Elements("true", "false").Select(truth => $"\"op\": \"=\", \"value\": {truth}"),
            "event_time" => Gen.Constant("\"op\": \">\", \"value\": \"2026-03-02T00:00:00Z\""),
            "revenue" => Gen.Choose(-5, 5000).Select(number => $"\"op\": \">\", \"value\": {number}"),
            _ => from op in Gen.Elements("=", "!=", "in", "not_in", "contains", "not_contains")
                 from text in Text
                 select $"\"op\": \"{op}\", \"value\": {text}",
        }
        select $$"""{"property": {{System.Text.Json.JsonSerializer.Serialize(property)}}, {{value}}}""";

    private static Gen<string> Filter(string[] properties, int depth) => depth == 0
        ? Condition(properties)
        : Gen.OneOf(
            Condition(properties),
            from kind in Gen.Elements("all", "any")
            from filters in Gen.ListOf(Filter(properties, depth - 1), 2)
            select $$"""{"{{kind}}": [{{string.Join(", ", filters)}}]}""");

    private static Gen<string> Question(string[] properties, Gen<string> metrics) => Question(
        properties, metrics, Gen.Constant("\"start\": \"2026-03-01\", \"end\": \"2026-03-04\""), Gen.Elements("hour", "day", "week", "month"),
        Gen.Elements("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"));

    private static Gen<string> Question(string[] properties, Gen<string> metrics, Gen<string> periods, Gen<string> granularities, Gen<string> zones) =>
        from count in Gen.Choose(1, 3)
        from some in Gen.ListOf(metrics, count)
        from filter in Filter(properties, 2)
        from hasFilter in Gen.Elements(true, false)
        from breakdown in Gen.ListOf(Gen.Elements(properties.Where(property => property is not ("is_bot" or "event_time" or "revenue")).ToArray()), 2)
        from period in periods
        from granularity in granularities
        from zone in zones
        from bots in Gen.Elements("include", "exclude")
        from limit in Gen.Choose(1, 4)
        select $$"""
            { {{period}}, "granularity": "{{granularity}}", "time_zone": "{{zone}}", "bots": "{{bots}}", "limit": {{limit}},
              "metrics": [{{string.Join(", ", some.Select((metric, index) => Named(metric, index)))}}],
              "breakdown": {{System.Text.Json.JsonSerializer.Serialize(breakdown.Distinct())}} {{(hasFilter ? $", \"filter\": {filter}" : "")}} }
            """;

    // Names that differ, whatever was drawn twice.
    private static string Named(string metric, int index) =>
        metric[0] == '{' ? metric.Insert(1, $"\"name\": \"m{index}\", ") : $$"""{"metric": {{metric}}, "name": "m{{index}}"}""";
}
