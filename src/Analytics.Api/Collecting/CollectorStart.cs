using Analytics.Core.Events;
using Analytics.Storage.Kafka;
using Analytics.Storage.Registry;

namespace Analytics.Api.Collecting;

/// <summary>Makes the way to the broker before the first event comes: schemas registered, connections open. Part of the start, so that a ready API takes events at once.</summary>
/// <remarks>A broker or registry that is away only costs the first event its time: the API starts, and answers what it can.</remarks>
internal sealed class CollectorStart(EventSender sender, EventProducer producer, ILogger<CollectorStart> log) : IHostedService
{
    // As long as a client of the collector may be kept waiting.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await producer.ConnectAsync(Topics.Counted, Limit).ConfigureAwait(false);
            await sender.RegisterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is BrokerUnavailableException or RegistryUnavailableException or SchemaRefusedException)
        {
            Log.CollectorNotConnected(log, error.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
