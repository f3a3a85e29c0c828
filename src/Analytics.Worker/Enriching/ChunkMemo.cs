using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Enriching;

/// <summary>What the enricher has worked out for the words of one chunk, so that each distinct text is looked at once.</summary>
/// <remarks>
/// Lives as long as its chunk. Any number of threads: every entry is a function of its word, so two threads that fill one write the same.
/// </remarks>
internal sealed class ChunkMemo
{
    private static readonly ConditionalWeakTable<Chunk, ChunkMemo> Memos = [];

    private readonly Words _words;
    private readonly int[] _codes = new int[26 * 26];

    private ChunkMemo(Words words)
    {
        _words = words;
        Channels = [.. Enum.GetValues<Channel>().Select(channel => words.Intern(channel.Text()))];
    }

    /// <summary>Given country → word id of its normal form.</summary>
    public WordMemo Countries { get; } = new();

    /// <summary>Given device → word id of its normal form.</summary>
    public WordMemo Devices { get; } = new();

    /// <summary>What is known of a user agent.</summary>
    public AgentMemo Agents { get; } = new();

    /// <summary>Given currency → word id of its normal form.</summary>
    public WordMemo Currencies { get; } = new();

    /// <summary>Word ids of the channels.</summary>
    public int[] Channels { get; }

    /// <summary>Channels of referring hosts.</summary>
    public HostMemo Hosts { get; } = new();

    /// <summary>The memo of a chunk.</summary>
    public static ChunkMemo Of(Chunk chunk) => Memos.GetValue(chunk, static chunk => new ChunkMemo(chunk.Words));

    /// <summary>The word id of a country of <see cref="CountryTable"/>.</summary>
    public int WordOf(ushort code)
    {
        ref var id = ref _codes[((code >> 8) - 'A') * 26 + (code & 0xFF) - 'A'];
        if (id == 0)
        {
            id = _words.Intern([(byte)(code >> 8), (byte)code]);
        }

        return id;
    }
}

/// <summary>One number for each word id, filled as words come.</summary>
internal sealed class WordMemo
{
    private readonly Lock _growing = new();
    private int[] _values = new int[256];

    /// <summary>The number of a word, if it is known.</summary>
    public bool TryGet(int word, out int value)
    {
        var values = Volatile.Read(ref _values);
        value = (uint)word < (uint)values.Length ? values[word] - 1 : -1;
        return value >= 0;
    }

    /// <summary>Keeps a number, 0 or more. One that is lost to a growing array is worked out again.</summary>
    public int Keep(int word, int value)
    {
        var values = Volatile.Read(ref _values);
        if (word >= values.Length)
        {
            lock (_growing)
            {
                values = _values;
                if (word >= values.Length)
                {
                    Array.Resize(ref values, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)word + 1));
                    Volatile.Write(ref _values, values);
                }
            }
        }

        values[word] = value + 1;
        return value;
    }
}

/// <summary>What a user agent says, as words of the chunk.</summary>
/// <param name="Device">desktop, mobile, tablet, tv, other, or empty.</param>
/// <param name="Browser">A family of <see cref="AgentFamilies"/>.</param>
/// <param name="System">A family of <see cref="AgentFamilies"/>.</param>
/// <param name="BotRule">The rule that makes it a bot; 0 for a person.</param>
internal sealed record AgentFacts(int Device, int Browser, int System, int BotRule);

/// <summary>The facts of each user agent, by its word id, filled as agents come.</summary>
internal sealed class AgentMemo
{
    private readonly Lock _growing = new();
    private AgentFacts?[] _facts = new AgentFacts?[256];

    /// <summary>The facts of an agent; null when they are not known yet.</summary>
    public AgentFacts? Of(int word)
    {
        var facts = Volatile.Read(ref _facts);
        return (uint)word < (uint)facts.Length ? facts[word] : null;
    }

    /// <summary>Keeps the facts of an agent. Those that are lost to a growing array are worked out again.</summary>
    public AgentFacts Keep(int word, AgentFacts facts)
    {
        var all = Volatile.Read(ref _facts);
        if (word >= all.Length)
        {
            lock (_growing)
            {
                all = _facts;
                if (word >= all.Length)
                {
                    Array.Resize(ref all, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)word + 1));
                    Volatile.Write(ref _facts, all);
                }
            }
        }

        Volatile.Write(ref all[word], facts);
        return facts;
    }
}

/// <summary>Channels of the hosts seen last, by the hash of the host: 4,096 places, each for one host.</summary>
internal sealed class HostMemo
{
    private const ulong ChannelMask = 7;
    private readonly ulong[] _entries = new ulong[4096];

    /// <summary>The channel of a host, if it is known.</summary>
    public bool TryGet(ulong hash, out Channel channel)
    {
        var entry = Volatile.Read(ref _entries[hash >> 52]);
        channel = (Channel)(entry & ChannelMask);
        return entry != 0 && ((entry ^ hash) & ~ChannelMask) == 0;
    }

    /// <summary>Keeps a channel.</summary>
    public void Keep(ulong hash, Channel channel) => Volatile.Write(ref _entries[hash >> 52], (hash & ~ChannelMask) | (ulong)channel);
}
