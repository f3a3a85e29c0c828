using System.Threading.Tasks.Dataflow;
using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;

namespace Analytics.Benchmarks.Rows;

/// <summary>The reference for batches in columns: Dataflow as most would write it. A message is an event, an event an object, a group an entry of a Dictionary.</summary>
/// <remarks>
/// The same steps: decode, validate, enrich, drop duplicates, two lanes by (tenant, name), cells, product cells, a tenant's minutes, users and sessions in
/// HashSets. Blocks are bounded and sends awaited, as ours are. It reads Avro by hand, which is faster than any library would.
/// </remarks>
internal sealed class NaiveGraph(Clickstream records) : IContender
{
    private const int Lanes = 2;
    private static readonly DataflowLinkOptions Completing = new() { PropagateCompletion = true };
    private Groups _counted;

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return _counted.ToString();
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        var stretch = Stretch.Start();
        var lanes = Enumerable.Range(0, Lanes).Select(_ => new NaiveLane()).ToArray();
        var options = new ExecutionDataflowBlockOptions { BoundedCapacity = 8_192, SingleProducerConstrained = true };
        var seen = new HashSet<Guid>();
        var decode = new TransformBlock<ReadOnlyMemory<byte>, NaiveEvent>(NaiveEvent.Read, options);
        var enrich = new TransformBlock<NaiveEvent, NaiveEvent>(click => click.Enrich(records.End), options);
        var distinct = new TransformBlock<NaiveEvent, NaiveEvent>(click => click with { IsAccepted = click.IsAccepted && seen.Add(click.Id) }, options);
        decode.LinkTo(enrich, Completing);
        enrich.LinkTo(distinct, Completing);
        var counting = lanes.Select(lane => new ActionBlock<NaiveEvent>(lane.Count, options)).ToArray();
        for (var lane = 0; lane < Lanes; lane++)
        {
            var own = lane;
            distinct.LinkTo(counting[lane], Completing, click => click.IsAccepted && (uint)HashCode.Combine(click.Tenant, click.Name) % Lanes == own);
        }

        distinct.LinkTo(DataflowBlock.NullTarget<NaiveEvent>(), click => !click.IsAccepted);
        for (var i = 0; i < records.Count; i++)
        {
            await decode.SendAsync(records.Bytes.AsMemory(records.StartOf(i), records.LengthOf(i)));
        }

        decode.Complete();
        await Task.WhenAll(counting.Select(block => block.Completion));
        _counted = lanes.Select(lane => lane.Counted).Aggregate((a, b) => a + b);
        return stretch.End();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
