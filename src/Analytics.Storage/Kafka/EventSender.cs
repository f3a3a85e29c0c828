using System.Collections.Concurrent;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.Registry;

namespace Analytics.Storage.Kafka;

/// <summary>Sends events to their topics: registers our schemas, writes Avro, chooses the key, waits for the acknowledgement.</summary>
/// <remarks>
/// One for each process, any thread. A schema is registered when the first event of its topic is sent; the same schema again gives the same id, so every
/// process may do it. <see cref="RegistryUnavailableException"/> and <see cref="BrokerUnavailableException"/> pass: send the same event again.
/// </remarks>
public sealed class EventSender(EventProducer producer, SchemaRegistryClient registry)
{
    [ThreadStatic]
    private static AvroWriter? _writer;

    private readonly ConcurrentDictionary<string, int> _schemaIds = new();

    /// <summary>Registers the schemas of all topics, to fail early where that is wanted.</summary>
    public async Task RegisterAsync(CancellationToken cancel = default)
    {
        foreach (var topic in Topics.Counted)
        {
            await SchemaIdAsync(topic, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sends one event; done when the brokers have acknowledged it.</summary>
    public async Task SendAsync(ProducedEvent item, CancellationToken cancel = default)
    {
        var topic = Topics.Of(item);
        var schemaId = await SchemaIdAsync(topic, cancel).ConfigureAwait(false);
        await producer.ProduceAsync(topic, PartitionKey.Of(item), Record(item, schemaId), cancel).ConfigureAwait(false);
    }

    /// <summary>Sends many events of one topic as fast as the brokers take them; done when all are acknowledged. Gives their number.</summary>
    public async Task<long> SendManyAsync(string topic, IEnumerable<ProducedEvent> items, CancellationToken cancel = default)
    {
        var schemaId = await SchemaIdAsync(topic, cancel).ConfigureAwait(false);
        return await producer.ProduceManyAsync(topic, items.Select(item => (PartitionKey.Of(item), Record(item, schemaId))), cancel).ConfigureAwait(false);
    }

    private static byte[] Record(ProducedEvent item, int schemaId)
    {
        var writer = _writer ??= new();
        WireFormat.Begin(writer, schemaId);
        EventEncoding.Write(writer, item);
        return writer.Written.ToArray();
    }

    private async ValueTask<int> SchemaIdAsync(string topic, CancellationToken cancel)
    {
        if (_schemaIds.TryGetValue(topic, out var known))
        {
            return known;
        }

        var id = await registry.RegisterAsync(Topics.SubjectOf(topic), EventSchemas.TextOf(topic), cancel).ConfigureAwait(false);
        return _schemaIds[topic] = id;
    }
}
