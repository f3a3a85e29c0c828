using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.Redis;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Rows;

/// <summary>What a worker keeps for half a million tenants that are all active: two open chunks of a million events, and their live figures.</summary>
internal static class TenantState
{
    /// <summary>Tenants.</summary>
    public const int Tenants = 500_000;

    private const int BatchRecords = 4_096;
    private const int Partitions = 2;

    /// <summary>Row 16, measured by a process of its own.</summary>
    public static async Task<IReadOnlyList<Row>> MeasureAsync(Bench bench)
    {
        await using var child = ChildContender.OnCores("0,1", "tenants", $"{bench.Options.Events}");
        var megabytes = double.Parse(await child.FingerprintAsync(), System.Globalization.CultureInfo.InvariantCulture);
        return [new Row("16", $"a worker's memory with {Tenants:N0} active tenants, {Partitions} open chunks of {bench.Options.Events:N0} events", "MB", megabytes, megabytes, megabytes, Goal.Most(1_024, 512))];
    }

    /// <summary>The other end of it.</summary>
    public sealed class Contender(SchemaRegistryClient registry, int events) : IContender
    {
        /// <inheritdoc/>
        public async Task<string> FingerprintAsync()
        {
            using var parts = new WorkerParts(registry, new WorkerOptions(RawRows: true));
            var now = DateTimeOffset.FromUnixTimeMilliseconds(Clickstream.Start);
            using var live = new LiveWriter(new InstantStore(), parts.Lanes, new WritingOptions(), new Sinks.ShiftedTime(now), parts.Metrics, NullLogger<LiveWriter>.Instance);
            var graph = parts.Build(null, live, new Disposing());
            var chunks = Enumerable.Range(0, Partitions)
                .Select(partition => new Chunk(new ChunkId(1, Topics.Clickstream, partition, 0), Clickstream.Start, 1, CancellationToken.None)).ToArray();
            for (var first = 0; first < events; first += BatchRecords)
            {
                for (var partition = 0; partition < Partitions; partition++)
                {
                    await graph.SendAsync(Fill(parts.Batches.Rent(), chunks[partition], partition, first));
                }
            }

            // Nothing is sealed: all of it is state.
            var resident = Sinks.ProcessUsage.ResidentBytesOf(Environment.ProcessId);
            graph.Complete();
            await graph.Completion;
            return $"{resident / 1048576}";
        }

        /// <inheritdoc/>
        public Task<Timing> RunAsync() => Task.FromResult(default(Timing));

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private RawBatch Fill(RawBatch batch, Chunk chunk, int partition, int first)
        {
            batch.Begin(chunk, warmUp: false);
            for (var i = first; i < Math.Min(first + BatchRecords, events); i++)
            {
                // Each partition has half of the tenants, each of them about four events.
                var tenant = 1 + partition + Partitions * (int)((uint)i * 2_654_435_761 % (Tenants / Partitions));
                var click = new Click
                {
                    Tenant = tenant,
                    Name = i % 3 == 0 ? "product_view" : "page_view",
                    User = i,
                    Session = i,
                    Time = Clickstream.Start - i % 60_000,
                    Country = "DE",
                    Device = i % 2 == 0 ? "mobile" : "desktop",
                    Url = "/c/1",
                    Product = i % 3 == 0 ? $"P-{i % 50}" : null,
                };
                batch.Add(i, Clickstream.Start, Clickstream.Record(click, (ulong)partition + 1, (ulong)i + 1), isTombstone: false);
            }

            batch.Flush = first / BatchRecords % 64 == 63 ? Flush.Live | Flush.History : Flush.None;
            return batch;
        }
    }

    private sealed class Disposing : IWriter<LaneOutput>
    {
        public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
        {
            foreach (var table in output.Tables)
            {
                table.Dispose();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class InstantStore : ILiveStore
    {
        public Task ReachAsync(LivePartition partition, long end, string incarnation) => Task.CompletedTask;

        public Task<bool> TakeOverAsync(LivePartition partition, long start) => Task.FromResult(true);

        public Task<long> WriteAsync(IReadOnlyCollection<LivePart> parts) => Task.FromResult((long)parts.Count);

        public Task AddVisitorsAsync(IReadOnlyCollection<LiveVisitor> visitors, DateTimeOffset now) => Task.CompletedTask;

        public Task PublishAsync(IEnumerable<ulong> tenants) => Task.CompletedTask;

        public Task<string> IncarnationAsync(string name) => Task.FromResult("one");

        public Task MarkStaleAsync(bool isStale) => Task.CompletedTask;
    }
}
