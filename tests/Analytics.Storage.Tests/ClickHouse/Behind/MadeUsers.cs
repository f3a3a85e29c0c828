using System.Text.Json;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Behind;

/// <summary>Users that do this and that at random, and questions about them; some of their texts would break a statement that took them for SQL.</summary>
internal static class MadeUsers
{
    /// <summary>Questions of a kind that a test asks.</summary>
    public const int Questions = 4;

    private static readonly string[] Names = ["view", "cart", "order", "other"];
    private static readonly string[] Countries = ["DE", "FR", "", "' OR 1 = 1 --", "é😀"];

    /// <summary>What the users of a tenant did in eight days; some of it in the same millisecond.</summary>
    public static IReadOnlyList<MadeEvent> Events(Random random, long tenant, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new MadeEvent
        {
            Tenant = tenant,
            Name = Of(random, Names),
            Time = Utc("2026-03-01").AddMinutes(20 * random.Next(8 * 72)).AddMilliseconds(random.Next(3)),
            User = Of(random, "u'", "\\u", "ü", "u😀", "uﬀ") + random.Next(6),
            Session = random.Next(4) == 0 ? "s" + random.Next(3) : "",
            Country = Of(random, Countries),
            Source = Of(random, "direct", "search", ""),
            IsBot = random.Next(20) == 0,
            Properties = random.Next(3) == 0 ? new() : new Dictionary<string, string> { ["variant"] = Of(random, "A", "A", "A", "B", "") },
        }),
    ];

    /// <summary>A question of a kind.</summary>
    public static string Question(string kind, Random random)
    {
        var scope = $"\"start\": \"2026-03-0{1 + random.Next(2)}\", \"end\": \"2026-03-0{5 + random.Next(4)}\", \"bots\": \"{Of(random, "include", "exclude")}\", \"time_zone\": \"{Of(random, "UTC", "America/St_Johns")}\"";
        return "{" + scope + kind switch
        {
            "funnel" => $", \"steps\": [{Step(random)}, {Step(random)}, {Step(random)}], \"window\": \"{Of(random, "6h", "2d", "14d")}\", \"order\": \"{Of(random, "ordered", "ordered", "strict", "unordered")}\""
                + (random.Next(2) == 0 ? ", \"exclusions\": [{\"event\": \"other\", \"from_step\": 2, \"to_step\": 3}]" : "") + $", \"attribution\": \"{Of(random, "first", "last", "all")}\"" + Breakdown(random),
            "retention" => $", \"start_event\": {Step(random)}, \"return_event\": {Step(random)}, \"mode\": \"{Of(random, "recurring", "first_time")}\", \"clock\": \"{Of(random, "calendar", "rolling")}\", \"periods\": 3" + Breakdown(random),
            "lifecycle" or "stickiness" => $", \"event\": {Step(random)}" + Breakdown(random),
            "paths" => $", \"from\": {Step(random)}, \"direction\": \"{Of(random, "next", "previous")}\", \"depth\": 2, \"limit\": {1 + random.Next(3)}, \"gap\": \"6h\", \"by\": \"{Of(random, "name", "country")}\"",
            "experiment" => $", \"exposure\": {Step(random)}, \"variant\": \"{Of(random, "properties.variant", "country")}\", \"goals\": [\"order\", {{\"event\": \"cart\", \"property\": \"revenue\"}}], \"window\": \"{Of(random, "12h", "14d")}\"",
            "sessions" => "",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
        } + "}";
    }

    private static string Breakdown(Random random) =>
        random.Next(3) == 0 ? "" : $", \"breakdown\": \"{Of(random, "country", "properties.variant")}\", \"limit\": {1 + random.Next(3)}";

    private static string Step(Random random) => random.Next(3) > 0
        ? $"\"{Of(random, Names)}\""
        : $"{{\"event\": \"{Of(random, Names)}\", \"filter\": {{\"property\": \"country\", \"op\": \"{Of(random, "=", "!=")}\", \"value\": {JsonSerializer.Serialize(Of(random, Countries))}}}}}";

    private static string Of(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
