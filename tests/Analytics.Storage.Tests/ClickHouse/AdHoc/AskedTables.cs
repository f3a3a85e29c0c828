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
        Own = [.. Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 1))];
        await Alone.AddAsync(Own);
        await Together.AddAsync(Own.Concat(Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 2))).Concat(Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 3))));
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
}
