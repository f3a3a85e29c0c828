using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

public sealed class EventListQueriesTests : IAsyncLifetime
{
    private static readonly QuestionScope Scope = new(new(Utc("2026-03-01"), Utc("2026-03-10")), TimeZoneInfo.Utc, "EUR", true);
    private QuestionTables _tables = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        // Four of each second, so that a part ends between events of one time.
        await _tables.AddAsync(Enumerable.Range(0, 40).SelectMany(index => new[] { Order(index, 1), Order(index, 2) }));
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Theory]
    [InlineData(Facts.Events)]
    [InlineData(Facts.OrderLines)]
    public async Task Parts_give_every_event_once_newest_first_whatever_comes_in_between_and_nobody_elses(Facts table)
    {
        var queries = new EventListQueries(_tables.Store);
        var (ids, cursor, parts) = (new List<string>(), (EventCursor?)null, 0);
        DateTimeOffset last = Scope.Range.End;
        do
        {
            var page = await queries.PageAsync(1, table, Scope, null, cursor, 7, default);
            foreach (var row in page.Rows)
            {
                Assert.True((DateTimeOffset)row["time"]! <= last);
                last = (DateTimeOffset)row["time"]!;
                ids.Add((string)row["order_id"]!);
            }

            // Newer than all that has been given.
            await _tables.AddAsync(Order(100 + parts, 1) with { Order = "new", Time = Utc("2026-03-09").AddMinutes(parts) });
            cursor = page.Next is { } next ? EventCursor.Parse(next.ToString()) : null;
            parts++;
        }
        while (cursor is not null);

        Assert.Equal(6, parts);
        Assert.Equal(Enumerable.Range(0, 40).Select(index => $"o1-{index}").Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_filter_and_the_range_choose_the_events_and_every_field_is_there()
    {
        var filter = FilterReader.Read(Node("""[{"property": "order_id", "op": "in", "value": ["o1-3", "o2-3", "' OR 1 = 1 --"]}]"""));

        var row = Assert.Single((await new EventListQueries(_tables.Store).PageAsync(1, Facts.Events, Scope, filter, null, 50, default)).Rows);

        Assert.Equal(("order_placed", "o1-3", 1.03m, false), (row["name"], row["order_id"], row["revenue"], row["is_bot"]));
        Assert.Equal("pro", ((Dictionary<string, string?>)row["properties"]!)["plan"]);
        Assert.Empty((await new EventListQueries(_tables.Store).PageAsync(1, Facts.Events, Scope with { Range = new(Utc("2026-03-02"), Utc("2026-03-03")) }, null, null, 50, default)).Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("________________________________________________________________")]
    public void A_text_that_is_no_cursor_is_none(string text) => Assert.Null(EventCursor.Parse(text));

    private static MadeEvent Order(int index, long tenant) => new()
    {
        Tenant = tenant,
        Name = "order_placed",
        Time = Utc("2026-03-01T10:00:00Z").AddSeconds(index / 4),
        Order = $"o{tenant}-{index}",
        Currency = "EUR",
        Revenue = 100 + index,
        Units = 1,
        Properties = new Dictionary<string, string> { ["plan"] = "pro" },
    };
}
