using System.Threading.Tasks.Dataflow;

namespace Analytics.Worker;

/// <summary>Builds a graph of bounded steps that reads like the path of a batch: Start, Then, SplitBy, ThenPerLane, Into.</summary>
/// <remarks>
/// What stands between Start and SplitBy is done to a batch in one go, on one core: a batch that is decoded here and judged there would move through the cache
/// they share, which costs more than the work. Several <em>strands</em> do it side by side; the batches of a partition keep to one strand and so to their order.
/// Each strand has lanes of its own: while all strands are busy, what one has cut is counted on its core, in tables that stay in that core's cache; when a core has
/// nothing of its own to do, it takes over lanes of the busy ones.
/// Every step is bounded and every send awaited, so a stalled writer stops the source after exactly the sum of the capacities.
/// One source has one target. Completion travels down; failure travels both ways and cancels what is waiting.
/// A message is a batch, never an event: a hop costs 1 to 10 µs.
/// </remarks>
internal static class Flow
{
    /// <summary>The head of a path.</summary>
    /// <param name="step">Its bounds; the capacity is that of one strand, the parallelism the number of strands.</param>
    /// <param name="strandOf">The strand of a batch is this number modulo their number; without it all go to the first.</param>
    /// <param name="scheduler">Runs the steps; by default the thread pool.</param>
    public static Path<T, T> Start<T>(Step step, Func<T, int>? strandOf = null, TaskScheduler? scheduler = null) =>
        new(new Graph(scheduler ?? TaskScheduler.Default), step, strandOf ?? (_ => 0), (batch, _) => new(batch));

    /// <summary>A path so far: what goes in at the head, and what is done to it.</summary>
    internal sealed class Path<THead, T>(Graph graph, Step step, Func<THead, int> strandOf, Func<THead, CancellationToken, ValueTask<T>> prepare)
    {
        /// <summary>Each batch becomes the next form of it.</summary>
        public Path<THead, TNext> Then<TNext>(IStage<T, TNext> stage) => new(
            graph, step, strandOf,
            async (batch, cancellation) => await stage.ApplyAsync(await prepare(batch, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false));

        /// <summary>Each batch is cut into a slice for every lane, by the splitter of its strand.</summary>
        public Lanes<THead, TSlice> SplitBy<TSlice>(int lanes, Func<int, ISplitter<T, TSlice>> splitterOf)
            where TSlice : class
        {
            var targets = new ITargetBlock<TSlice>[step.Parallelism][];
            var strands = new ActionBlock<THead>[step.Parallelism];
            for (var i = 0; i < strands.Length; i++)
            {
                var block = Strand(splitterOf(i), targets[i] = new ITargetBlock<TSlice>[lanes]);
                graph.Add(step, block, () => block.InputCount);
                strands[i] = block;
            }

            var head = new Head<THead>(strands, batch => (int)((uint)strandOf(batch) % (uint)strands.Length));
            return new Lanes<THead, TSlice>(graph, head, targets);
        }

        private ActionBlock<THead> Strand<TSlice>(ISplitter<T, TSlice> splitter, ITargetBlock<TSlice>[] targets)
            where TSlice : class
        {
            var slices = new TSlice?[targets.Length];
            return new ActionBlock<THead>(
                async batch =>
                {
                    Array.Clear(slices);
                    splitter.Split(await prepare(batch, graph.Ended).ConfigureAwait(false), slices);
                    for (var lane = 0; lane < slices.Length; lane++)
                    {
                        if (slices[lane] is { } slice)
                        {
                            await SendAsync(targets[lane], slice).ConfigureAwait(false);
                        }
                    }
                },
                Options(graph, step.Capacity, oneProducer: true));
        }
    }

    /// <summary>A path that has been split; <paramref name="targets"/>, by strand and lane, are filled by <see cref="ThenPerLane"/>.</summary>
    internal sealed class Lanes<THead, TSlice>(Graph graph, Head<THead> head, ITargetBlock<TSlice>[][] targets)
        where TSlice : class
    {
        /// <summary>The slices of a strand's lane go to its one owner. Capacity is that of each.</summary>
        /// <param name="step">Its bounds.</param>
        /// <param name="laneOf">Makes the owner of a lane; called for each strand.</param>
        public Outputs<THead, TOut> ThenPerLane<TOut>(Step step, Func<int, ILane<TSlice, TOut>> laneOf)
            where TOut : class
        {
            var outlet = new Outlet<TOut>();
            for (var strand = 0; strand < targets.Length; strand++)
            {
                for (var i = 0; i < targets[strand].Length; i++)
                {
                    targets[strand][i] = LaneBlock(step, laneOf(i), outlet);
                }

                graph.CompleteAfter([head.Strands[strand]], targets[strand]);
            }

            return new Outputs<THead, TOut>(graph, head, [.. targets.SelectMany(lanes => lanes)], outlet);
        }

        private ActionBlock<TSlice> LaneBlock<TOut>(Step step, ILane<TSlice, TOut> lane, Outlet<TOut> outlet)
            where TOut : class
        {
            var block = new ActionBlock<TSlice>(
                async slice =>
                {
                    if (lane.Apply(slice) is { } output)
                    {
                        await SendAsync(outlet.Target, output).ConfigureAwait(false);
                    }
                },
                Options(graph, step.Capacity, oneProducer: true));
            graph.Add(step, block, () => block.InputCount);
            return block;
        }
    }

    /// <summary>The outputs of all lanes.</summary>
    internal sealed class Outputs<THead, TOut>(Graph graph, Head<THead> head, IDataflowBlock[] lanes, Outlet<TOut> outlet)
        where TOut : class
    {
        /// <summary>Every output goes to every writer, each with its own queue; the slowest one sets the pace.</summary>
        public Sink<THead> Into(Step step, params IWriter<TOut>[] writers)
        {
            var targets = Array.ConvertAll(writers, writer => WriterBlock(step, writer, oneProducer: writers.Length > 1));
            if (targets is [var only])
            {
                outlet.Target = only;
                graph.CompleteAfter(lanes, targets);
            }
            else
            {
                var fork = new ActionBlock<TOut>(
                    async output =>
                    {
                        foreach (var target in targets)
                        {
                            await SendAsync(target, output).ConfigureAwait(false);
                        }
                    },
                    Options(graph, 1, oneProducer: false));
                graph.Add(step with { Capacity = 1 }, fork, () => fork.InputCount);
                outlet.Target = fork;
                graph.CompleteAfter(lanes, [fork]);
                graph.CompleteAfter([fork], targets);
            }

            graph.Needs(() => writers.All(writer => writer.HasRoom), () => Task.WhenAll(writers.Select(writer => writer.RoomAsync())));
            return new Sink<THead>(head, graph, graph.EndAsync(targets, [.. writers.Select(Complete)]));

            Func<ValueTask> Complete(IWriter<TOut> writer) => () => writer.CompleteAsync(graph.Ended);
        }

        private ActionBlock<TOut> WriterBlock(Step step, IWriter<TOut> writer, bool oneProducer)
        {
            var block = new ActionBlock<TOut>(
                async output => await writer.WriteAsync(output, graph.Ended).ConfigureAwait(false), Options(graph, step.Capacity, oneProducer));
            graph.Add(step, block, () => block.InputCount);
            return block;
        }
    }

    /// <summary>Where batches go in.</summary>
    internal sealed record Head<THead>(ActionBlock<THead>[] Strands, Func<THead, int> StrandOf);

    /// <summary>Where the lanes send to; set once the writers are known, before anything flows.</summary>
    internal sealed class Outlet<TOut>
    {
        public ITargetBlock<TOut> Target = null!;
    }

    // One message a task: what a strand has sent waits in its own thread's queue and is counted next, while it is still in the cache, before the strand goes on.
    private static ExecutionDataflowBlockOptions Options(Graph graph, int capacity, bool oneProducer) => new()
    {
        TaskScheduler = graph.Scheduler,
        BoundedCapacity = capacity,
        MaxMessagesPerTask = 1,
        SingleProducerConstrained = oneProducer,
    };

    /// <summary>A target declines for good only when the graph has failed; whoever failed first is the graph's error, this one only ends the step.</summary>
    private static async Task SendAsync<T>(ITargetBlock<T> target, T item)
    {
        if (!await target.SendAsync(item).ConfigureAwait(false))
        {
            throw new InvalidOperationException("The next step of the graph has ended, so this batch cannot be handed on.");
        }
    }
}
