using System.Runtime.InteropServices;

namespace Analytics.Storage.Redis;

/// <summary>User hashes by tenant and day or minute, each once, for commands with many members.</summary>
/// <remarks>Visitors come in runs of one tenant and minute, so most cost a comparison and an append. One thread.</remarks>
internal sealed class VisitorGroups
{
    private readonly Dictionary<(ulong Tenant, long At), List<ulong>> _groups = [];
    private (ulong Tenant, long At) _key;
    private List<ulong>? _current;

    /// <summary>Adds a user to the group of a tenant and day or minute.</summary>
    public void Add(ulong tenant, long at, ulong user)
    {
        if (_current is null || _key.Tenant != tenant || _key.At != at)
        {
            _key = (tenant, at);
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, _key, out _);
            _current = group ??= [];
        }

        _current.Add(user);
    }

    /// <summary>The groups, the users of each once.</summary>
    public IEnumerable<(ulong Tenant, long At, List<ulong> Users)> Distinct()
    {
        foreach (var ((tenant, at), users) in _groups)
        {
            var hashes = CollectionsMarshal.AsSpan(users);
            hashes.Sort();
            var kept = 1;
            for (var i = 1; i < hashes.Length; i++)
            {
                if (hashes[i] != hashes[kept - 1])
                {
                    hashes[kept++] = hashes[i];
                }
            }

            CollectionsMarshal.SetCount(users, kept);
            yield return (tenant, at, users);
        }
    }
}
