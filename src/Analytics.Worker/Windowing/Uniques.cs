using System.Numerics;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;

namespace Analytics.Worker.Windowing;

/// <summary>The users and sessions of each cell of a chunk that no flush has had yet.</summary>
/// <remarks>
/// A log, not a set: sketches are united in the store, where repeating a member changes nothing. What repeats itself at once is left out when it comes, the rest
/// when a flush groups the members by cell. So an event costs one line of a small table and 20 bytes in sequence, and nothing is kept beyond a flush. One thread.
/// </remarks>
/// <param name="recent">Places for what repeats itself at once.</param>
internal sealed class Uniques(int recent)
{
    private const int Ahead = 12;
    private readonly RecentTags _recent = new(recent);
    private int[] _cells = new int[1024];
    private Member[] _members = new Member[1024];
    private int _count;
    private int[] _ends = [];
    private Member[] _grouped = [];
    private readonly DistinctHashes _seenUsers = new();
    private readonly DistinctHashes _seenSessions = new();
    private ulong[] _users = [];
    private ulong[] _sessions = [];

    /// <summary>The tag of a user and a session in a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TagOf(int cell, ulong user, ulong session) =>
        (user + BitOperations.RotateLeft(session, 23)) ^ ((ulong)(uint)(cell + 1) * 0x9E3779B97F4A7C15);

    /// <summary>Brings the place of a tag into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(ulong tag) => _recent.Expect(tag);

    /// <summary>Whether a tag was not just met; then its members should be noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNew(ulong tag) => _recent.Add(tag);

    /// <summary>Notes a user and a session of a cell; 0 is nobody.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(int cell, ulong user, ulong session)
    {
        if (_count == _cells.Length)
        {
            Grow();
        }

        _cells[_count] = cell;
        _members[_count++] = new Member(user, session);
    }

    /// <summary>Makes rows of the members since the last call: each once in its cell.</summary>
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

    // Adds the distinct users and sessions of one cell, in the order in which they came. A session's hash is made of its user's, so equal ones are one session.
    private void Split(ReadOnlySpan<Member> members, ref int users, ref int sessions)
    {
        Reserve(ref _users, users + members.Length);
        Reserve(ref _sessions, sessions + members.Length);
        if (members.Length == 1)
        {
            (_users[users], _sessions[sessions]) = (members[0].User, members[0].Session);
            users += members[0].User == 0 ? 0 : 1;
            sessions += members[0].Session == 0 ? 0 : 1;
            return;
        }

        _seenUsers.Begin(members.Length);
        _seenSessions.Begin(members.Length);
        foreach (ref readonly var member in members)
        {
            if (member.User != 0 && _seenUsers.Add(member.User))
            {
                _users[users++] = member.User;
            }

            if (member.Session != 0 && _seenSessions.Add(member.Session))
            {
                _sessions[sessions++] = member.Session;
            }
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

    private readonly record struct Member(ulong User, ulong Session);
}
