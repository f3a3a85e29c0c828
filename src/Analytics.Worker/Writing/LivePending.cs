using Analytics.Core.Chunks;
using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Writing;

/// <summary>The live figures of the open chunks, and those of them that Redis does not have yet.</summary>
/// <remarks>
/// Additions of the lanes become absolute figures here. A minute that changes twice before it is sent is sent once, so a slow Redis gets less, not
/// later. A sealed chunk, and a user, stays until ClickHouse has it: so at any time all that was counted is either here, to be sent again when Redis has lost
/// it, or in ClickHouse, to be rebuilt from there. Any thread. Bounded: beyond <c>capacity</c> waiting minutes and users what ClickHouse has is dropped and
/// <see cref="HasDropped"/> set; of what it has not there are few chunks, because their partitions stand still.
/// </remarks>
/// <param name="capacity">Most minutes, and users, that may wait.</param>
internal sealed class LivePending(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Chunk, Counted> _chunks = [];
    private readonly List<Unsettled> _unsettled = [];
    private readonly List<(LivePartition Partition, long End)> _reached = [];
    private List<LiveVisitor> _visitors = [];
    private int _unsettledCount;
    private int _visitorLimit = capacity / 4;
    private bool _hasDropped;

    /// <summary>True when something was dropped since <see cref="ForgiveDropped"/>.</summary>
    public bool HasDropped
    {
        get
        {
            lock (_gate)
            {
                return _hasDropped;
            }
        }
    }

    /// <summary>Takes a whole flush. Minutes before <paramref name="oldest"/> (Unix minutes) are not for Redis.</summary>
    public void Add(GatheredFlush flush, long oldest)
    {
        lock (_gate)
        {
            DropLost();
            DropSettled();
            if (!_chunks.TryGetValue(flush.Chunk, out var counted))
            {
                _chunks.Add(flush.Chunk, counted = new Counted());
            }

            counted.Version = flush.LastOffset;
            counted.IsSealed |= flush.IsSeal;
            foreach (var output in flush.Outputs)
            {
                foreach (ref readonly var addition in output.Live.Span)
                {
                    if (addition.Minute >= oldest)
                    {
                        counted.Add(addition);
                    }
                }

                if (output.Visitors is { } visitors)
                {
                    Add(visitors.Visitors, oldest);
                    _unsettled.Add(new Unsettled(flush.Chunk, flush.LastOffset, oldest, visitors));
                    _unsettledCount += visitors.Visitors.Length;
                }
            }

            Limit();
        }
    }

    /// <summary>Sealed chunks that have arrived whole with what was last taken, and all before them; empty while figures are dropped that nobody knows to be missing.</summary>
    public IReadOnlyList<(LivePartition Partition, long End)> Reached => _reached;

    /// <summary>All that waits; it counts as sent until <see cref="Failed"/>.</summary>
    public (IReadOnlyList<LivePart> Parts, IReadOnlyCollection<LiveVisitor> Visitors) Take()
    {
        lock (_gate)
        {
            DropLost();
            var parts = new List<LivePart>();
            _reached.Clear();
            foreach (var (chunk, counted) in _chunks)
            {
                counted.Take(chunk.Id, parts);
                if (counted is { IsSealed: true, IsReached: false } && !_hasDropped)
                {
                    counted.IsTold = true;
                    _reached.Add((new LivePartition(chunk.Id.Epoch, chunk.Id.Topic, chunk.Id.Partition), counted.Version + 1));
                }
            }

            var visitors = _visitors;
            (_visitors, _visitorLimit) = ([], capacity / 4);
            return (parts, visitors);
        }
    }

    /// <summary>What was taken has arrived: chunks that ClickHouse has as well are done.</summary>
    public void Arrived()
    {
        lock (_gate)
        {
            foreach (var counted in _chunks.Values)
            {
                counted.IsReached |= counted.IsTold;
            }

            foreach (var chunk in _chunks.Where(pair => pair.Key.IsSettled && pair.Value is { IsSealed: true, Waiting: 0 }).Select(pair => pair.Key).ToArray())
            {
                _chunks.Remove(chunk);
            }
        }
    }

    /// <summary>What was taken has not arrived, or not for certain: it waits again. Repeating it changes nothing.</summary>
    public void Failed(IReadOnlyCollection<LiveVisitor> visitors)
    {
        lock (_gate)
        {
            foreach (var counted in _chunks.Values)
            {
                counted.Again();
                counted.IsTold = false;
            }

            _visitors.AddRange(visitors);
            Limit();
        }
    }

    /// <summary>Redis has lost its memory: everything of the chunks that are still here is sent again, and the rest is missing there.</summary>
    public void StartAnew()
    {
        lock (_gate)
        {
            foreach (var counted in _chunks.Values)
            {
                counted.All();
                counted.IsReached = false;
            }

            foreach (var some in _unsettled)
            {
                Add(some.Visitors.Visitors, some.Oldest);
            }
        }
    }

    /// <summary>The loss has been made known.</summary>
    public void ForgiveDropped()
    {
        lock (_gate)
        {
            _hasDropped = false;
        }
    }

    private void Add(ReadOnlySpan<LiveVisitor> visitors, long oldest)
    {
        foreach (ref readonly var visitor in visitors)
        {
            if (visitor.Minute >= oldest)
            {
                _visitors.Add(visitor);
            }
        }
    }

    private void DropLost()
    {
        foreach (var chunk in _chunks.Keys.Where(chunk => chunk.Lost.IsCancellationRequested).ToArray())
        {
            _chunks.Remove(chunk);
        }
    }

    // Users that ClickHouse has are its to bring back. Beyond the capacity the oldest are no longer kept for that, which only a loss of Redis while ClickHouse
    // is away would show, as fewer visitors.
    private void DropSettled()
    {
        var excess = _unsettledCount - capacity;
        _unsettled.RemoveAll(some =>
        {
            var isDone = excess > 0 || some.Chunk.SettledThrough >= some.LastOffset || some.Chunk.Lost.IsCancellationRequested;
            if (isDone)
            {
                excess -= some.Visitors.Visitors.Length;
                _unsettledCount -= some.Visitors.Visitors.Length;
                some.Visitors.Return();
            }

            return isDone;
        });
    }

    private void Limit()
    {
        // One who comes again is sent again, which costs less than to look for everyone; but while Redis is away each stands once.
        if (_visitors.Count > _visitorLimit)
        {
            _visitors = [.. _visitors.Distinct()];
            _visitorLimit = Math.Clamp(_visitors.Count * 2, capacity / 4, capacity);
        }

        if (_visitors.Count > capacity)
        {
            _visitors = [];
            _hasDropped = true;
        }

        if (_chunks.Values.Sum(counted => counted.Waiting) > capacity)
        {
            foreach (var chunk in _chunks.Where(pair => pair.Key.IsSettled && pair.Value.IsSealed).Select(pair => pair.Key).ToArray())
            {
                _chunks.Remove(chunk);
                _hasDropped = true;
            }
        }
    }

    /// <summary>Users of one flush that ClickHouse may not have yet.</summary>
    private readonly record struct Unsettled(Chunk Chunk, long LastOffset, long Oldest, VisitorList Visitors);

    /// <summary>One chunk's absolute figures.</summary>
    private sealed class Counted
    {
        private readonly FlatTable<MinuteKey, LiveFigures> _minutes = new();
        private readonly EntryList _waiting = new();
        private int[] _taken = [];

        public long Version { get; set; }

        public bool IsSealed { get; set; }

        /// <summary>Its end is noted in Redis with what is under way.</summary>
        public bool IsTold { get; set; }

        /// <summary>Its end is noted in Redis.</summary>
        public bool IsReached { get; set; }

        public int Waiting => _waiting.Count;

        public void Add(in LiveAddition addition)
        {
            ref var minute = ref _minutes.Find(new MinuteKey(addition.Tenant, addition.Minute));
            minute.Value.Add(addition.Figures);
            Wait(minute.Entry);
        }

        public void Take(ChunkId id, List<LivePart> parts)
        {
            _taken = _waiting.Entries.ToArray();
            _waiting.Clear();
            foreach (var entry in _taken)
            {
                ref var minute = ref _minutes[entry];
                minute.Marks = 0;
                parts.Add(new LivePart(minute.Key.Tenant, minute.Key.Minute, id.Epoch, id.Topic, id.Partition, id.FirstOffset, Version, minute.Value));
            }
        }

        public void Again() => Array.ForEach(_taken, Wait);

        public void All()
        {
            for (var entry = 0; entry < _minutes.Count; entry++)
            {
                Wait(entry);
            }
        }

        private void Wait(int entry)
        {
            ref var minute = ref _minutes[entry];
            if (minute.Marks == 0)
            {
                minute.Marks = Marks.Live;
                _waiting.Add(entry);
            }
        }
    }
}
