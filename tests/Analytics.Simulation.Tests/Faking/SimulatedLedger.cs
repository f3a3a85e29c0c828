using System.Net;
using Analytics.Core.Chunks;
using Analytics.Simulation.Tests.Running;
using Analytics.Storage.ClickHouse;
using Analytics.Worker.Consuming;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Answers a take-over's questions from the simulated tables, as the statements of <c>ChunkRecords</c> do.</summary>
internal sealed class SimulatedLedger(World world, SimulatedWorker worker) : ILedgerReader
{
    private const int Tail = 8;

    public Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation) => Send("chunk limits", () =>
    {
        world.History.ChunkLimits.TryAdd(topic, limits);
        return world.Twist.ForgetsChunkSize ? limits : world.History.ChunkLimits[topic];
    }, cancellation);

    public Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Send<IReadOnlyList<LedgerEntry>>("ledger", () =>
        {
            LedgerEntry[] rows =
            [
                .. from row in world.History.Rows("ledger")
                   where row.Text("topic") == topic && row.Number("kafka_partition") == partition && row.Number("epoch") == (long)epoch
                   let entry = new LedgerEntry(row.Number("chunk"), row.Number("last_offset"), row.Number("sealed") == 1)
                   orderby entry.Chunk
                   select entry,
            ];
            if (committed is null && rows.Any(row => row.IsSealed))
            {
                world.Group.ByLedger.Add((topic, partition));
            }

            var at = committed ?? -1;
            return [.. rows.Where((row, i) => i >= rows.Length - Tail || (row.Chunk <= at && row.LastOffset >= at - 1))];
        }, cancellation);

    public Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Send<IReadOnlySet<long>>("unread", () => world.History.Rows("rejected")
            .Where(row => row.Text("topic") == topic && row.Number("kafka_partition") == partition && row.Number("epoch") == (long)epoch && row.Text("reason") == "unknown_schema")
            .Select(row => row.Number("kafka_offset")).Where(offset => offset >= from && offset < end).ToHashSet(), cancellation);

    public Task<IReadOnlyList<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Send<IReadOnlyList<OlderLog>>("older logs", () =>
        [
            .. world.History.Rows("ledger")
                .Where(row => row.Text("topic") == topic && row.Number("kafka_partition") == partition && row.Number("epoch") != (long)epoch)
                .GroupBy(row => (ulong)row.Number("epoch"))
                .OrderByDescending(log => log.Max(row => row.Number("kafka_time")))
                .Select(log => new OlderLog(
                    log.Key, log.Max(row => row.Number("last_offset")) + 1, log.Any(row => row.Number("sealed") == 1 && row.Number("last_offset") + 1 == committed))),
        ], cancellation);

    public Task<IReadOnlyList<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Send<IReadOnlyList<(long Offset, Guid Id)>>("event ids", () =>
        [
            .. world.History.Rows("events")
                .Where(row => row.Text("topic") == topic && row.Number("kafka_partition") == partition && row.Number("epoch") == (long)epoch)
                .Select(row => (Offset: row.Number("kafka_offset"), Id: Guid.ParseExact(row.Text("event_id"), "N")))
                .Where(one => one.Offset >= from && one.Offset < end).OrderBy(one => one.Offset),
        ], cancellation);

    private Task<T> Send<T>(string name, Func<T> answer, CancellationToken cancellation) => world.Wire.Send(
        new Operation<T>(worker, name, answer, static () => new ClickHouseUnavailableException(0, HttpStatusCode.ServiceUnavailable, "ClickHouse is away.")), cancellation);
}
