using System.Globalization;
using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>A database of the real engine with the product's tables, filled as the worker fills them.</summary>
public sealed class QuestionTables : IAsyncDisposable
{
    private long _offset;

    private QuestionTables(ClickHouseClient client, CurrencyRates rates)
    {
        Client = client;
        Store = new(client, new(), rates);
        Trends = new(Store, new(client, TimeProvider.System));
        History = new(client, Store, new(client, TimeProvider.System));
    }

    public ClickHouseClient Client { get; }

    public QuestionStore Store { get; }

    public TrendQueries Trends { get; }

    public HistoryQueries History { get; }

    public static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static async Task<QuestionTables> NewAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        var client = new ClickHouseClient(new() { Url = server.Url, Database = "questions_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
        return new(client, await MadeRates.SharedAsync());
    }

    public static QuestionContext Context(string now = "2026-06-01", string zone = "UTC", string currency = "EUR") =>
        new(TimeZoneInfo.FindSystemTimeZoneById(zone), currency, Utc(now), null, 11_000);

    public static QuestionNode Node(string json) => QuestionNode.Of(JsonDocument.Parse(json).RootElement);

    /// <summary>Adds the events as one chunk; its first and its last offset.</summary>
    public async Task<(long First, long Last)> AddAsync(params IEnumerable<MadeEvent> events)
    {
        var rows = events.Select(one => one with { Offset = one.Offset < 0 ? _offset++ : one.Offset }).ToList();
        await InsertAsync("events", rows.Select(Event));
        await InsertAsync("order_lines", rows.Where(one => one.Name.StartsWith("order_", StringComparison.Ordinal)).Select(Line));
        var batch = rows[0].Offset;
        await Client.ExecuteAsync(
            $$"""
            INSERT INTO cells SELECT tenant, toStartOfMinute(event_time), name, country, device, source, currency, is_bot, 1, 0, {{batch}}, {{batch}},
                count(), sum(units), sum(revenue), 0, max(keep_until)
            FROM events FINAL WHERE kafka_offset >= {{batch}} GROUP BY ALL
            """);
        await Client.ExecuteAsync(
            $$"""
            INSERT INTO uniques SELECT tenant, toStartOfMinute(event_time) AS minute, name, country, device, source, is_bot,
                uniqCombined64State(17)(cityHash64(user_id)), uniqCombined64State(17)(cityHash64(session_id)), max(keep_until)
            FROM events FINAL WHERE kafka_offset >= {{batch}} AND name != 'stock_level' GROUP BY tenant, minute, name, country, device, source, is_bot
            """);
        return (batch, rows[^1].Offset);
    }

    /// <summary>A chunk of the log in which the events stand, as far as it is written.</summary>
    public Task<ClickHouseSummary> LedgerAsync(long chunk, long last, bool isSealed, DateTimeOffset first) => Client.InsertAsync(
        "INSERT INTO ledger (topic, epoch, kafka_partition, chunk, last_offset, sealed, ver, min_event_time, max_event_time, kafka_time, keep_until) FORMAT TSV",
        System.Text.Encoding.ASCII.GetBytes(
            $"clickstream-events\t1\t0\t{chunk}\t{last}\t{(isSealed ? 1 : 0)}\t{(2 * last) + (isSealed ? 1 : 0)}\t{TimeOf(first)}\t{TimeOf(first)}\t{TimeOf(first)}\t2100-01-01 00:00:00\n"));

    public async Task<TrendFigures> TrendAsync(string json, QuestionContext? context = null, long tenant = 1)
    {
        var question = TrendReader.Read(Node(json), context ?? Context());
        return await Trends.OfAsync(tenant, question, question.Scope.Range, question.Scope.Range, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.ExecuteOutsideAsync($"DROP DATABASE {Client.Database}", default);
        Client.Dispose();
    }

    private static Dictionary<string, object> Event(MadeEvent one) => new()
    {
        ["tenant"] = one.Tenant,
        ["day"] = one.Time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["name"] = one.Name,
        ["event_id"] = IdOf(one),
        ["event_time"] = TimeOf(one.Time),
        ["created_at"] = TimeOf(one.Time),
        ["kafka_time"] = TimeOf(one.Time),
        ["user_id"] = one.User,
        ["session_id"] = one.Session,
        ["country"] = one.Country,
        ["device"] = one.Device,
        ["source"] = one.Source,
        ["campaign"] = one.Campaign,
        ["url"] = one.Url,
        ["product_id"] = one.Product,
        ["order_id"] = one.Order,
        ["currency"] = one.Currency,
        ["units"] = one.Units,
        ["revenue"] = one.Revenue,
        ["is_bot"] = one.IsBot ? 1 : 0,
        ["properties"] = one.Properties,
        ["epoch"] = 1,
        ["kafka_offset"] = one.Offset,
        ["keep_until"] = "2100-01-01 00:00:00",
    };

    private static Dictionary<string, object> Line(MadeEvent one) => new()
    {
        ["tenant"] = one.Tenant,
        ["day"] = one.Time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["order_id"] = one.Order,
        ["line"] = 0,
        ["status"] = one.Name["order_".Length..],
        ["event_id"] = IdOf(one),
        ["event_time"] = TimeOf(one.Time),
        ["user_id"] = one.User,
        ["product_id"] = one.Product,
        ["quantity"] = one.Units,
        ["revenue"] = one.Revenue,
        ["currency"] = one.Currency,
        ["kafka_offset"] = one.Offset,
        ["keep_until"] = "2100-01-01 00:00:00",
    };

    private static Guid IdOf(MadeEvent one) => new((int)one.Tenant, 0, 0, BitConverter.GetBytes(one.Offset));

    private static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Adds rows as they are.</summary>
    public async Task InsertAsync(string table, IEnumerable<Dictionary<string, object>> rows)
    {
        var body = string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));
        if (body.Length > 0)
        {
            await Client.InsertAsync($"INSERT INTO {table} FORMAT JSONEachRow", System.Text.Encoding.UTF8.GetBytes(body));
        }
    }
}
