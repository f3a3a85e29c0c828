using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading.Channels;
using Analytics.Hosting;
using Confluent.Kafka;

namespace Analytics.Chaos.Tests.Loads;

/// <summary>Sends the records of a plan at a rate until it is stopped. A record that Kafka did not take is not repeated: the log says what is in it.</summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>The header with the record's number.</summary>
    public const string NumberHeader = "n";

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);
    private readonly LoadPlan _plan;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Channel<(long Tenant, int Records)> _flood = Channel.CreateBounded<(long, int)>(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile int _rate;

    static Load() => NativeLibraries.Resolve(typeof(Library).Assembly);

    /// <summary>Starts to send.</summary>
    public Load(LoadPlan plan, string bootstrapServers, int rate)
    {
        (_plan, _rate) = (plan, rate);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            Acks = Acks.All,
            LingerMs = 5,
            MessageSendMaxRetries = 0,
            MessageTimeoutMs = 20_000,
            ReconnectBackoffMaxMs = 500,
            QueueBufferingMaxMessages = 1_000_000,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        _running = Task.Run(RunAsync);
    }

    /// <summary>What was made.</summary>
    public LoadPlan Plan => _plan;

    /// <summary>Records a second.</summary>
    public int Rate
    {
        get => _rate;
        set => _rate = value;
    }

    /// <summary>Stops and waits until the fate of every record is known.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Flush(TimeSpan.FromSeconds(30));
    }

    /// <summary>Sends clicks of a tenant among the others, as fast as the broker takes them; each has values that no other has.</summary>
    public async Task FloodAsync(long tenant, int records)
    {
        const int AtOnce = 500;
        for (var sent = 0; sent < records; sent += AtOnce)
        {
            await _flood.Writer.WriteAsync((tenant, Math.Min(AtOnce, records - sent)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var last = Stopwatch.GetTimestamp();
        var due = 0.0;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Beat, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            due += Stopwatch.GetElapsedTime(last).TotalSeconds * _rate;
            last = Stopwatch.GetTimestamp();
            Flood();
            for (; due >= 1; due--)
            {
                var now = TimeProvider.System.GetUtcNow();
                Send(_plan.Next(now), now);
            }
        }
    }

    private void Flood()
    {
        while (_flood.Reader.TryRead(out var flood))
        {
            var now = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < flood.Records; i++)
            {
                Send(_plan.NextDistinct(flood.Tenant, now), now);
            }
        }
    }

    private void Send(PlannedRecord record, DateTimeOffset now)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, record.Number);
        var message = new Message<byte[], byte[]> { Value = record.Bytes!, Timestamp = new Timestamp(now), Headers = new Headers { { NumberHeader, number } } };
        _producer.Produce(new TopicPartition(record.Topic, record.Partition), message);
    }
}
