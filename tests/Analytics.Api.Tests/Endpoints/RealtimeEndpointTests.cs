using System.Text.Json;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Testing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class RealtimeEndpointTests(RunningApi api)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Todays_figures_come_from_redis()
    {
        await CountAsync(1, orders: 2, revenue: 1_234, pageViews: 7, version: 10);
        var reply = await api.FiguresAsync("/api/v1/sellers/1/metrics/realtime");

        Assert.Equal(("redis", false), (reply.GetProperty("source").GetString(), reply.GetProperty("stale").GetBoolean()));
        Assert.Equal((12.34m, 6.17m), (reply.GetProperty("revenue").GetDecimal(), reply.GetProperty("aov").GetDecimal()));
        Assert.Equal((2, 7, 3), (reply.GetProperty("orders").GetInt32(), reply.GetProperty("page_views").GetInt32(), reply.GetProperty("visitors").GetInt32()));
        Assert.Equal(3, reply.GetProperty("active_users").GetInt32());
        Assert.Equal(60, reply.GetProperty("series").GetArrayLength());
        Assert.Equal(1_234, reply.GetProperty("series").EnumerateArray().Sum(minute => minute.GetProperty("revenue_minor").GetInt64()));
        Assert.Equal(0.0162, reply.GetProperty("approximate").GetProperty("visitors").GetDouble());
    }

    [Fact]
    public async Task A_tenant_whose_day_is_not_utcs_is_answered_from_clickhouse_and_is_not_stale()
    {
        // Auckland's midnight is never UTC's. A tenant of its own: the others' zones are what other tests count on.
        await api.Services.GetRequiredService<Tenants>().UpsertAsync(new(44, "forty-four", "Forty-four", "Pacific/Auckland", "JPY"));
        var (_, reply) = await Eventually.ValueAsync(
            "the tenant is known", () => api.GetAsync("/api/v1/sellers/44/metrics/realtime", api.AdminKey), found => found.Reply.IsSuccessStatusCode);

        Assert.Equal(("clickhouse", false, 60), (reply.GetProperty("source").GetString(), reply.GetProperty("stale").GetBoolean(), reply.GetProperty("series").GetArrayLength()));
    }

    [Fact]
    public async Task While_redis_is_away_clickhouse_answers_and_the_reply_says_so()
    {
        await api.Redis.StopAsync();
        try
        {
            var reply = await api.FiguresAsync("/api/v1/sellers/1/metrics/realtime");

            Assert.Equal(("clickhouse", true), (reply.GetProperty("source").GetString(), reply.GetProperty("stale").GetBoolean()));
        }
        finally
        {
            await api.Redis.RestartAsync();
        }

        // Nothing is left in it.
        var reborn = await api.FiguresAsync("/api/v1/sellers/1/metrics/realtime");
        Assert.Equal(("clickhouse", true), (reborn.GetProperty("source").GetString(), reborn.GetProperty("stale").GetBoolean()));
        await Eventually.HoldsAsync("the live figures are said to be whole", async () =>
        {
            try
            {
                await api.Live.MarkStaleAsync(false);
                return true;
            }
            catch (RedisException)
            {
                return false;
            }
        });
        await Eventually.ValueAsync(
            "Redis answers again", () => api.FiguresAsync("/api/v1/sellers/1/metrics/realtime"), found => found.GetProperty("source").GetString() == "redis");
    }

    [Fact]
    public async Task A_stream_tells_the_figures_at_once_and_then_when_they_change()
    {
        await Eventually.HoldsAsync("Redis answers", async () => (await api.FiguresAsync("/api/v1/sellers/1/metrics/realtime")).GetProperty("source").GetString() == "redis");
        using var reply = await api.Http.GetAsync($"{api.Url}/api/v1/sellers/1/live?key={api.ReadKey}", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType!.MediaType);
        var before = (await NextAsync(lines)).GetProperty("orders").GetInt32();

        await CountAsync(1, orders: 5, revenue: 50_000, pageViews: 9, version: 1_000, chunk: 77);

        await Eventually.ValueAsync("the orders are told", () => NextAsync(lines), figures => figures.GetProperty("orders").GetInt32() == before + 5);
    }

    [Fact]
    public async Task A_quiet_stream_shows_signs_of_life()
    {
        using var reply = await api.Http.GetAsync($"{api.Url}/api/v1/sellers/2/live?key={api.ReadKey}", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync());

        string? line;
        do
        {
            line = await lines.ReadLineAsync().WaitAsync(Limit);
        }
        while (line is not null && !line.StartsWith(':'));

        Assert.Equal(": still here", line);
    }

    private static async Task<JsonElement> NextAsync(StreamReader lines)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync().WaitAsync(Limit) ?? throw new EndOfStreamException("The stream ended.");
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonDocument.Parse(line[6..]).RootElement;
            }
        }
    }

    private async Task CountAsync(ulong tenant, long orders, long revenue, long pageViews, long version, long chunk = 0)
    {
        var now = TimeProvider.System.GetUtcNow();
        var minute = (int)(now.ToUnixTimeSeconds() / 60);
        var figures = new LiveFigures();
        figures[LiveFigure.Orders] = orders;
        figures[LiveFigure.Revenue] = revenue;
        figures[LiveFigure.PageViews] = pageViews;
        await api.Live.WriteAsync([new LivePart(tenant, minute, 1, "order-events", 0, chunk, version, figures)]);
        await api.Live.AddVisitorsAsync([new(tenant, minute, 11), new(tenant, minute, 12), new(tenant, minute, 13)], now);
        await api.Live.PublishAsync([tenant]);
    }
}
