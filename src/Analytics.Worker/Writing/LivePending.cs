using System.Runtime.InteropServices;
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
    // Chunks of a partition end one after the other, so few wait for another use at a time.
    private const int Idle = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<Chunk, Counted> _chunks = [];
    private readonly List<Unsettled> _unsettled = [];
    private readonly List<(LivePartition Partition, long End)> _reached = [];
    private readonly Stack<Counted> _idle = [];
    private readonly List<LivePart> _sentParts = [];
    private List<LiveVisitor> _visitors = [];
    private List<LiveVisitor> _sentVisitors = [];
    private int _unsettledCount;
    private int _visitorLimit = capacity / 2;
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

    /// <summary>Takes a whole flush and gives its lists back. Minutes before <paramref name="oldest"/> (Unix minutes) are not for Redis.</summary>
    public void Add(GatheredFlush flush, long oldest)
    {
        lock (_gate)
        {
            DropLost();
            DropExcessVisitors();
            if (!_chunks.TryGetValue(flush.Chunk, out var counted))
            {
                _chunks.Add(flush.Chunk, counted = _idle.TryPop(out var idle) ? idle : new Counted());
            }

            counted.Version = flush.LastOffset;
            counted.IsSealed |= flush.IsSeal;
            foreach (var output in flush.Outputs)
            {
                if (output.Live is { } additions)
                {
                    counted.Add(additions.Values, oldest);
                    additions.Return();
                }

                if (output.Visitors is { } visitors)
                {
                    Add(visitors.Values, oldest);
                    _unsettled.Add(new Unsettled(flush.Chunk, flush.LastOffset, oldest, visitors));
                    _unsettledCount += visitors.Count;
                }
            }

            Limit();
        }
    }

    /// <summary>
    /// Notes what ClickHouse has, before somebody looks whether Redis has lost anything: that may go once it has arrived. A loss that comes after the look is made good
    /// from what ClickHouse had before it; what ClickHouse gets later may be missing in that, so it stays until the next look.
    /// </summary>
    public void NoteSettled()
    {
        lock (_gate)
        {
            foreach (var (chunk, counted) in _chunks)
            {
                counted.MayGo = chunk.IsSettled && counted.IsSealed;
            }

            foreach (ref var some in CollectionsMarshal.AsSpan(_unsettled))
            {
                some.MayGo = some.Chunk.SettledThrough >= some.LastOffset;
            }
        }
    }

    /// <summary>Sealed chunks that have arrived whole with what was last taken, and all before them; empty while figures are dropped that nobody knows to be missing.</summary>
    public IReadOnlyList<(LivePartition Partition, long End)> Reached => _reached;

    /// <summary>All that waits; it counts as sent until <see cref="Failed"/>. Both lists are valid until the next call.</summary>
    /// <param name="isLast">True at the end, when nothing comes any more: open chunks have then arrived as far as they were counted.</param>
    public (IReadOnlyList<LivePart> Parts, IReadOnlyCollection<LiveVisitor> Visitors) Take(bool isLast = false)
    {
        lock (_gate)
        {
            DropLost();
            DropSettledVisitors();
            _sentParts.Clear();
            _reached.Clear();
            foreach (var (chunk, counted) in _chunks)
            {
                counted.Take(chunk.Id, _sentParts);
                if ((counted.IsSealed || isLast) && !counted.IsReached && !_hasDropped)
                {
                    counted.IsTold = true;
                    _reached.Add((new LivePartition(chunk.Id.Epoch, chunk.Id.Topic, chunk.Id.Partition), counted.Version + 1));
                }
            }

            _sentVisitors.Clear();
            (_visitors, _sentVisitors, _visitorLimit) = (_sentVisitors, _visitors, capacity / 2);
            return (_sentParts, _sentVisitors);
        }
    }

    /// <summary>What was taken has arrived: chunks that ClickHouse had at the last <see cref="NoteSettled"/> are done.</summary>
    public void Arrived()
    {
        lock (_gate)
        {
            foreach (var counted in _chunks.Values)
            {
                counted.IsReached |= counted.IsTold;
            }

            Drop((_, counted) => counted is { MayGo: true, Waiting: 0 });
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
                Add(some.Visitors.Values, some.Oldest);
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

    private void DropLost() => Drop((chunk, _) => chunk.IsLost);

    // Tables that have grown to the size of a chunk are kept for another. True when there was one to drop.
    private bool Drop(Func<Chunk, Counted, bool> isDone)
    {
        var hasDropped = false;
        foreach (var (chunk, counted) in _chunks)
        {
            if (isDone(chunk, counted))
            {
                // Which a dictionary allows while it is gone through.
                hasDropped = _chunks.Remove(chunk);
                if (_idle.Count < Idle)
                {
                    counted.Clear();
                    _idle.Push(counted);
                }
            }
        }

        return hasDropped;
    }

    // Users that ClickHouse had before the last look at Redis are its to bring back.
    private void DropSettledVisitors() => DropVisitors(some => some.MayGo);

    // Beyond the capacity the oldest are no longer kept for a loss, which only one of Redis while ClickHouse is away would show, as fewer visitors.
    private void DropExcessVisitors() => DropVisitors(some => _unsettledCount > capacity || some.Chunk.IsLost);

    private void DropVisitors(Func<Unsettled, bool> isDone) => _unsettled.RemoveAll(some =>
    {
        if (!isDone(some))
        {
            return false;
        }

        _unsettledCount -= some.Visitors.Count;
        some.Visitors.Return();
        return true;
    });

    private void Limit()
    {
        // One who comes again is sent again, which costs less than to look for everyone; but while Redis is away each stands once.
        if (_visitors.Count > _visitorLimit)
        {
            _visitors = [.. _visitors.Distinct()];
            _visitorLimit = Math.Clamp(_visitors.Count * 2, capacity / 2, capacity);
        }

        if (_visitors.Count > capacity)
        {
            _visitors = [];
            _hasDropped = true;
        }

        if (_chunks.Values.Sum(counted => counted.Waiting) > capacity)
        {
            _hasDropped |= Drop((chunk, counted) => chunk.IsSettled && counted.IsSealed);
        }
    }

    /// <summary>Users of one flush that ClickHouse may not have yet.</summary>
    private record struct Unsettled(Chunk Chunk, long LastOffset, long Oldest, LentList<LiveVisitor> Visitors)
    {
        public bool MayGo;
    }

    /// <summary>One chunk's absolute figures.</summary>
    private sealed class Counted
    {
        private readonly FlatTable<MinuteKey, LiveFigures> _minutes = new();
        private EntryList _waiting = new();
        private EntryList _taken = new();

        public long Version { get; set; }

        public bool IsSealed { get; set; }

        /// <summary>It is sealed, and ClickHouse had it before the last look at Redis.</summary>
        public bool MayGo { get; set; }

        /// <summary>Its end is noted in Redis with what is under way.</summary>
        public bool IsTold { get; set; }

        /// <summary>Its end is noted in Redis.</summary>
        public bool IsReached { get; set; }

        public int Waiting => _waiting.Count;

        public void Add(ReadOnlySpan<LiveAddition> additions, long oldest)
        {
            foreach (ref readonly var addition in additions)
            {
                if (addition.Minute >= oldest)
                {
                    ref var minute = ref _minutes.Find(new MinuteKey(addition.Tenant, addition.Minute));
                    minute.Value.Add(addition.Figures);
                    Wait(minute.Entry);
                }
            }
        }

        public void Take(ChunkId id, List<LivePart> parts)
        {
            (_waiting, _taken) = (_taken, _waiting);
            _waiting.Clear();
            foreach (var entry in _taken.Entries)
            {
                ref var minute = ref _minutes[entry];
                minute.Marks = 0;
                parts.Add(new LivePart(minute.Key.Tenant, minute.Key.Minute, id.Epoch, id.Topic, id.Partition, id.FirstOffset, Version, minute.Value));
            }
        }

        public void Again()
        {
            foreach (var entry in _taken.Entries)
            {
                Wait(entry);
            }
        }

        public void All()
        {
            for (var entry = 0; entry < _minutes.Count; entry++)
            {
                Wait(entry);
            }
        }

        public void Clear()
        {
            _minutes.Clear();
            _waiting.Clear();
            _taken.Clear();
            (Version, IsSealed, MayGo, IsTold, IsReached) = (0, false, false, false, false);
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
