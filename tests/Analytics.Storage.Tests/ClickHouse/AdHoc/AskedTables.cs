using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>The same rows of tenant 1 twice: alone, and together with those of tenants 2 and 3.</summary>
public sealed class AskedTables : IAsyncLifetime
{
    public IReadOnlyList<MadeEvent> Own { get; private set; } = [];

    public QuestionTables Alone { get; private set; } = null!;

    public QuestionTables Together { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Alone = await NewAsync();
        Together = await NewAsync();
        var random = new Random(20_261_122);
        Own = [.. Enumerable.Range(0, 300).Select(_ => Some(random, 1))];
        await Alone.AddAsync(Own);
        await Together.AddAsync(Own.Concat(Enumerable.Range(0, 300).Select(_ => Some(random, 2))).Concat(Enumerable.Range(0, 300).Select(_ => Some(random, 3))));
        foreach (var tables in new[] { Alone, Together })
        {
            await tables.Client.ExecuteAsync(
                """
                INSERT INTO session_cells SELECT tenant, toStartOfInterval(event_time, INTERVAL 30 MINUTE) AS half, cityHash64(user_id) AS who, 0, 1, 0, 0, 0, min(event_time), max(event_time),
                    count(), countIf(name = 'page_view'), 0, countIf(name = 'order_placed'), max(is_bot), argMin(source, event_time), argMin(campaign, event_time), '', NULL, '', NULL, max(keep_until)
                FROM events FINAL WHERE user_id != '' GROUP BY tenant, half, who
                """);
        }
    }

    public async Task DisposeAsync()
    {
        await Alone.DisposeAsync();
        await Together.DisposeAsync();
    }

    private static MadeEvent Some(Random random, long tenant)
    {
        string Of(params string[] texts) => texts[random.Next(texts.Length)];
        var name = Of("page_view", "page_view", "product_view", "order_placed", "stock_level");
        var isOrder = name == "order_placed";
        return new()
        {
            Tenant = tenant,
            Name = name,
            Time = Utc("2026-02-28 20:00").AddSeconds(random.Next(4 * 86_400)),
            User = name == "stock_level" ? "" : "u" + random.Next(40),
            Country = Of("DE", "FR", "", "' OR 1 = 1 --"),
            Device = Of("mobile", "desktop", ""),
            Source = Of("direct", "search"),
            Campaign = Of("", "spring", "\\"),
            Product = isOrder || name == "product_view" ? "p" + random.Next(5) : "",
            Order = isOrder ? "o" + random.Next(100_000) : "",
            Currency = isOrder ? Of("EUR", "USD") : "",
            Units = isOrder ? random.Next(1, 5) : 0,
            Revenue = isOrder ? random.Next(100, 9_999) : 0,
            IsBot = random.Next(10) == 0,
            Properties = new Dictionary<string, string> { ["plan"] = Of("1", "2.5", "basic", ""), ["tenant"] = "2", ["' OR 1 --"] = "x" },
        };
    }
}
