using System.Diagnostics;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Confluent.Kafka;

namespace Analytics.Benchmarks.Running;

/// <summary>Sends the records of a workload over and over, each time with other ids, each tenant to one partition.</summary>
internal sealed class Producing : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private readonly IProducer<Null, byte[]> _producer;
    private readonly Clickstream _records;
    private readonly int _partitions;
    private ulong _sent;

    /// <summary>Connects.</summary>
    public Producing(string brokers, Clickstream records, int partitions)
    {
        (_records, _partitions) = (records, partitions);
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = brokers,
            LingerMs = 5,
            BatchSize = 1 << 20,
            QueueBufferingMaxMessages = 2_000_000,
            EnableDeliveryReports = false,
        }).Build();
    }

    /// <summary>Records sent so far.</summary>
    public long Sent => (long)_sent;

    /// <summary>Sends so many as fast as it goes, and waits until they are there.</summary>
    public void SendMany(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            SendNext();
        }

        _producer.Flush(TimeSpan.FromMinutes(2));
    }

    /// <summary>Sends at an even rate until it is cancelled.</summary>
    public Task SendAtRateAsync(double perSecond, CancellationToken stop) => Task.Factory.StartNew(
        () =>
        {
            var (started, sent) = (Stopwatch.GetTimestamp(), 0L);
            while (!stop.IsCancellationRequested)
            {
                for (var due = (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond); sent < due; sent++)
                {
                    SendNext();
                }

                stop.WaitHandle.WaitOne(Tick);
            }
        },
        TaskCreationOptions.LongRunning);

    /// <summary>Sends one record of its own.</summary>
    public void Send(int partition, byte[] record) => Produce(partition, record);

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private void SendNext()
    {
        var i = (int)(_sent % (ulong)_records.Count);
        var record = _records[i].ToArray();
        Clickstream.SetId(record, ++_sent);
        Produce(_records.TenantOf(i) % _partitions, record);
    }

    private void Produce(int partition, byte[] record)
    {
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(Topics.Clickstream, partition), new Message<Null, byte[]> { Value = record });
                return;
            }
            catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(Tick);
            }
        }
    }
}
