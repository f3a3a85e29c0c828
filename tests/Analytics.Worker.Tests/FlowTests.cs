using System.Collections.Concurrent;
using Analytics.Testing;

namespace Analytics.Worker.Tests;

public class FlowTests
{
    private const int Partitions = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Everything_that_was_sent_is_written_and_in_each_lane_the_batches_of_a_partition_keep_their_order()
    {
        var writer = new CollectingWriter();
        var sink = Graph(lanes: 3, writer);

        for (var i = 0; i < 1_000; i++)
        {
            await sink.SendAsync(i);
        }

        sink.Complete();
        await sink.Completion.WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, 1_000), writer.Written.Select(number => number.Value).Order());
        Assert.All(
            writer.Written.GroupBy(number => (number.Lane, Partition: number.Value % Partitions)),
            lane => Assert.Equal(lane.Select(number => number.Value).Order(), lane.Select(number => number.Value)));
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    public async Task A_stalled_writer_stops_the_source_after_exactly_the_sum_of_capacities(int head, int writing)
    {
        const int Lane = 1;
        var writer = new StalledWriter();
        var sink = Flow.Start<int>(new Step("head", head))
            .Then(new Numbering())
            .SplitBy(1, _ => new ByRemainder())
            .ThenPerLane(new Step("lane", Lane), _ => new Passing())
            .Into(new Step("writing", writing), writer);

        var accepted = 0;
        Task send;
        while (await IsAcceptedAsync(send = sink.SendAsync(accepted)))
        {
            accepted++;
        }

        Assert.Equal(head + Lane + writing, accepted);
        writer.Open();
        await send.WaitAsync(Limit);
        sink.Complete();
        await sink.Completion.WaitAsync(Limit);
        Assert.Equal(accepted + 1, writer.Written);

        static async Task<bool> IsAcceptedAsync(Task send) => await Task.WhenAny(send, Task.Delay(Quiet)) == send;
    }

    [Fact]
    public async Task A_stage_that_fails_ends_the_sender_and_the_graph()
    {
        var sink = Flow.Start<int>(new Step("head", 1))
            .Then(new FailingAt(5))
            .SplitBy(2, _ => new ByRemainder())
            .ThenPerLane(new Step("lane", 1), _ => new Passing())
            .Into(new Step("writing", 1), new CollectingWriter());

        var sending = await Assert.ThrowsAsync<FlowFailedException>(() => SendForeverAsync(sink).WaitAsync(Limit));
        var ending = await Assert.ThrowsAsync<FlowFailedException>(() => sink.Completion.WaitAsync(Limit));

        Assert.Equal("five", sending.InnerException!.Message);
        Assert.Equal("five", ending.InnerException!.Message);
    }

    [Fact]
    public async Task A_writer_that_fails_ends_the_sender_and_the_graph()
    {
        var sink = Graph(lanes: 2, new CollectingWriter(), new FailingWriter());

        var sending = await Assert.ThrowsAsync<FlowFailedException>(() => SendForeverAsync(sink).WaitAsync(Limit));
        var ending = await Assert.ThrowsAsync<FlowFailedException>(() => sink.Completion.WaitAsync(Limit));

        Assert.Equal("disk", sending.InnerException!.Message);
        Assert.Equal("disk", ending.InnerException!.Message);
    }

    [Fact]
    public async Task A_failure_cancels_a_step_that_waits()
    {
        var stalled = new StalledWriter();
        var sink = Graph(lanes: 1, stalled, new FailingWriter(after: stalled.Started));

        await Assert.ThrowsAsync<FlowFailedException>(() => SendForeverAsync(sink).WaitAsync(Limit));

        await Assert.ThrowsAsync<FlowFailedException>(() => sink.Completion.WaitAsync(Limit));
        Assert.True(stalled.IsCancelled);
    }

    [Fact]
    public async Task Every_writer_gets_every_output_and_finishes_after_the_last()
    {
        var (one, other) = (new CollectingWriter(), new CollectingWriter());
        var sink = Graph(lanes: 2, one, other);

        for (var i = 0; i < 100; i++)
        {
            await sink.SendAsync(i);
        }

        sink.Complete();
        await sink.Completion.WaitAsync(Limit);
        Assert.Equal((100, 100), (one.Written.Count, other.Written.Count));
        Assert.Equal((100, 100), (one.WrittenWhenCompleted, other.WrittenWhenCompleted));
    }

    [Fact]
    public async Task A_batch_sent_after_completion_is_refused_aloud()
    {
        var sink = Graph(lanes: 1, new CollectingWriter());
        sink.Complete();
        await sink.Completion.WaitAsync(Limit);

        await Assert.ThrowsAsync<FlowFailedException>(() => sink.SendAsync(1));
    }

    [Fact]
    public async Task A_writer_without_room_stops_the_head_and_nothing_that_is_under_way()
    {
        var (full, other) = (new FullWriter(), new CollectingWriter());
        var sink = Graph(2, full, other);
        await sink.SendAsync(1);
        full.Fill();
        var waiting = sink.SendAsync(2);
        Assert.False(sink.IsHalfEmpty);
        await Eventually.HoldsAsync("what was sent before is written", () => Task.FromResult(other.Written.Count == 1));
        Assert.False(waiting.IsCompleted);

        full.Empty();

        await waiting.WaitAsync(Limit);
        sink.Complete();
        await sink.Completion.WaitAsync(Limit);
        Assert.Equal([1, 2], other.Written.Select(number => number.Value));
    }

    [Fact]
    public async Task A_failure_ends_a_sender_that_waits_for_room()
    {
        var full = new FullWriter();
        var sink = Graph(1, full);
        full.Fill();
        var waiting = sink.SendAsync(1);
        sink.Fail(new IOException("disk"));
        var failure = await Assert.ThrowsAsync<FlowFailedException>(() => waiting.WaitAsync(Limit));
        Assert.Equal("disk", failure.InnerException!.Message);
    }

    private static Sink<int> Graph(int lanes, params IWriter<Number>[] writers) => Flow
        .Start<int>(new Step("head", 4, Parallelism: 3), number => number % Partitions)
        .Then(new Numbering())
        .SplitBy(lanes, _ => new ByRemainder())
        .ThenPerLane(new Step("lane", 2), _ => new Passing())
        .Into(new Step("writing", 2), writers);

    private static async Task SendForeverAsync(Sink<int> sink)
    {
        for (var i = 0; ; i++)
        {
            await sink.SendAsync(i);
        }
    }

    private sealed record Number(int Value, int Lane);

    /// <summary>Takes its time now and then, so that batches overtake each other unless their strand keeps their order.</summary>
    private sealed class Numbering : IStage<int, Number>
    {
        public async ValueTask<Number> ApplyAsync(int batch, CancellationToken cancellation)
        {
            if (batch % 7 == 0)
            {
                await Task.Yield();
            }

            return new Number(batch, 0);
        }
    }

    private sealed class FailingAt(int number) : IStage<int, Number>
    {
        public ValueTask<Number> ApplyAsync(int batch, CancellationToken cancellation) =>
            batch == number ? throw new InvalidOperationException("five") : new(new Number(batch, 0));
    }

    private sealed class ByRemainder : ISplitter<Number, Number>
    {
        public void Split(Number batch, Number?[] slices)
        {
            var lane = batch.Value % slices.Length;
            slices[lane] = batch with { Lane = lane };
        }
    }

    private sealed class Passing : ILane<Number, Number>
    {
        public Number? Apply(Number slice) => slice;
    }

    private sealed class CollectingWriter : IWriter<Number>
    {
        public ConcurrentQueue<Number> Written { get; } = new();

        public int WrittenWhenCompleted { get; private set; }

        public ValueTask WriteAsync(Number output, CancellationToken cancellation)
        {
            Written.Enqueue(output);
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation)
        {
            WrittenWhenCompleted = Written.Count;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FullWriter : IWriter<Number>
    {
        private TaskCompletionSource? _full;

        public bool HasRoom => _full is null;

        public Task RoomAsync() => _full?.Task ?? Task.CompletedTask;

        public void Fill() => _full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Empty()
        {
            var full = _full!;
            _full = null;
            full.SetResult();
        }

        public ValueTask WriteAsync(Number output, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class FailingWriter(Task? after = null) : IWriter<Number>
    {
        public async ValueTask WriteAsync(Number output, CancellationToken cancellation)
        {
            await (after ?? Task.CompletedTask);
            throw new IOException("disk");
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class StalledWriter : IWriter<Number>
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public int Written { get; private set; }

        public bool IsCancelled { get; private set; }

        public void Open() => _open.SetResult();

        public async ValueTask WriteAsync(Number output, CancellationToken cancellation)
        {
            _started.TrySetResult();
            try
            {
                await _open.Task.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                IsCancelled = true;
                throw;
            }

            Written++;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
