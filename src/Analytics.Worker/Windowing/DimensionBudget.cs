using System.Numerics;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>One value of a dimension as an entry of a lane's table has it.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Name">Word id of the event name.</param>
/// <param name="Word">Word id of the value; 0 where the entry has none, or counts nothing.</param>
internal readonly record struct CountedValue(ulong Tenant, int Name, int Word);

/// <summary>Knows which values of one dimension each tenant's event name has brought in one chunk, up to a budget, in offset order.</summary>
/// <remarks>
/// Asked only when an entry is new in its table, so what is counted already costs nothing. The answer is exact and depends on the tenant's own events alone, but
/// the work is put off: while the lane as a whole has no more values than one name may bring, nothing is kept but which there are; then entries are
/// linked name by name; and only a name with more entries than its budget gets a set of its values, made from its links. One thread.
/// </remarks>
/// <param name="valueOf">The value of an entry of the table.</param>
internal sealed class DimensionBudget(Func<int, CountedValue> valueOf)
{
    private const int None = -1;
    private readonly FlatTable<PairKey, PairState> _pairs = new();
    private readonly FlatTable<MemberKey, byte> _members = new();
    private bool[] _seen = new bool[256];
    private int[] _next = [];
    private int _distinct;
    private bool _isTight;
    private int _most;
    private int _other;

    /// <summary>Events whose value was folded into <c>__other__</c>.</summary>
    public long Folded { get; private set; }

    /// <summary>Starts with a chunk.</summary>
    /// <param name="most">Distinct values of a tenant's event name.</param>
    /// <param name="other">Word id of the value that stands for the rest.</param>
    public void Begin(int most, int other) => (_most, _other) = (most, other);

    /// <summary>The value that an event counts as, whose entry is new in the table: its own, or the one that stands for the rest.</summary>
    public int Admit(int entry, in CountedValue value)
    {
        if (value.Word == 0 || value.Word == _other || (!_isTight && !IsTooMany(entry, value.Word)))
        {
            return value.Word;
        }

        ref var pair = ref _pairs.Find(new PairKey(value.Tenant, value.Name));
        if (!pair.Value.IsExact)
        {
            if (pair.Value.Entries < _most)
            {
                Link(entry, ref pair.Value);
                return value.Word;
            }

            MakeExact(pair.Entry, ref pair.Value);
        }

        if (IsMember(pair.Entry, ref pair.Value, value.Word))
        {
            return value.Word;
        }

        Folded++;
        return _other;
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _pairs.Clear();
        _members.Clear();
        _seen.AsSpan().Clear();
        (_distinct, _isTight, Folded) = (0, false, 0);
    }

    // With its first value too many the lane links the entries that it has.
    private bool IsTooMany(int entry, int word)
    {
        if (word >= _seen.Length)
        {
            Array.Resize(ref _seen, (int)BitOperations.RoundUpToPowerOf2((uint)word + 1));
        }

        if (_seen[word])
        {
            return false;
        }

        _seen[word] = true;
        if (++_distinct <= _most)
        {
            return false;
        }

        _isTight = true;
        for (var before = 0; before < entry; before++)
        {
            var value = valueOf(before);
            if (value.Word != 0 && value.Word != _other)
            {
                Link(before, ref _pairs.Find(new PairKey(value.Tenant, value.Name)).Value);
            }
        }

        return true;
    }

    private void Link(int entry, ref PairState pair)
    {
        if (entry >= _next.Length)
        {
            Array.Resize(ref _next, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(256, entry + 1)));
        }

        _next[entry] = pair.Entries == 0 ? None : pair.Latest;
        pair.Latest = entry;
        pair.Entries++;
    }

    // Entries that stand in the table were admitted, so all of their values fit.
    private void MakeExact(int number, ref PairState pair)
    {
        pair.IsExact = true;
        for (var entry = pair.Latest; entry != None; entry = _next[entry])
        {
            ref var member = ref _members.Find(new MemberKey(number, valueOf(entry).Word)).Value;
            pair.Distinct += 1 - member;
            member = 1;
        }
    }

    private bool IsMember(int number, ref PairState pair, int word)
    {
        ref var member = ref _members.Find(new MemberKey(number, word));
        if (member.Value == 0 && pair.Distinct < _most)
        {
            member.Value = 1;
            pair.Distinct++;
        }

        return member.Value == 1;
    }

    private struct PairState
    {
        public int Entries;
        public int Latest;
        public int Distinct;
        public bool IsExact;
    }

    private readonly struct PairKey(ulong tenant, int name) : IFlatKey<PairKey>
    {
        private readonly ulong _tenant = tenant;
        private readonly int _name = name;

        public ulong Hash
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Hash64.Join(Hash64.Mix(_tenant), (uint)_name);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(in PairKey other) => _tenant == other._tenant && _name == other._name;
    }

    private readonly struct MemberKey(int pair, int word) : IFlatKey<MemberKey>
    {
        private readonly int _pair = pair;
        private readonly int _word = word;

        public ulong Hash
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Hash64.Mix((ulong)(uint)_pair << 32 | (uint)_word);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(in MemberKey other) => _pair == other._pair && _word == other._word;
    }
}
