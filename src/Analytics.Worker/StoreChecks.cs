using Analytics.Hosting;
using Analytics.Storage;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Analytics.Worker.Consuming;
using Analytics.Worker.Writing;
using StackExchange.Redis;

namespace Analytics.Worker;

/// <summary>What readiness says of the stores that a worker needs: which one is away, since when and why.</summary>
/// <remarks>
/// A store that is away makes the worker degraded, never unready: its partitions would only move to another worker, which needs the same store. What the
/// writers have seen counts first, because a store may answer a ping and refuse an insert; without news from them the store is asked.
/// </remarks>
internal sealed class StoreChecks(
    Health health, HistoryWriter history, ClickHouseClient clickHouse, LiveWriter live, IConnectionMultiplexer redis, DeadLetterWriter deadLetters,
    SchemaRegistryClient registry, LogPump pump, SchemaVerdicts? verdicts = null)
{
    /// <summary>Adds the checks.</summary>
    public void Add()
    {
        Add("clickhouse", () => history.Outage, cancel => clickHouse.PingAsync(cancel));
        Add("redis", () => live.Outage, _ => redis.GetDatabase().PingAsync());
        Add("kafka", () => pump.Outage ?? deadLetters.Outage, deadLetters.PingAsync);

        // Asked for schemas that were not met before only: while nobody waits for one, its absence hurts nothing.
        Add("registry", () => registry.State.Outage, _ => Task.CompletedTask);
        if (verdicts is not null)
        {
            Add("postgres", () => verdicts.State.Outage, _ => Task.CompletedTask);
        }
    }

    private void Add(string store, Func<Outage?> outage, Func<CancellationToken, Task> ping) => health.Ask(store, HealthState.Degraded, async cancel =>
    {
        if (outage() is { } seen)
        {
            return new HealthFinding(HealthState.Degraded, seen.Reason, seen.Since);
        }

        await ping(cancel).ConfigureAwait(false);
        return HealthFinding.Healthy;
    });
}
