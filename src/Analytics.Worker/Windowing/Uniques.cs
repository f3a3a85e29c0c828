using System.Numerics;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;

namespace Analytics.Worker.Windowing;

/// <summary>The users and sessions of each cell of a chunk that no flush has had yet.</summary>
/// <remarks>
/// A log, not a set: sketches are united in the store, where repeating a member changes nothing. What repeats itself at once is left out when it comes, the rest
/// when a flush sorts each cell's members. So an event costs one line of a small table and 20 bytes in sequence, and nothing is kept beyond a flush. One thread.
/// </remarks>
internal sealed class Uniques
{
    private const int Ahead = 12;
    private readonly RecentTags _recent = new();
    private int[] _cells = new int[1024];
    private Member[] _members = new Member[1024];
    private int _count;
    private int[] _ends = [];
    private Member[] _grouped = [];
    private ulong[] _users = [];
    private ulong[] _sessions = [];

    /// <summary>The tag of a user and a session in a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TagOf(int cell, ulong user, ulong session) =>
        (user + BitOperations.RotateLeft(session, 23)) ^ ((ulong)(uint)(cell + 1) * 0x9E3779B97F4A7C15);

    /// <summary>Brings the place of a tag into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(ulong tag) => _recent.Expect(tag);

    /// <summary>Notes a user and a session of a cell, by their tag; 0 is nobody. False when they were just noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ulong tag, int cell, ulong user, ulong session)
    {
        if (!_recent.Add(tag))
        {
            return false;
        }

        if (_count == _cells.Length)
        {
            Grow();
        }

        _cells[_count] = cell;
        _members[_count++] = new Member(user, session);
        return true;
    }

    /// <summary>Makes rows of the members since the last call: each once in its cell, in order of their hashes.</summary>
    public void TakeHistory(TableRows rows, ChunkStamp stamp, Cells cells, Words words, long retention)
    {
        Group(cells.Count, cells.Changed);
        Span<UniqueRow> strip = stackalloc UniqueRow[CellRows.Strip];
        var (count, start, users, sessions) = (0, 0, 0, 0);
        var changed = cells.Changed;
        for (var i = 0; i < changed.Length; i++)
        {
            cells.Expect(changed[Math.Min(i + Ahead, changed.Length - 1)]);
            var cell = changed[i];
            var end = _ends[cell];
            if (end > start)
            {
                var (userStart, sessionStart) = (users, sessions);
                Split(_grouped.AsSpan(start..end), ref users, ref sessions);
                var key = cells.KeyOf(cell);
                strip[count++] = new UniqueRow
                {
                    Tenant = key.Tenant,
                    Window = (uint)key.Minute * 60,
                    Dimensions = key.Dimensions,
                    Users = users - userStart,
                    Sessions = sessions - sessionStart,
                };
                start = end;
            }

            if (count == strip.Length)
            {
                Emit(strip);
            }
        }

        Emit(strip[..count]);
        Clear();

        void Emit(ReadOnlySpan<UniqueRow> of)
        {
            UniqueRows.Add(rows, stamp, of, _users.AsSpan(0, users), _sessions.AsSpan(0, sessions), cells.DimensionsOfCells, words, retention);
            (count, users, sessions) = (0, 0, 0);
        }
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _count = 0;
        _recent.Clear();
    }

    // Counting sort by cell, in the order of the changed cells: _ends[c] is where the members of cell c end.
    private void Group(int cells, ReadOnlySpan<int> changed)
    {
        Reserve(ref _ends, cells);
        Reserve(ref _grouped, _count);
        foreach (var cell in changed)
        {
            _ends[cell] = 0;
        }

        for (var i = 0; i < _count; i++)
        {
            _ends[_cells[i]]++;
        }

        var start = 0;
        foreach (var cell in changed)
        {
            (_ends[cell], start) = (start, start + _ends[cell]);
        }

        for (var i = 0; i < _count; i++)
        {
            _grouped[_ends[_cells[i]]++] = _members[i];
        }
    }

    // Adds the distinct users and sessions of one cell. A session is a user's own, so those that are equal stand together as well.
    private void Split(Span<Member> members, ref int users, ref int sessions)
    {
        Sort(members);
        Reserve(ref _users, users + members.Length);
        Reserve(ref _sessions, sessions + members.Length);
        var last = default(Member);
        foreach (ref readonly var member in members)
        {
            _users[users] = member.User;
            users += member.User == last.User ? 0 : 1;
            _sessions[sessions] = member.Session;
            sessions += member.Session == 0 || member == last ? 0 : 1;
            last = member;
        }
    }

    // Most cells have few members, which are in order soonest by insertion.
    private static void Sort(Span<Member> members)
    {
        if (members.Length > 24)
        {
            members.Sort();
            return;
        }

        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var at = i - 1;
            for (; at >= 0 && member.CompareTo(members[at]) < 0; at--)
            {
                members[at + 1] = members[at];
            }

            members[at + 1] = member;
        }
    }

    private void Grow()
    {
        Array.Resize(ref _cells, _count * 2);
        Array.Resize(ref _members, _count * 2);
    }

    private static void Reserve<T>(ref T[] array, int room)
    {
        if (array.Length < room)
        {
            Array.Resize(ref array, (int)BitOperations.RoundUpToPowerOf2((uint)room));
        }
    }

    private readonly record struct Member(ulong User, ulong Session) : IComparable<Member>
    {
        public int CompareTo(Member other) => User != other.User ? (User < other.User ? -1 : 1) : Session.CompareTo(other.Session);
    }
}
