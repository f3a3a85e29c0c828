using Analytics.Core.Avro;
using Analytics.Core.Chunks;

namespace Analytics.Worker.Consuming;

/// <summary>One chunk while it is being counted: its identity, and the words that its batches share.</summary>
/// <remarks>Made by the consumer at a border, carried by every batch of the chunk, dropped when the chunk is sealed or the partition is lost.</remarks>
internal sealed class Chunk(ChunkId id, long firstTimestamp, uint configVersion, CancellationToken lost)
{
    private volatile bool _isSettled;
    private volatile bool _isForeign;
    private long _settledThrough = -1;

    /// <summary>Its name in every row.</summary>
    public ChunkId Id { get; } = id;

    /// <summary>Kafka timestamp of its first record, Unix milliseconds.</summary>
    public long FirstTimestamp { get; } = firstTimestamp;

    /// <summary>The configuration that was active at <see cref="FirstTimestamp"/>.</summary>
    public uint ConfigVersion { get; } = configVersion;

    /// <summary>The strand of the graph that all batches of the partition keep to, modulo the number of strands.</summary>
    public int Strand { get; init; }

    /// <summary>The strings of the chunk's word columns.</summary>
    public Words Words { get; } = new();

    /// <summary>
    /// Ids that an older log of this topic and partition ended with, oldest first: they warm the duplicate filter when the first batch of an
    /// assignment comes, so that a resend across a recreated topic is a duplicate as well.
    /// </summary>
    public IReadOnlyList<KnownId> KnownIds { get; init; } = [];

    /// <summary>True when the chunk is sealed and stands in ClickHouse whole, its ledger row included: whoever asks there finds all of it. Any thread.</summary>
    public bool IsSettled
    {
        get => _isSettled;
        set => _isSettled = value;
    }

    /// <summary>Last offset up to which everything of the chunk stands in ClickHouse; -1 while nothing does. Any thread.</summary>
    public long SettledThrough
    {
        get => Interlocked.Read(ref _settledThrough);
        set => Interlocked.Exchange(ref _settledThrough, value);
    }

    /// <summary>Cancelled when this process no longer owns the partition: stages drop the chunk's batches and writers write nothing more.</summary>
    public CancellationToken Lost { get; } = lost;

    /// <summary>Looks whether its log is still there; null where nothing can be asked.</summary>
    public TopicWatch? Watch { get; init; }

    /// <summary>True when nothing more of it may be written: it is lost, or its records may be of another log. Never false again.</summary>
    public bool IsLost => Lost.IsCancellationRequested || _isForeign;

    /// <summary>
    /// Ends when it is known whether what was read of the chunk before this call may be written: its topic is still the log that it was (decision 21), or
    /// <see cref="IsLost"/> is true. Any thread.
    /// </summary>
    public async Task ConfirmAsync()
    {
        if (Watch is not null && !await Watch.IsStillAsync(Id.Topic, Id.Epoch).ConfigureAwait(false))
        {
            _isForeign = true;
        }
    }
}
