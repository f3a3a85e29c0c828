using System.Runtime.InteropServices;

namespace Analytics.Worker.Windowing;

/// <summary>The distinct users and sessions of each cell of a chunk, and those of them that no flush has had yet.</summary>
/// <remarks>Only new ones are sent: sketches are united in the store, where repeating one changes nothing and leaving out a known one neither.</remarks>
internal sealed class UniqueSets
{
    private readonly FlatTable<CellKey, Nothing> _cells = new();
    private readonly FlatTable<MemberKey, Nothing> _users = new();
    private readonly FlatTable<MemberKey, Nothing> _sessions = new();
    private readonly List<MemberKey> _newUsers = [];
    private readonly List<MemberKey> _newSessions = [];

    /// <summary>The cells.</summary>
    public ReadOnlySpan<CellKey> Cells => _cells.Keys;

    /// <summary>Notes a user and a session; 0 is nobody. True when the user is new in this cell.</summary>
    public bool Add(in CellKey cell, ulong user, ulong session)
    {
        if ((user | session) == 0)
        {
            return false;
        }

        var entry = _cells.Entry(cell, out _);
        if (session != 0)
        {
            AddMember(_sessions, _newSessions, new MemberKey(entry, session));
        }

        return user != 0 && AddMember(_users, _newUsers, new MemberKey(entry, user));
    }

    /// <summary>The new members, cell by cell, and then forgets that they are new.</summary>
    /// <param name="take">Gets the cell's entry, its new users and its new sessions.</param>
    public void TakeNew(MemberSink take)
    {
        var users = Grouped(_newUsers, out var userEnds);
        var sessions = Grouped(_newSessions, out var sessionEnds);
        for (var cell = 0; cell < _cells.Count; cell++)
        {
            var (userStart, sessionStart) = cell == 0 ? (0, 0) : (userEnds[cell - 1], sessionEnds[cell - 1]);
            if (userEnds[cell] > userStart || sessionEnds[cell] > sessionStart)
            {
                take(cell, users.AsSpan(userStart..userEnds[cell]), sessions.AsSpan(sessionStart..sessionEnds[cell]));
            }
        }

        _newUsers.Clear();
        _newSessions.Clear();
    }

    private static bool AddMember(FlatTable<MemberKey, Nothing> known, List<MemberKey> fresh, in MemberKey member)
    {
        known.Entry(member, out var isNew);
        if (isNew)
        {
            fresh.Add(member);
        }

        return isNew;
    }

    // Counting sort by cell: ends[c] is where the members of cell c end.
    private ulong[] Grouped(List<MemberKey> members, out int[] ends)
    {
        ends = new int[_cells.Count];
        var all = CollectionsMarshal.AsSpan(members);
        foreach (ref readonly var member in all)
        {
            ends[member.Cell]++;
        }

        for (var cell = 1; cell < ends.Length; cell++)
        {
            ends[cell] += ends[cell - 1];
        }

        var grouped = new ulong[members.Count];
        for (var i = all.Length - 1; i >= 0; i--)
        {
            grouped[--ends[all[i].Cell]] = all[i].Member;
        }

        for (var cell = 0; cell < ends.Length; cell++)
        {
            ends[cell] = cell + 1 < ends.Length ? ends[cell + 1] : grouped.Length;
        }

        return grouped;
    }
}

/// <summary>Gets the new members of one cell.</summary>
internal delegate void MemberSink(int cell, ReadOnlySpan<ulong> users, ReadOnlySpan<ulong> sessions);
