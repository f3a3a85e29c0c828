using System.Net.Sockets;
using Analytics.Storage.ClickHouse;
using Confluent.Kafka;

namespace Analytics.Worker;

/// <summary>Does something until the dependency that it needs is back: waits longer each time, up to a ceiling, with jitter so that workers do not ask in step.</summary>
/// <param name="time">The clock.</param>
/// <param name="seed">Seeds the jitter.</param>
/// <param name="log">Told of every failure: recovered, nothing lost.</param>
internal sealed class Retry(TimeProvider time, int seed, ILogger log)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(10);
    private readonly Random _jitter = new(seed);
    private readonly Lock _gate = new();

    /// <summary>The result of <paramref name="ask"/>, however long it takes. What is not a dependency's failure is thrown.</summary>
    public async Task<T> UntilDoneAsync<T>(string what, Func<Task<T>> ask, CancellationToken cancellation)
    {
        for (var wait = First; ; wait = wait * 2 < Ceiling ? wait * 2 : Ceiling)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (Exception failure) when (IsAway(failure, cancellation))
            {
                Log.Retrying(log, what, failure.Message);
            }

            await Task.Delay(wait * (0.5 + Jitter()), time, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsAway(Exception failure, CancellationToken cancellation) => failure switch
    {
        KafkaException or ClickHouseUnavailableException or HttpRequestException or IOException or SocketException or TimeoutException => true,
        OperationCanceledException => !cancellation.IsCancellationRequested,
        _ => false,
    };

    private double Jitter()
    {
        lock (_gate)
        {
            return _jitter.NextDouble();
        }
    }
}
