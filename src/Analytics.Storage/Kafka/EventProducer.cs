using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Analytics.Storage.Kafka;

/// <summary>Sends records to Kafka; a record counts as sent when all in-sync replicas have it (acks=all).</summary>
/// <remarks>
/// <para>One for each process, any thread. Keys are placed by murmur2, as Java's producers do, so that the same key meets in the same partition whoever sends it.</para>
/// <para>Kafka's idempotent producer is not used: the worker drops a record whose event id it has seen in the partition, which covers a client's own resends
/// too, and a producer without that state cannot be put out of action by a broker that lost it (the broker of the one-machine stack starts empty).</para>
/// <para>The process has called <c>NativeLibraries.Resolve</c> for <see cref="Confluent.Kafka"/>'s assembly before.</para>
/// </remarks>
public sealed partial class EventProducer : IDisposable
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    private readonly IProducer<string, byte[]> _producer;
    private readonly SemaphoreSlim _slots;
    private readonly EventProducerOptions _options;

    /// <summary>Starts a producer; it connects when there is something to send.</summary>
    public EventProducer(EventProducerOptions options, ILogger<EventProducer> log)
    {
        _options = options;
        _slots = new(options.MaxInFlight, options.MaxInFlight);
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = "analytics-producer",
            Acks = Acks.All,
            LingerMs = options.LingerMilliseconds,
            MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
            Partitioner = Partitioner.Murmur2Random,
            CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = options.MaxInFlight,
            DeliveryReportFields = "status",
        };
        _producer = new ProducerBuilder<string, byte[]>(config)
            .SetLogHandler((_, message) => LogClient(log, message.Facility, message.Message))
            .SetErrorHandler((_, error) => LogError(log, error.Code, error.Reason))
            .Build();
    }

    /// <summary>Sends one record; done when the brokers have acknowledged it.</summary>
    /// <exception cref="BrokerUnavailableException">They did not in <see cref="EventProducerOptions.DeliveryTimeout"/>.</exception>
    public async Task ProduceAsync(string topic, string key, byte[] record, CancellationToken cancel = default)
    {
        if (!await _slots.WaitAsync(_options.DeliveryTimeout, cancel).ConfigureAwait(false))
        {
            throw new BrokerUnavailableException($"{_options.MaxInFlight} records are on their way and none was acknowledged within {_options.DeliveryTimeout.TotalSeconds} s.");
        }

        var delivery = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(topic, key, record, error => Settle(delivery, error));
        await delivery.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Sends many records, as fast as the brokers take them; done when all are acknowledged. For loaders.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="records">Key and record, read as room becomes free.</param>
    /// <param name="cancel">Stops sending; what is on its way may still arrive.</param>
    /// <returns>How many were acknowledged: all that <paramref name="records"/> gave.</returns>
    /// <exception cref="BrokerUnavailableException">One was not acknowledged in time; others may have been.</exception>
    public async Task<long> ProduceManyAsync(
        string topic, IEnumerable<(string Key, byte[] Record)> records, CancellationToken cancel = default)
    {
        var open = new OpenDeliveries();
        foreach (var (key, record) in records)
        {
            await _slots.WaitAsync(cancel).ConfigureAwait(false);
            open.Add();
            Send(topic, key, record, open.Settle);
            if (open.HasFailed)
            {
                break;
            }
        }

        return await open.AllAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Connects and learns where the topics' partitions are, so that the first record does not wait for it.</summary>
    /// <exception cref="BrokerUnavailableException">No broker answered within <paramref name="limit"/>.</exception>
    public async Task ConnectAsync(IEnumerable<string> topics, TimeSpan limit)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        foreach (var topic in topics)
        {
            try
            {
                // The client has only the blocking form.
                await Task.Run(() => admin.GetMetadata(topic, limit)).ConfigureAwait(false);
            }
            catch (KafkaException error)
            {
                throw Unavailable(topic, error.Error, error);
            }
        }
    }

    /// <summary>Waits, a few seconds at most, for records on their way and closes the connections.</summary>
    public void Dispose()
    {
        _producer.Flush(FlushLimit);
        _producer.Dispose();
        _slots.Dispose();
    }

    private static void Settle(TaskCompletionSource delivery, BrokerUnavailableException? error)
    {
        if (error is null)
        {
            delivery.SetResult();
        }
        else
        {
            delivery.SetException(error);
        }
    }

    // The caller holds a slot; it is given back when the record's fate is known, here or on the client's thread.
    private void Send(string topic, string key, byte[] record, Action<BrokerUnavailableException?> settle)
    {
        try
        {
            _producer.Produce(topic, new Message<string, byte[]> { Key = key, Value = record }, report =>
            {
                _slots.Release();
                settle(report.Error.IsError ? Unavailable(topic, report.Error) : null);
            });
        }
        catch (KafkaException error)
        {
            _slots.Release();
            settle(Unavailable(topic, error.Error, error));
        }
    }

    private BrokerUnavailableException Unavailable(string topic, Error error, Exception? inner = null) =>
        new($"{topic} at {_options.BootstrapServers}: {error.Reason} ({error.Code})", inner);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "{Facility}: {Text}")]
    private static partial void LogClient(ILogger log, string facility, string text);

    // A warning: the client reconnects by itself, and a record that fails is told to its sender.
    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Kafka: {Reason} ({Code})")]
    private static partial void LogError(ILogger log, ErrorCode code, string reason);

    /// <summary>Counts the records of one call that are on their way, and keeps the first error.</summary>
    private sealed class OpenDeliveries
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private BrokerUnavailableException? _failed;
        private long _open = 1;
        private long _sent;

        public bool HasFailed => Volatile.Read(ref _failed) is not null;

        public void Add()
        {
            _sent++;
            Interlocked.Increment(ref _open);
        }

        public void Settle(BrokerUnavailableException? error)
        {
            if (error is not null)
            {
                Interlocked.CompareExchange(ref _failed, error, null);
            }

            if (Interlocked.Decrement(ref _open) == 0)
            {
                _done.SetResult();
            }
        }

        public async Task<long> AllAsync(CancellationToken cancel)
        {
            Settle(null);
            await _done.Task.WaitAsync(cancel).ConfigureAwait(false);
            return _failed is null ? _sent : throw new BrokerUnavailableException(_failed.Message, _failed);
        }
    }
}
