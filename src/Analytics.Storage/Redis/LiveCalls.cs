using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>One call of a script of <see cref="LiveScripts"/>.</summary>
/// <param name="Keys">Keys of one tenant.</param>
/// <param name="Arguments">As the script says.</param>
internal readonly record struct LiveCall(RedisKey[] Keys, RedisValue[] Arguments);

/// <summary>Puts parts and users together to calls, each of one tenant: what has come in any order becomes few large commands.</summary>
internal static class LiveCalls
{
    private const int MinutesOfDay = 1_440;

    /// <summary>Calls of <see cref="LiveScripts.Apply"/>, each with parts of one tenant and day. Parts of one name keep their order.</summary>
    public static IEnumerable<LiveCall> OfParts(IReadOnlyCollection<LivePart> parts, TimeSpan kept)
    {
        var all = parts as IReadOnlyList<LivePart> ?? [.. parts];
        var order = new PartPlace[all.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = new PartPlace(all[i].Tenant, all[i].Minute / MinutesOfDay, i);
        }

        Array.Sort(order);
        var pack = new ScriptPack();
        for (var i = 0; i < order.Length; i++)
        {
            LiveScripts.AddPart(pack, all[order[i].Index]);
            var (tenant, day, _) = order[i];
            var isLast = i + 1 == order.Length || order[i + 1].Tenant != tenant || order[i + 1].Day != day;
            if (isLast || pack.Count == LiveScripts.PartsPerCall * LiveScripts.ValuesOfPart)
            {
                var date = DateOfDay(day);
                yield return new LiveCall(
                    [RedisKeys.Metrics(tenant, date), RedisKeys.Minutes(tenant, date), RedisKeys.Parts(tenant, date)], [(long)kept.TotalSeconds, pack.Take()]);
            }
        }
    }

    /// <summary>Calls of <see cref="LiveScripts.Visit"/>, each with users of one tenant.</summary>
    /// <param name="visitors">The users.</param>
    /// <param name="oldest">The first minute that has users of its own (Unix minutes).</param>
    /// <param name="kept">Time to live of a day's users.</param>
    /// <param name="activeKept">Time to live of a minute's users.</param>
    public static IEnumerable<LiveCall> OfVisitors(IReadOnlyCollection<LiveVisitor> visitors, long oldest, TimeSpan kept, TimeSpan activeKept)
    {
        var (pack, keys, arguments, members) = (new ScriptPack(), new List<RedisKey>(), new List<RedisValue>(), 0);
        var last = default(ulong?);
        foreach (var (tenant, at, isDay, users) in Groups(visitors, oldest))
        {
            if (keys.Count > 0 && tenant != last)
            {
                yield return Call();
            }

            last = tenant;
            var key = isDay ? RedisKeys.Visitors(tenant, DateOfDay(at)) : RedisKeys.Active(tenant, at);
            for (var first = 0; first < users.Count; first += LiveScripts.MembersPerArgument)
            {
                foreach (var user in CollectionsMarshal.AsSpan(users).Slice(first, Math.Min(LiveScripts.MembersPerArgument, users.Count - first)))
                {
                    pack.AddBytes(user);
                }

                members += pack.Count;
                keys.Add(key);
                arguments.Add((long)(isDay ? kept : activeKept).TotalSeconds);
                arguments.Add(pack.Take());
                if (members >= LiveScripts.MembersPerCall)
                {
                    yield return Call();
                }
            }
        }

        if (keys.Count > 0)
        {
            yield return Call();
        }

        LiveCall Call()
        {
            var call = new LiveCall([.. keys], [.. arguments]);
            keys.Clear();
            arguments.Clear();
            members = 0;
            return call;
        }
    }

    private static IEnumerable<VisitorGroup> Groups(IReadOnlyCollection<LiveVisitor> visitors, long oldest)
    {
        var groups = new VisitorGroups();
        foreach (ref readonly var visitor in visitors is List<LiveVisitor> list ? CollectionsMarshal.AsSpan(list) : visitors.ToArray())
        {
            groups.Add(visitor);
        }

        return groups.Distinct(oldest);
    }

    private static DateOnly DateOfDay(long day) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day));

    private readonly record struct PartPlace(ulong Tenant, int Day, int Index) : IComparable<PartPlace>
    {
        public int CompareTo(PartPlace other) =>
            Tenant != other.Tenant ? Tenant.CompareTo(other.Tenant) : Day != other.Day ? Day.CompareTo(other.Day) : Index.CompareTo(other.Index);
    }
}
