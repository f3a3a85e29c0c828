using System.Runtime.InteropServices;

namespace Analytics.Storage.Redis;

/// <summary>Users by tenant, and by day and minute in it, each once: for commands with many members.</summary>
/// <remarks>One look-up and one place in a sort for each visitor, whatever the number of keys that it goes to. One thread.</remarks>
internal sealed class VisitorGroups
{
    private const int MinutesOfDay = 1_440;
    private readonly Dictionary<ulong, List<Visit>> _tenants = [];
    private ulong _tenant;
    private List<Visit>? _visits;

    /// <summary>Adds a visitor.</summary>
    public void Add(in LiveVisitor visitor)
    {
        if (_visits is null || _tenant != visitor.Tenant)
        {
            _tenant = visitor.Tenant;
            ref var visits = ref CollectionsMarshal.GetValueRefOrAddDefault(_tenants, _tenant, out _);
            _visits = visits ??= [];
        }

        _visits.Add(new Visit(visitor.UserHash, visitor.Minute));
    }

    /// <summary>The users of each day and of each minute from <paramref name="oldest"/> on, tenant by tenant. A list is valid until the next group.</summary>
    public IEnumerable<VisitorGroup> Distinct(long oldest)
    {
        var groups = new Dictionary<(int At, bool IsDay), List<ulong>>();
        foreach (var (tenant, visits) in _tenants)
        {
            Group(visits, oldest, groups);
            foreach (var ((at, isDay), users) in groups)
            {
                if (users.Count > 0)
                {
                    yield return new VisitorGroup(tenant, at, isDay, users);
                    users.Clear();
                }
            }
        }
    }

    private static void Group(List<Visit> visits, long oldest, Dictionary<(int At, bool IsDay), List<ulong>> groups)
    {
        var sorted = CollectionsMarshal.AsSpan(visits);
        sorted.Sort();
        for (var i = 0; i < sorted.Length; i++)
        {
            var visit = sorted[i];
            var isKnown = i > 0 && sorted[i - 1].User == visit.User;
            var day = visit.Minute / MinutesOfDay;
            if (!isKnown || sorted[i - 1].Minute / MinutesOfDay != day)
            {
                Of(groups, day, isDay: true).Add(visit.User);
            }

            if (visit.Minute >= oldest && !(isKnown && sorted[i - 1].Minute == visit.Minute))
            {
                Of(groups, visit.Minute, isDay: false).Add(visit.User);
            }
        }
    }

    private static List<ulong> Of(Dictionary<(int At, bool IsDay), List<ulong>> groups, int at, bool isDay)
    {
        ref var users = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, (at, isDay), out _);
        return users ??= [];
    }

    private readonly record struct Visit(ulong User, int Minute) : IComparable<Visit>
    {
        public int CompareTo(Visit other) => User != other.User ? (User < other.User ? -1 : 1) : Minute.CompareTo(other.Minute);
    }
}

/// <summary>Users of one key.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="At">Days or minutes since 1970.</param>
/// <param name="IsDay">Which of them.</param>
/// <param name="Users">Each once, in order.</param>
internal readonly record struct VisitorGroup(ulong Tenant, int At, bool IsDay, List<ulong> Users);
