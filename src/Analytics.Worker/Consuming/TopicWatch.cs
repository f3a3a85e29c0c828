using Confluent.Kafka;

namespace Analytics.Worker.Consuming;

/// <summary>Looks now and then whether the topics that are read are still those that were found at the start.</summary>
/// <remarks>
/// The client goes by a topic's name. Where a topic is recreated and has grown beyond the place that is read before the client asks for it again, it goes on there, in the
/// middle of another log, and says nothing (decision 21). Called by the polling thread; a look runs in the background, one at a time.
/// </remarks>
internal sealed class TopicWatch(StartFinder finder, ConsumingOptions options, TimeProvider time)
{
    private Task<List<Seat>>? _looking;
    private long _lookedAt = time.GetTimestamp();

    /// <summary>The seats whose topic was seen to be another one than at their start; each is told once a look.</summary>
    public List<Seat> Recreated(Seat[] seats)
    {
        if (_looking is { IsCompleted: true } looked)
        {
            _looking = null;
            return looked.GetAwaiter().GetResult();
        }

        if (_looking is null && time.GetElapsedTime(_lookedAt) >= options.TopicCheck)
        {
            _lookedAt = time.GetTimestamp();
            _looking = LookAsync([.. seats.Where(seat => seat.Epoch is not null).Select(seat => (seat, seat.Epoch!.Value))]);
        }

        return [];
    }

    private async Task<List<Seat>> LookAsync((Seat Seat, ulong Epoch)[] known)
    {
        var recreated = new List<Seat>();
        foreach (var topic in known.GroupBy(one => one.Seat.Reader.Topic))
        {
            try
            {
                var epoch = await finder.EpochAsync(topic.Key).ConfigureAwait(false);
                recreated.AddRange(topic.Where(one => one.Epoch != epoch && one.Seat.Epoch == one.Epoch).Select(one => one.Seat));
            }
            catch (KafkaException)
            {
                // The broker is away, which the client tells, or the topic is deleted and not there again: the next look sees it.
                continue;
            }
        }

        return recreated;
    }
}
