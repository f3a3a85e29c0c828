using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;
using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>What a client is told of its partitions.</summary>
internal enum Notice
{
    Assigned,
    Revoked,
    Lost,
}

/// <summary>One worker's client of the log: fetches, delivers twice, skips, stops; owns what the group gave it, and sometimes what it gave to others long ago.</summary>
internal sealed class SimulatedClient(World world, SimulatedWorker worker, IConsumerEvents events) : ILogClient
{
    private readonly Dictionary<(string Topic, int Partition), Fetcher> _fetchers = [];
    private readonly HashSet<(string Topic, int Partition)> _paused = [];
    private readonly Queue<(Notice Notice, (string Topic, int Partition) At)> _notices = [];
    private int _pollsUntilLost = -1;

    public SimulatedWorker Worker => worker;

    /// <summary>True while the group has given its partitions to others and it does not know.</summary>
    public bool IsZombie => _pollsUntilLost >= 0;

    private Dice Dice => world.Dice;

    private bool Faulty => world.IsStorm && Dice.Permille(world.Plan.ClientFaults);

    public void Subscribe(IEnumerable<string> topics) => world.Group.Join(this);

    public void Notify(Notice notice, (string Topic, int Partition) at) => _notices.Enqueue((notice, at));

    /// <summary>The group gives up on it; it goes on for some polls, then hears of it.</summary>
    public void LoseSession()
    {
        _pollsUntilLost = Dice.Between(0, 60);
        _notices.Clear();
        world.Group.Expel(this);
    }

    public int Poll(TimeSpan wait, long now)
    {
        if (IsZombie)
        {
            _pollsUntilLost = world.IsStorm ? _pollsUntilLost - 1 : -1;
            if (!IsZombie)
            {
                Rejoin();
            }
        }

        while (_notices.TryDequeue(out var notice))
        {
            Tell(notice.Notice, notice.At);
        }

        var count = 0;
        foreach (var (at, fetcher) in _fetchers.ToArray())
        {
            count += Fetch(at, fetcher, now);
        }

        return count;
    }

    public bool TrySeek(string topic, int partition, long offset)
    {
        if (Faulty)
        {
            return false;
        }

        if (_fetchers.TryGetValue((topic, partition), out var fetcher))
        {
            (fetcher.Index, fetcher.HasSought) = (fetcher.Log.IndexOf(offset), true);
        }

        return true;
    }

    public void Reassign(string topic, int partition, long offset)
    {
        var fetcher = _fetchers[(topic, partition)];
        (fetcher.IsStopped, fetcher.Index, fetcher.HasSought) = (false, fetcher.Log.IndexOf(offset), true);
    }

    public void Pause(string topic, int partition)
    {
        _fetchers[(topic, partition)].WasPaused = true;
        _paused.Add((topic, partition));
    }

    // It stays paused when it goes and comes back, as in librdkafka.
    public void Resume(string topic, int partition) => _paused.Remove((topic, partition));

    /// <summary>True when a partition has been paused since it came.</summary>
    public bool WasPaused(string topic, int partition) => _fetchers[(topic, partition)].WasPaused;

    public void Commit(IEnumerable<(string Topic, int Partition, long Offset)> offsets)
    {
        var (isRefused, isCut) = (worker.IsGone || (IsZombie && Dice.Below(2) == 0) || Faulty, Faulty);
        foreach (var (topic, partition, offset) in offsets)
        {
            if (!isRefused)
            {
                world.Group.Commit((topic, partition), offset);
            }
        }

        if (isRefused || isCut)
        {
            throw Away("The commit failed.");
        }
    }

    public long? Committed(string topic, int partition) =>
        Faulty ? throw Away("No answer.") : world.Group.Committed.TryGetValue((topic, partition), out var offset) ? offset : null;

    public (long Start, long End) Bounds(string topic, int partition) =>
        Faulty ? throw Away("No answer.") : (0, world.LogOf((topic, partition)).End);

    // The cluster looks at some moment between the question and the answer.
    public Task<(long High, long Low)?> TopicIdAsync(string topic)
    {
        var asked = world.LifeOf(topic);
        var isQuick = Dice.Below(2) == 0;
        return world.Wire.Send(new Operation<(long High, long Low)?>(
            worker, "topic id", () => MadeLog.IdOf(topic, isQuick ? asked : world.LifeOf(topic)), static () => Away("No answer.")));
    }

    public void Dispose() => world.Group.Expel(this);

    /// <summary>What it fetches, for a failure's report.</summary>
    public override string ToString() => string.Join(", ", _fetchers.Select(one =>
        $"{one.Key} fetches {one.Value.Index} of {one.Value.Log.Appended}{(_paused.Contains(one.Key) ? " paused" : "")}{(one.Value.IsStopped ? " stopped" : "")}, "
        + $"reader seeks {events.ReaderOf(one.Key.Topic, one.Key.Partition)?.SeekTo}"));

    private static KafkaException Away(string reason) => new(new Error(ErrorCode.Local_TimedOut, reason));

    private void Rejoin()
    {
        events.Lost([.. _fetchers.Keys.Select(at => new TopicPartition(at.Topic, at.Partition))]);
        _fetchers.Clear();
        world.Group.Join(this);
    }

    private void Tell(Notice notice, (string Topic, int Partition) at)
    {
        TopicPartition[] partitions = [new(at.Topic, at.Partition)];
        switch (notice)
        {
            case Notice.Assigned:
                var log = world.LogOf(at);
                _fetchers[at] = new Fetcher(log) { Index = log.Appended };
                events.Assigned(partitions);
                break;
            case Notice.Revoked:
                events.Revoked(partitions);
                _fetchers.Remove(at);
                world.Group.Released(this, at);
                break;
            default:
                throw new InvalidOperationException($"{notice} is not queued.");
        }
    }

    private int Fetch((string Topic, int Partition) at, Fetcher fetcher, long now)
    {
        if (_paused.Contains(at) || fetcher.IsStopped || events.ReaderOf(at.Topic, at.Partition) is not { } reader)
        {
            return 0;
        }

        // What it had fetched of the old topic it hands over still; what it has to fetch anew it asks the new one for.
        if (fetcher.Log != world.LogOf(at) && (fetcher.HasSought || Dice.Below(2) == 0) && !GoesOnIn(world.LogOf(at), fetcher))
        {
            return 0;
        }

        Misdeliver(at, fetcher);
        var count = 0;
        for (var left = Dice.Below(2 * world.Plan.BatchRecords + 1); left > 0 && fetcher.Index < fetcher.Log.Appended; left--, count++)
        {
            fetcher.HasSought = false;
            var record = fetcher.Log.Records[fetcher.Index++];
            reader.Add(record.Offset, record.Timestamp, record.Bytes, record.Bytes is null, now);
        }

        if (fetcher.Index >= fetcher.Log.Appended)
        {
            reader.Drained(fetcher.Log.End);
        }

        return count;
    }

    // It asks by the topic's name, and says nothing where the new log is long enough to have the old place, which it may be by the time that the client asks.
    private bool GoesOnIn(MadeLog log, Fetcher fetcher)
    {
        var place = fetcher.Place;
        if (place < log.End && Dice.Below(4) > 0)
        {
            (fetcher.Log, fetcher.Index) = (log, log.IndexOf(place));
            return true;
        }

        if (place != log.End && Dice.Below(8) == 0)
        {
            (fetcher.Log, fetcher.Index, fetcher.IsStopped) = (log, 0, true);
            events.OutOfRange(log.Topic, log.Partition);
        }

        return false;
    }

    private void Misdeliver((string Topic, int Partition) at, Fetcher fetcher)
    {
        if (!world.IsStorm || !Dice.Permille(world.Plan.Misdeliveries))
        {
            return;
        }

        switch (Dice.Below(5))
        {
            case < 2:
                fetcher.Index = Math.Max(0, fetcher.Index - Dice.Between(1, 10));
                break;
            case < 4 when !fetcher.HasSought:
                fetcher.Index = Math.Min(fetcher.Log.Appended, fetcher.Index + Dice.Between(1, 5));
                break;
            case 4:
                fetcher.IsStopped = true;
                events.OutOfRange(at.Topic, at.Partition);
                break;
        }
    }

    /// <summary>One partition as the client fetches it.</summary>
    private sealed class Fetcher(MadeLog log)
    {
        public MadeLog Log = log;
        public int Index;
        public bool WasPaused;
        public bool IsStopped;

        /// <summary>It delivers what it was told to seek: a client that skips the same records twice cannot be told from a log that has none there (decision 3).</summary>
        public bool HasSought;

        /// <summary>The offset that it fetches next.</summary>
        public long Place => Index < Log.Records.Count ? Log.Records[Index].Offset : Log.End;
    }
}
