using Analytics.Storage.Postgres;
using Analytics.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>A tenant with a little of everything in the last weeks, so that what the document's examples ask is answered with figures and not with empty lists.</summary>
public sealed class ExampleShop(RunningApi api) : IAsyncLifetime
{
    public const long Tenant = 7;

    private const string Events =
        """
        INSERT INTO events (tenant, day, name, event_id, event_time, created_at, kafka_time, user_id, session_id, country, device, source, url, product_id, order_id, currency,
            units, revenue, properties, kafka_offset, keep_until)
        SELECT 7, toDate(now64(3, 'UTC') - toIntervalMinute(ago) AS at), name, toUUID('00000000-0000-0000-0007-' || leftPad(toString(row), 12, '0')), at, at, at, user, 's-' || user, country,
            if(country = 'DE', 'mobile', 'desktop'), if(country = 'DE', 'search', 'direct'), page, product, order, if(order = '', '', 'USD'), units, revenue,
            if(variant = '', map(), map('variant', variant)), row, toDateTime('2100-01-01 00:00:00', 'UTC')
        FROM values('row Int64, ago Int64, name String, user String, country String, page String, product String, order String, units Int64, revenue Int64, variant String',
            (1, 2900, 'signup', 'ana', 'DE', '', '', '', 0, 0, ''), (2, 2890, 'experiment_seen', 'ana', 'DE', '', '', '', 0, 0, 'A'),
            (3, 2885, 'page_view', 'ana', 'DE', 'https://lamps.example/cart', '', '', 0, 0, ''), (4, 2884, 'page_view', 'ana', 'DE', 'https://lamps.example/checkout', '', '', 0, 0, ''),
            (5, 2880, 'product_view', 'ana', 'DE', 'https://lamps.example/lamp', 'lamp', '', 0, 0, ''), (6, 2870, 'add_to_cart', 'ana', 'DE', '', 'lamp', '', 0, 0, ''),
            (7, 2860, 'order_placed', 'ana', 'DE', '', 'lamp', 'o-1', 2, 4990, ''), (8, 1500, 'signup', 'ben', 'AT', '', '', '', 0, 0, ''),
            (9, 1490, 'experiment_seen', 'ben', 'AT', '', '', '', 0, 0, 'B'), (10, 1480, 'product_view', 'ben', 'AT', 'https://lamps.example/lamp', 'lamp', '', 0, 0, ''),
            (11, 1470, 'page_view', 'ben', 'AT', 'https://lamps.example/', '', '', 0, 0, ''), (12, 50400, 'signup', 'cem', 'DE', '', '', '', 0, 0, ''),
            (13, 50390, 'page_view', 'cem', 'DE', 'https://lamps.example/', '', '', 0, 0, ''), (14, 50380, 'order_placed', 'cem', 'DE', '', 'shade', 'o-2', 1, 1500, ''),
            (15, 38880, 'order_placed', 'cem', 'DE', '', 'shade', 'o-3', 1, 1500, ''), (16, 1460, 'experiment_seen', 'dee', 'DE', '', '', '', 0, 0, 'B'),
            (17, 1450, 'order_placed', 'dee', 'DE', '', 'shade', 'o-4', 1, 1500, ''))
        """;

    private static readonly string[] Derived =
    [
        // In the days that the document names by their dates.
        "INSERT INTO events (tenant, day, name, event_id, event_time, user_id, country, device, source, product_id, kafka_offset, keep_until) VALUES "
            + "(7, '2026-11-02', 'product_view', '00000000-0000-0000-0007-000000000018', '2026-11-02 10:00:00', 'eve', 'DE', 'mobile', 'search', 'lamp', 18, '2100-01-01 00:00:00'), "
            + "(7, '2026-11-02', 'product_view', '00000000-0000-0000-0007-000000000019', '2026-11-02 11:00:00', 'fay', 'DE', 'mobile', 'search', 'lamp', 19, '2100-01-01 00:00:00')",
        "INSERT INTO order_lines (tenant, day, order_id, line, status, event_id, event_time, user_id, product_id, quantity, unit_price, revenue, currency, kafka_offset, keep_until) "
            + "SELECT tenant, day, order_id, 0, 'placed', event_id, event_time, user_id, product_id, units, intDiv(revenue, units), revenue, currency, kafka_offset, keep_until "
            + "FROM events FINAL WHERE tenant = 7 AND name = 'order_placed'",
        "INSERT INTO cells SELECT tenant, toStartOfMinute(event_time), name, country, device, source, currency, is_bot, 1, 0, 0, 99, count(), sum(units), sum(revenue), 0, max(keep_until) "
            + "FROM events FINAL WHERE tenant = 7 GROUP BY ALL",
        "INSERT INTO product_cells SELECT tenant, toStartOfMinute(event_time), product_id, name, currency, 1, 0, 0, 99, count(), sum(units), sum(revenue), 0, max(keep_until) "
            + "FROM events FINAL WHERE tenant = 7 AND product_id != '' GROUP BY ALL",
        "INSERT INTO uniques SELECT tenant, toStartOfMinute(event_time) AS minute, name, country, device, source, is_bot, "
            + "uniqCombined64State(17)(cityHash64(user_id)), uniqCombined64State(17)(cityHash64(session_id)), max(keep_until) "
            + "FROM events FINAL WHERE tenant = 7 GROUP BY tenant, minute, name, country, device, source, is_bot",
        "INSERT INTO session_cells (tenant, window, user, session, epoch, kafka_partition, chunk, ver, first_at, last_at, events, page_views, orders, source, keep_until) "
            + "SELECT tenant, toStartOfInterval(min(event_time), INTERVAL 30 MINUTE), cityHash64(user_id), 0, 1, 0, 0, 99, min(event_time), max(event_time), count(), countIf(name = 'page_view'), "
            + "countIf(name = 'order_placed'), any(source), max(keep_until) FROM events FINAL WHERE tenant = 7 GROUP BY tenant, day, user_id",
        "INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, title, images, description_length, rating, price, currency, keep_until) "
            + "SELECT 7, product, now64(3, 'UTC') - toIntervalDay(20), toUUID('00000000-0000-0000-0007-' || leftPad(toString(row), 12, '0')), stock, title, 2, 500, 4.5, 2495, 'USD', toDateTime('2100-01-01 00:00:00', 'UTC') "
            + "FROM values('row Int64, product String, stock Int64, title String', (101, 'lamp', 4, 'A lamp'), (102, 'shade', 40, 'A shade'))",
    ];

    /// <summary>Reads this tenant.</summary>
    public string ReadKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await api.Services.GetRequiredService<Tenants>().UpsertAsync(new(Tenant, "seven", "Lamps"));
        foreach (var statement in Derived.Prepend(Events))
        {
            await api.ClickHouse.ExecuteAsync(statement);
        }

        (_, ReadKey) = await api.Keys.CreateAsync("read the example", ApiKeyKind.Read, [Tenant]);
        await Eventually.ValueAsync("the tenant is known", () => api.GetAsync("/api/v1/sellers/7/metrics/realtime", ReadKey), found => found.Reply.IsSuccessStatusCode);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
