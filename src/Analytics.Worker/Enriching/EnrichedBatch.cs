using Analytics.Worker.Decoding;

namespace Analytics.Worker.Enriching;

/// <summary>A decoded batch whose records are judged by the rules, stamped with their event time, and completed: country, device, browser, system, source, campaign, bot.</summary>
/// <remarks>
/// The enricher overwrites <c>Country</c> and <c>Device</c> of the columns with their normal form, completes <c>Campaign</c> and truncates <c>Ip</c>.
/// Arrays have one element a record. Handed to several lanes at once, which only read it; <see cref="Retain"/> and <see cref="Release"/> count them.
/// </remarks>
internal sealed class EnrichedBatch
{
    /// <summary>The decoded batch; owned by this one.</summary>
    public DecodedBatch Decoded = null!;

    /// <summary>Derived event time, Unix milliseconds.</summary>
    public long[] EventTimes = [];

    /// <summary>Word id of the channel: direct, search, social, email, paid, referral, internal.</summary>
    public int[] Sources = [];

    /// <summary>Word id of the name that the event counts as: its own, or <see cref="Folded.Other"/> beyond the tenant's budget. Set by the partitioner.</summary>
    public int[] Names = [];

    /// <summary>Of debug events one user in so many is kept. Set by the partitioner.</summary>
    public int DebugOneIn = 1;

    /// <summary>Records that the partitioner has flagged because of their user's rate.</summary>
    public int Flagged;

    /// <summary>Records that the partitioner has given another name.</summary>
    public int FoldedNames;

    /// <summary>1 for bots.</summary>
    public byte[] Bots = [];

    /// <summary>Word id of the rule that flagged a bot; 0 for people.</summary>
    public int[] BotRules = [];

    /// <summary>Word id of the browser's family.</summary>
    public int[] Browsers = [];

    /// <summary>Word id of the family of the operating system.</summary>
    public int[] Systems = [];

    /// <summary>1 where the event time was clamped to the time of receipt.</summary>
    public byte[] Clamped = [];

    /// <summary>Hash of the user id; 0 when absent.</summary>
    public ulong[] UserHashes = [];

    /// <summary>Hash of user and session id; 0 when absent.</summary>
    public ulong[] SessionHashes = [];

    /// <summary>Makes room for <paramref name="rows"/> records. What the arrays held is lost.</summary>
    public void Reserve(int rows)
    {
        if (EventTimes.Length >= rows)
        {
            return;
        }

        var room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows);
        EventTimes = new long[room];
        Sources = new int[room];
        Names = new int[room];
        Bots = new byte[room];
        BotRules = new int[room];
        Browsers = new int[room];
        Systems = new int[room];
        Clamped = new byte[room];
        UserHashes = new ulong[room];
        SessionHashes = new ulong[room];
    }

    private int _holders;
    private Action<EnrichedBatch>? _return;

    /// <summary>Starts a life with <paramref name="holders"/> holders; the last one to release calls <paramref name="giveBack"/>.</summary>
    public void Begin(int holders, Action<EnrichedBatch> giveBack) => (_holders, _return) = (holders, giveBack);

    /// <summary>Adds holders.</summary>
    public void Retain(int holders) => Interlocked.Add(ref _holders, holders);

    /// <summary>One holder is done.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _return?.Invoke(this);
        }
    }
}
