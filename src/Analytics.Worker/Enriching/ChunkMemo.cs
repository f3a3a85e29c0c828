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

    /// <summary>User agent → word id of its device × 2 + 1 for a bot.</summary>
    public WordMemo Agents { get; } = new();

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
