using System.Threading.Tasks.Dataflow;

namespace Analytics.Worker;

/// <summary>Builds a graph of bounded steps that reads like the path of a batch: Start, Then, SplitBy, ThenPerLane, Into.</summary>
/// <remarks>
/// Every step is bounded and every send awaited, so a stalled writer stops the source after exactly the sum of the capacities.
/// One source has one target. Completion travels down; failure travels both ways and cancels what is waiting.
/// A message is a batch, never an event: a hop costs 1 to 10 µs.
/// </remarks>
internal static class Flow
{
    /// <summary>The head of a path.</summary>
    /// <param name="step">Its bounds.</param>
    /// <param name="scheduler">Runs the steps; by default the thread pool.</param>
    public static Path<T, T> Start<T>(Step step, TaskScheduler? scheduler = null)
    {
        var graph = new Graph(scheduler ?? TaskScheduler.Default);
        var head = new BufferBlock<T>(new DataflowBlockOptions { BoundedCapacity = step.Capacity, TaskScheduler = graph.Scheduler });
        graph.Add(step, head, () => head.Count);
        return new Path<T, T>(graph, head, head);
    }

    /// <summary>A path so far: what goes in at the head, and what comes out of the last step.</summary>
    internal sealed class Path<THead, T>(Graph graph, ITargetBlock<THead> head, ISourceBlock<T> last)
    {
        /// <summary>Each batch becomes the next form of it, in order.</summary>
        public Path<THead, TNext> Then<TNext>(Step step, IStage<T, TNext> stage)
        {
            var block = new TransformBlock<T, TNext>(
                async batch => await stage.ApplyAsync(batch, graph.Ended).ConfigureAwait(false), Options(graph, step, oneProducer: true));
            graph.Add(step, block, () => block.InputCount + block.OutputCount);
            last.LinkTo(block, new DataflowLinkOptions { PropagateCompletion = true });
            return new Path<THead, TNext>(graph, head, block);
        }

        /// <summary>Each batch is cut into a slice for every lane.</summary>
        public Lanes<THead, TSlice> SplitBy<TSlice>(Step step, int lanes, ISplitter<T, TSlice> splitter)
            where TSlice : class
        {
            var targets = new ITargetBlock<TSlice>[lanes];
            var slices = new TSlice?[lanes];
            var block = new ActionBlock<T>(
                async batch =>
                {
                    Array.Clear(slices);
                    splitter.Split(batch, slices);
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        if (slices[lane] is { } slice)
                        {
                            await SendAsync(targets[lane], slice).ConfigureAwait(false);
                        }
                    }
                },
                Options(graph, step, oneProducer: true));
            graph.Add(step, block, () => block.InputCount);
            last.LinkTo(block, new DataflowLinkOptions { PropagateCompletion = true });
            return new Lanes<THead, TSlice>(graph, head, block, targets);
        }
    }

    /// <summary>A path that has been split; <paramref name="targets"/> are filled by <see cref="ThenPerLane"/>.</summary>
    internal sealed class Lanes<THead, TSlice>(Graph graph, ITargetBlock<THead> head, IDataflowBlock split, ITargetBlock<TSlice>[] targets)
        where TSlice : class
    {
        /// <summary>Each lane's slices go to the lane's one owner. Capacity is per lane.</summary>
        public Outputs<THead, TOut> ThenPerLane<TOut>(Step step, Func<int, ILane<TSlice, TOut>> laneOf)
            where TOut : class
        {
            var outlet = new Outlet<TOut>();
            for (var i = 0; i < targets.Length; i++)
            {
                var lane = laneOf(i);
                var block = new ActionBlock<TSlice>(
                    async slice =>
                    {
                        if (lane.Apply(slice) is { } output)
                        {
                            await SendAsync(outlet.Target, output).ConfigureAwait(false);
                        }
                    },
                    Options(graph, step, oneProducer: true));
                graph.Add(step, block, () => block.InputCount);
                targets[i] = block;
            }

            graph.CompleteAfter([split], targets);
            return new Outputs<THead, TOut>(graph, head, targets, outlet);
        }
    }

    /// <summary>The outputs of all lanes.</summary>
    internal sealed class Outputs<THead, TOut>(Graph graph, ITargetBlock<THead> head, IDataflowBlock[] lanes, Outlet<TOut> outlet)
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
                    Options(graph, step with { Capacity = 1 }, oneProducer: false));
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
                async output => await writer.WriteAsync(output, graph.Ended).ConfigureAwait(false), Options(graph, step, oneProducer));
            graph.Add(step, block, () => block.InputCount);
            return block;
        }
    }

    /// <summary>Where the lanes send to; set once the writers are known, before anything flows.</summary>
    internal sealed class Outlet<TOut>
    {
        public ITargetBlock<TOut> Target = null!;
    }

    private static ExecutionDataflowBlockOptions Options(Graph graph, Step step, bool oneProducer) => new()
    {
        TaskScheduler = graph.Scheduler,
        BoundedCapacity = step.Capacity,
        MaxDegreeOfParallelism = step.Parallelism,
        EnsureOrdered = true,
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
