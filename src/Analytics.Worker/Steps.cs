namespace Analytics.Worker;

/// <summary>One step of the path: its name (which labels its metrics), the batches it may hold, and the batches it works on at once.</summary>
/// <param name="Name">Lower-case gerund, as its folder.</param>
/// <param name="Capacity">Batches waiting, in work and waiting to leave; a full step makes the one before it wait.</param>
/// <param name="Parallelism">Batches in work at once.</param>
internal readonly record struct Step(string Name, int Capacity, int Parallelism = 1);

/// <summary>Turns each batch into the next form of it.</summary>
/// <remarks>
/// Called for several batches at once, one a strand. It never throws for data: a bad record is a verdict in the batch.
/// It may wait for a dependency (a registry) as long as it takes, watching <c>cancellation</c>, which means the graph has ended.
/// The batch is its own until it returns; what it returns belongs to the next step.
/// </remarks>
internal interface IStage<in TIn, TOut>
{
    /// <summary>The next form of <paramref name="batch"/>.</summary>
    ValueTask<TOut> ApplyAsync(TIn batch, CancellationToken cancellation);
}

/// <summary>Cuts each batch of its strand into one slice a lane. One batch at a time, in order.</summary>
internal interface ISplitter<in TIn, TSlice>
    where TSlice : class
{
    /// <summary>Sets <c>slices[lane]</c>; null where a lane gets nothing. The array is cleared before and borrowed for the call.</summary>
    void Split(TIn batch, TSlice?[] slices);
}

/// <summary>The single-threaded owner of everything whose key falls into its lane.</summary>
internal interface ILane<in TSlice, out TOut>
    where TOut : class
{
    /// <summary>Counts a slice; what it returns, if anything, goes to the writers.</summary>
    TOut? Apply(TSlice slice);
}

/// <summary>Writes outputs to one store. One output at a time; outputs of one lane come in its order.</summary>
/// <remarks>
/// With several writers all see the same output object and none may change it. A store that is away makes a writer wait and retry, watching
/// <c>cancellation</c>, which means the graph has ended: nothing is acknowledged any more.
/// </remarks>
internal interface IWriter<in TOut>
{
    /// <summary>Takes one output: it is written, or kept to be written with those that follow.</summary>
    ValueTask WriteAsync(TOut output, CancellationToken cancellation);

    /// <summary>Whether it keeps so little that more records may be read for it; asked by any thread.</summary>
    bool HasRoom => true;

    /// <summary>Ends when it has room. Outputs of records that were read before are taken all the same.</summary>
    Task RoomAsync() => Task.CompletedTask;

    /// <summary>After the last output: writes what is kept.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);
}
