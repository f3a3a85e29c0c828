using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Analytics.Hosting;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Analytics.Worker.Consuming;

/// <summary>Is told of everything that a poll brings, on the polling thread.</summary>
internal interface IConsumerEvents
{
    /// <summary>The reader of a partition; null when it is not ours.</summary>
    PartitionReader? ReaderOf(string topic, int partition);

    /// <summary>The client has stopped fetching a partition, because the log does not hold the offset that it asked for.</summary>
    void OutOfRange(string topic, int partition);

    /// <summary>Partitions that are ours from now on, in addition to those before.</summary>
    void Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions that another worker gets once this returns.</summary>
    void Revoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions that another worker may have already.</summary>
    void Lost(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Something that the client recovers from by itself.</summary>
    void Trouble(string what);
}

/// <summary>Takes records from Kafka in batches, copied straight from the client's memory into the readers of their partitions.</summary>
/// <remarks>
/// A consumer of Confluent.Kafka does the group, the assignment, seeks and commits; its records are taken through its native queue, and its
/// callbacks run inside <see cref="Poll"/>. One thread polls, seeks and pauses; <see cref="Commit"/> and the look-ups may come from any.
/// </remarks>
internal sealed class BatchConsumer : ILogClient
{
    // The client's default is 10 s, in which a broker that is back would stand unused.
    private const int ReconnectWithin = 1_000;
    private const int PartitionEof = (int)ErrorCode.Local_PartitionEOF;
    private const int AutoOffsetReset = -140;
    private const int Ahead = 6;
    private static readonly TimeSpan LookUpTimeout = TimeSpan.FromSeconds(10);

    // Long enough for the client's own thread to say what follows from what was just answered.
    private static readonly TimeSpan LeaveWait = TimeSpan.FromMilliseconds(20);

    // After what a stop may take (ConsumingOptions.StopWithin, then the last commit), and still within the grace that supervisors give.
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(1);

    private readonly IConsumerEvents _events;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly IAdminClient _admin;
    private readonly ConsumerQueue _queue;
    private readonly nint[] _messages;
    private readonly Dictionary<(nint Topic, int Partition), PartitionReader?> _readers = [];
    private readonly Dictionary<nint, string> _topics = [];
    private (nint Topic, int Partition, PartitionReader? Reader) _last;
    private int _rebalances;
    private Error? _fatal;

    static BatchConsumer()
    {
        NativeLibraries.Resolve(typeof(IConsumer<,>).Assembly);
        NativeLibraries.Resolve(typeof(BatchConsumer).Assembly);
    }

    /// <summary>Makes the client; <see cref="Subscribe"/> starts it.</summary>
    public BatchConsumer(KafkaAddress address, ConsumingOptions options, IConsumerEvents events)
    {
        _events = events;
        _messages = new nint[options.BatchRecords];
        _consumer = new ConsumerBuilder<Ignore, Ignore>(Settings(address, options))
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                _rebalances++;
                events.Assigned(partitions);

                // The end is a place that always exists. The reader seeks to its start once it has found it.
                return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
            })
            .SetPartitionsRevokedHandler((_, offsets) =>
            {
                _rebalances++;
                events.Revoked([.. offsets.Select(offset => offset.TopicPartition)]);
            })
            .SetPartitionsLostHandler((_, offsets) =>
            {
                _rebalances++;
                events.Lost([.. offsets.Select(offset => offset.TopicPartition)]);
            })
            .SetErrorHandler((_, error) => Note(error))
            .SetLogHandler((_, line) => Note(line))
            .Build();
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        _queue = new ConsumerQueue((SafeHandle)NativeHandleOf(_consumer.Handle));
    }

    /// <summary>The client's own end, which <see cref="Dispose"/> waits for only so long.</summary>
    public Task Closing { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public void Subscribe(IEnumerable<string> topics) => _consumer.Subscribe(topics);

    /// <inheritdoc/>
    /// <exception cref="KafkaException">The client cannot go on: the process must end.</exception>
    public unsafe int Poll(TimeSpan wait, long now)
    {
        // A topic's address in the client's memory names it during one poll only.
        _readers.Clear();
        _topics.Clear();
        _last = (0, 0, null);
        var count = Take(wait);
        for (var i = 0; i < count; i++)
        {
            // Each record is an allocation of the client's own, so it is asked for some records before it is touched.
            if (Sse.IsSupported && i + Ahead < count)
            {
                Sse.Prefetch0((void*)_messages[i + Ahead]);
            }

            var message = (Librdkafka.Message*)_messages[i];
            if (message->Error == 0)
            {
                Hand(message, now);
            }
            else
            {
                HandEvent(message);
            }

            Librdkafka.Destroy(message);
        }

        return _fatal is { } fatal ? throw new KafkaException(fatal) : count;
    }

    /// <inheritdoc/>
    public bool TrySeek(string topic, int partition, long offset)
    {
        try
        {
            _consumer.Seek(new TopicPartitionOffset(topic, partition, offset));
            return true;
        }
        catch (KafkaException notYet) when (notYet.Error.Code is ErrorCode.Local_State or ErrorCode.Local_InProgress or ErrorCode.Local_TimedOut
            or ErrorCode.Local_UnknownPartition or ErrorCode.Local_PrevInProgress)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Reassign(string topic, int partition, long offset)
    {
        _consumer.IncrementalUnassign([new TopicPartition(topic, partition)]);
        _consumer.IncrementalAssign([new TopicPartitionOffset(topic, partition, offset)]);
    }

    /// <inheritdoc/>
    public void Pause(string topic, int partition) => _consumer.Pause([new TopicPartition(topic, partition)]);

    /// <inheritdoc/>
    public void Resume(string topic, int partition) => _consumer.Resume([new TopicPartition(topic, partition)]);

    /// <inheritdoc/>
    public void Commit(IEnumerable<(string Topic, int Partition, long Offset)> offsets) =>
        _consumer.Commit(offsets.Select(end => new TopicPartitionOffset(end.Topic, end.Partition, end.Offset)));

    /// <inheritdoc/>
    public long? Committed(string topic, int partition)
    {
        var offset = _consumer.Committed([new TopicPartition(topic, partition)], LookUpTimeout)[0].Offset;
        return offset.IsSpecial ? null : offset.Value;
    }

    /// <inheritdoc/>
    public (long Start, long End) Bounds(string topic, int partition)
    {
        var bounds = _consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), LookUpTimeout);
        return (bounds.Low.Value, bounds.High.Value);
    }

    /// <inheritdoc/>
    public async Task<(long High, long Low)?> TopicIdAsync(string topic)
    {
        try
        {
            var described = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new() { RequestTimeout = LookUpTimeout }).ConfigureAwait(false);
            var id = described.TopicDescriptions[0].TopicId;
            return id is null || (id.MostSignificantBits | id.LeastSignificantBits) == 0 ? null : (id.MostSignificantBits, id.LeastSignificantBits);
        }
        catch (DescribeTopicsException refused) when (refused.Results.TopicDescriptions is [{ } about, ..])
        {
            // The exception says only that something is wrong with some topic.
            throw new KafkaException(about.Error);
        }
    }

    /// <summary>Leaves the group. The polling thread's, or nobody polls any more.</summary>
    public void Dispose()
    {
        Leave();
        _admin.Dispose();
        _queue.Dispose();

        // A broker that says nothing holds this up for 5 s, or a minute where a commit is under way; the process need not wait for it.
        Closing = Task.Factory.StartNew(Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([Closing], LeaveWithin) < 0)
        {
            _events.Trouble($"Kafka has not said within {LeaveWithin.TotalSeconds} s that the group was left; if it does not know, the others wait for the session's end.");
            return;
        }

        Closing.GetAwaiter().GetResult();
    }

    private void Close()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private static ConsumerConfig Settings(KafkaAddress address, ConsumingOptions options)
    {
        var config = new ConsumerConfig(new Dictionary<string, string>(address.Client))
        {
            BootstrapServers = address.BootstrapServers,
            GroupId = address.Group,
            ClientId = "analytics-worker",
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Error,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)options.SessionTimeout.TotalMilliseconds / 5,
            FetchWaitMaxMs = (int)options.FetchWait.TotalMilliseconds,
            FetchMinBytes = 1,
            ReconnectBackoffMaxMs = ReconnectWithin,
            QueuedMaxMessagesKbytes = options.PrefetchMegabytes * 1_024,
        };
        config.Set("queued.min.messages", "100000");

        // How long a partition rests when the prefetch memory is full: the client's default of 1 s would leave the graph idle.
        config.Set("fetch.queue.backoff.ms", "10");
        return config;
    }

    // The client's own way out never ends where a rebalance has begun that no poll has brought: the callback asks the group, which is gone already and does not
    // answer (librdkafka's issue 4041). So the rebalances are polled for first, until nothing is assigned and none follows from the last.
    private unsafe void Leave()
    {
        _consumer.Unsubscribe();
        int served;
        do
        {
            served = _rebalances;
            var count = Take(LeaveWait);
            for (var i = 0; i < count; i++)
            {
                // The next owner's.
                Librdkafka.Destroy((Librdkafka.Message*)_messages[i]);
            }
        }
        while (_rebalances != served || _consumer.Assignment.Count > 0);
    }

    /// <summary>Fills <see cref="_messages"/> and runs the callbacks that come in between.</summary>
    private unsafe int Take(TimeSpan wait)
    {
        fixed (nint* messages = _messages)
        {
            return Math.Max(0, (int)Librdkafka.Consume(_queue, (int)wait.TotalMilliseconds, (Librdkafka.Message**)messages, (nuint)_messages.Length));
        }
    }

    private unsafe void Hand(Librdkafka.Message* message, long now)
    {
        if (ReaderOf(message) is { } reader)
        {
            var value = new ReadOnlySpan<byte>(message->Payload, (int)message->Length);
            reader.Add(message->Offset, Librdkafka.TimestampOf(message, out _), value, message->Payload is null, now);
        }
    }

    private unsafe void HandEvent(Librdkafka.Message* message)
    {
        if (message->Topic != 0 && ReaderOf(message) is { } reader)
        {
            switch (message->Error)
            {
                case PartitionEof:
                    reader.Drained(message->Offset);
                    return;
                case AutoOffsetReset or (int)ErrorCode.OffsetOutOfRange:
                    _events.OutOfRange(reader.Topic, reader.Partition);
                    break;
            }
        }

        if (message->Error != PartitionEof)
        {
            _events.Trouble($"{(ErrorCode)message->Error}: {Marshal.PtrToStringUTF8((nint)message->Payload, (int)message->Length)}");
        }
    }

    // Records of one partition follow each other, so the last answer is nearly always the next one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe PartitionReader? ReaderOf(Librdkafka.Message* message) =>
        message->Topic == _last.Topic && message->Partition == _last.Partition ? _last.Reader : NextReaderOf(message);

    private unsafe PartitionReader? NextReaderOf(Librdkafka.Message* message)
    {
        ref var reader = ref CollectionsMarshal.GetValueRefOrAddDefault(_readers, (message->Topic, message->Partition), out var isKnown);
        if (!isKnown)
        {
            ref var topic = ref CollectionsMarshal.GetValueRefOrAddDefault(_topics, message->Topic, out _);
            topic ??= Marshal.PtrToStringUTF8((nint)Librdkafka.NameOf(message->Topic))!;
            reader = _events.ReaderOf(topic, message->Partition);
        }

        _last = (message->Topic, message->Partition, reader);
        return reader;
    }

    private void Note(Error error)
    {
        if (error.IsFatal)
        {
            _fatal = error;
        }
        else
        {
            _events.Trouble(error.Reason);
        }
    }

    private void Note(LogMessage line)
    {
        if (line.Level <= SyslogLevel.Warning)
        {
            _events.Trouble(line.Message);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object NativeHandleOf(Handle handle);
}
