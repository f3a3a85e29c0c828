using System.Numerics;
using System.Runtime.CompilerServices;

namespace Analytics.Worker.Windowing;

/// <summary>The users and sessions of each cell of a chunk that no flush has had yet.</summary>
/// <remarks>
/// A log, not a set: sketches are united in the store, where repeating a member changes nothing. What repeats itself at once is left out when it comes, the rest
/// when a flush sorts each cell's members. So an event costs one line of a small table and 20 bytes in sequence, and nothing is kept beyond a flush. One thread.
/// </remarks>
internal sealed class Uniques
{
    private readonly RecentTags _recent = new();
    private int[] _cells = new int[1024];
    private Member[] _members = new Member[1024];
    private int _count;
    private int[] _ends = [];
    private Member[] _grouped = [];
    private ulong[] _users = [];
    private ulong[] _sessions = [];

    /// <summary>Notes a user and a session of a cell; 0 is nobody. False when they were just noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(int cell, ulong user, ulong session)
    {
        if (!_recent.Add((user + BitOperations.RotateLeft(session, 23)) ^ ((ulong)(uint)(cell + 1) * 0x9E3779B97F4A7C15)))
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

    /// <summary>The members since the last call, cell by cell, each once, in order of their hashes.</summary>
    /// <param name="cells">Number of cells.</param>
    /// <param name="changed">The cells that have been counted since the last call.</param>
    /// <param name="take">Gets the cell, its users and its sessions.</param>
    public void Take(int cells, ReadOnlySpan<int> changed, MemberSink take)
    {
        Group(cells, changed);
        var start = 0;
        foreach (var cell in changed)
        {
            var members = _grouped.AsSpan(start.._ends[cell]);
            start = _ends[cell];
            var (users, sessions) = Split(members);
            if ((users | sessions) != 0)
            {
                take(cell, Distinct(_users.AsSpan(0, users)), Distinct(_sessions.AsSpan(0, sessions)));
            }
        }

        Clear();
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

    private (int Users, int Sessions) Split(ReadOnlySpan<Member> members)
    {
        Reserve(ref _users, members.Length);
        Reserve(ref _sessions, members.Length);
        var (users, sessions) = (0, 0);
        foreach (ref readonly var member in members)
        {
            _users[users] = member.User;
            users += member.User == 0 ? 0 : 1;
            _sessions[sessions] = member.Session;
            sessions += member.Session == 0 ? 0 : 1;
        }

        return (users, sessions);
    }

    private void Grow()
    {
        Array.Resize(ref _cells, _count * 2);
        Array.Resize(ref _members, _count * 2);
    }

    private static ReadOnlySpan<ulong> Distinct(Span<ulong> members)
    {
        members.Sort();
        var count = 0;
        foreach (var member in members)
        {
            if (count == 0 || members[count - 1] != member)
            {
                members[count++] = member;
            }
        }

        return members[..count];
    }

    private static void Reserve<T>(ref T[] array, int room)
    {
        if (array.Length < room)
        {
            array = new T[(int)BitOperations.RoundUpToPowerOf2((uint)room)];
        }
    }

    private readonly record struct Member(ulong User, ulong Session);
}

/// <summary>Gets the new members of one cell.</summary>
internal delegate void MemberSink(int cell, ReadOnlySpan<ulong> users, ReadOnlySpan<ulong> sessions);
