using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>What an event adds to its session besides itself.</summary>
[Flags]
internal enum SessionName : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A page view.</summary>
    PageView = 1,

    /// <summary>It makes the session an engaged one.</summary>
    Key = 2,

    /// <summary>An order.</summary>
    Order = 4,

    /// <summary>The name has been looked at.</summary>
    Known = 8,
}

/// <summary>Tells by its word id what an event name adds to sessions.</summary>
/// <param name="words">The chunk's.</param>
/// <param name="keyEvents">Names that make a session engaged, parted by commas.</param>
internal sealed class SessionNames(Words words, string keyEvents)
{
    private readonly HashSet<string> _keys = new(keyEvents.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    private SessionName[] _kinds = new SessionName[64];

    /// <summary>The kind of a name.</summary>
    public SessionName KindOf(int name)
    {
        if (name >= _kinds.Length)
        {
            Array.Resize(ref _kinds, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)name + 1));
        }

        ref var kind = ref _kinds[name];
        return kind != SessionName.None ? kind : kind = Parse(words[name]);
    }

    private SessionName Parse(ReadOnlySpan<byte> name) => SessionName.Known
        | (name.SequenceEqual("page_view"u8) ? SessionName.PageView : 0)
        | (name.SequenceEqual("order_placed"u8) ? SessionName.Order : 0)
        | (_keys.Contains(Encoding.UTF8.GetString(name)) ? SessionName.Key : 0);
}
