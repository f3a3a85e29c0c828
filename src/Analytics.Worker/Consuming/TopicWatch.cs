using System.Collections.Concurrent;
using Analytics.Storage;
using Confluent.Kafka;

namespace Analytics.Worker.Consuming;

/// <summary>Looks whether the topics that are read are still those that were found at the start: before anything is written, and now and then where nothing is.</summary>
/// <remarks>
/// The client goes by a topic's name. Where a topic is recreated and has grown beyond the place that is read before the client asks for it again, it goes on there, in the
/// middle of another log, and says nothing. Ids of topics never come back: a look that begins after a record was read and finds the id of its start proves that the record
/// is of that log (decision 21). Any thread, but <see cref="Recreated"/>.
/// </remarks>
/// <param name="epochOf">Asks for the epoch that a topic has now.</param>
/// <param name="options">How often to look where nothing is written.</param>
/// <param name="time">The clock.</param>
internal sealed class TopicWatch(Func<string, Task<ulong>> epochOf, ConsumingOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, TopicLook> _looks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Topic, ulong Epoch)> _gone = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly StoreState _state = new(time);
    private Task<bool[]>? _looking;
    private long _lookedAt = time.GetTimestamp();

    /// <summary>Why a look was not answered when it was last tried; null when it was. Nothing is written meanwhile.</summary>
    public Outage? Outage => _state.Outage;

    /// <summary>Whether the topic still is the log of <paramref name="epoch"/>, by a look that begins now or later. Waits as long as the broker is away.</summary>
    public async Task<bool> IsStillAsync(string topic, ulong epoch)
    {
        var look = _looks.GetOrAdd(topic, name => new TopicLook(() => LookAsync(name)));
        if (await look.NextAsync().ConfigureAwait(false) == epoch)
        {
            return true;
        }

        _gone.Enqueue((topic, epoch));
        return false;
    }

    /// <summary>The seats whose log was seen to be gone since the last call. The polling thread's.</summary>
    public IEnumerable<Seat> Recreated(Seat[] seats)
    {
        if (_looking is null && time.GetElapsedTime(_lookedAt) >= options.TopicCheck)
        {
            _lookedAt = time.GetTimestamp();
            _looking = Task.WhenAll(seats.Where(seat => seat.Epoch is not null).Select(seat => (seat.Reader.Topic, seat.Epoch!.Value)).Distinct()
                .Select(log => IsStillAsync(log.Topic, log.Value)));
        }

        if (_looking is { IsCompleted: true } looked)
        {
            _looking = null;
            looked.GetAwaiter().GetResult();
        }

        if (_gone.IsEmpty)
        {
            return [];
        }

        var gone = new HashSet<(string, ulong)>();
        while (_gone.TryDequeue(out var log))
        {
            gone.Add(log);
        }

        return seats.Where(seat => seat.Epoch is { } epoch && gone.Contains((seat.Reader.Topic, epoch)));
    }

    /// <summary>Whoever waits for a look gets none.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    // Null: there is no such topic. That may be so for a moment only, and then its log is found again where it was left.
    private async Task<ulong?> LookAsync(string topic)
    {
        while (true)
        {
            _ended.Token.ThrowIfCancellationRequested();
            try
            {
                var epoch = await epochOf(topic).ConfigureAwait(false);
                _state.IsBack();
                return epoch;
            }
            catch (KafkaException deleted) when (deleted.Error.Code == ErrorCode.UnknownTopicOrPart)
            {
                return null;
            }
            catch (KafkaException away)
            {
                _state.IsAway($"Nothing more of {topic} is written until Kafka has said that it is the topic that was read: {away.Error.Reason}");
            }

            await Task.Delay(Pause, time, _ended.Token).ConfigureAwait(false);
        }
    }
}
