using System.Text.Json;
using System.Text.RegularExpressions;

namespace Analytics.Tidy.Tests;

public sealed partial class SchemaTests
{
    [Fact]
    public void Every_record_field_and_enum_of_an_avro_schema_says_what_it_is() => Repository.AssertNone(
        from file in Repository.Texts("schemas/avro/", ".avsc")
        from fault in Undocumented(JsonDocument.Parse(file.Text).RootElement, file.Path)
        select fault);

    [Fact]
    public void Every_metric_of_a_board_or_an_alert_is_declared_by_a_process() => Repository.AssertNone(
        from file in Boards()
        from metric in Metrics(file.Text)
        where !Declared().Contains(metric)
        select $"{file.Path}: no process declares {metric}");

    [Fact]
    public void Every_metric_that_a_process_declares_is_on_a_board_or_in_an_alert() => Repository.AssertNone(
        Declared().Except(Boards().SelectMany(file => Metrics(file.Text))).Select(metric => $"{metric} is shown nowhere"));

    [Fact]
    public void Every_option_has_a_default_and_says_why() => Repository.AssertNone(
        from file in Repository.Texts("src/", "Options.cs")
        from Match option in Option().Matches(file.Text)
        let isOptional = option.Groups["type"].Value is "bool" || option.Groups["type"].Value.EndsWith('?') || option.Groups["doc"].Value.Contains("Default 0", StringComparison.Ordinal)
        where (!isOptional && !option.Groups["rest"].Value.Contains('=', StringComparison.Ordinal)) || !option.Groups["doc"].Value.Contains("///", StringComparison.Ordinal)
        select $"{file.Path}: {option.Groups["name"].Value} has no {(option.Groups["doc"].Value.Contains("///", StringComparison.Ordinal) ? "default" : "reason")}");

    private static IEnumerable<(string Path, string Text)> Boards() =>
        Repository.Texts("grafana/dashboards/", ".json").Concat(Repository.Texts("grafana/alerts/", ".yml"));

    private static HashSet<string> Metrics(string text) =>
        [.. MetricUse().Matches(text).Select(match => HistogramSeries().Replace(match.Value, ""))];

    private static HashSet<string> Declared() =>
    [
        .. from file in Repository.Texts("src/", "Metrics.cs")
           from Match declaration in Declaration().Matches(file.Text)
           let unit = declaration.Groups["unit"].Value switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
           let total = declaration.Groups["kind"].Value.EndsWith("Counter", StringComparison.Ordinal) && !declaration.Groups["kind"].Value.Contains("UpDown", StringComparison.Ordinal) ? "_total" : ""
           select declaration.Groups["name"].Value + unit + total,
    ];

    private static IEnumerable<string> Undocumented(JsonElement schema, string at)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            return schema.EnumerateArray().SelectMany(branch => Undocumented(branch, at));
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var type = schema.GetProperty("type");
        var inner = type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        return inner switch
        {
            "record" => Missing(schema, at).Concat(schema.GetProperty("fields").EnumerateArray().SelectMany(field =>
                Missing(field, at).Concat(Undocumented(field.GetProperty("type"), $"{at}: {field.GetProperty("name")}")))),
            "enum" or "fixed" => Missing(schema, at),
            "array" => Undocumented(schema.GetProperty("items"), at),
            "map" => Undocumented(schema.GetProperty("values"), at),
            null => Undocumented(type, at),
            _ => [],
        };
    }

    private static IEnumerable<string> Missing(JsonElement named, string at) =>
        named.TryGetProperty("doc", out var doc) && doc.GetString() is { Length: > 0 } ? [] : [$"{at}: {named.GetProperty("name")} has no doc"];

    [GeneratedRegex("Create(?<kind>Counter|UpDownCounter|Histogram|Gauge|ObservableGauge|ObservableCounter|ObservableUpDownCounter)(?:<\\w+>)?\\(\\s*\"(?<name>[a-z_]+)\"(?:[^;]*?\"(?<unit>s|By|\\{\\w+\\}|1)\")?")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\banalytics_[a-z_]+")]
    private static partial Regex MetricUse();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex HistogramSeries();

    [GeneratedRegex(@"(?<doc>(?:^[ ]*///.*\n)*)^[ ]*(?:\[.*\]\n[ ]*)*public (?:required )?(?<type>[\w<>?\[\], ]+) (?<name>\w+) \{ get; (?:init|set); \}(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex Option();
}
