using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Worker.Configuring;

namespace Analytics.Worker.Consuming;

/// <summary>Whether the next record of a partition may be taken: whether the chunk that it opens may open, and whether its schema can be read. Knows what it waits for.</summary>
/// <remarks>A record that may not be taken holds its partition, which is paused and read again from there; the others go on. One thread.</remarks>
internal sealed class Admission(string topic, int partition, ConsumingOptions options, ChunkTracker tracker, IEventConfigs? configs, ISchemaGate? schemas)
{
    // The settings, where nobody knows of other versions.
    private const uint OnlyVersion = 1;
    private const long None = -1L << 40;

    // Schemas of the chunk that can be read; the last one met beside them, because the next record nearly always names it, too.
    private readonly HashSet<int> _readable = [];
    private Chunk? _chunk;
    private long _last = None;

    private bool _waitsToOpen;
    private long _timestamp;
    private bool _waitsToRead;
    private (Chunk Chunk, int Schema, bool IsWarmUp) _unreadable;

    /// <summary>True while the record that was refused last may not be taken.</summary>
    public bool IsWaiting => _waitsToOpen || _waitsToRead;

    /// <summary>What is waited for, where it is not the stores: for people.</summary>
    public string? Reason => _waitsToRead ? $"waits for schema {_unreadable.Schema}: the registry, or PostgreSQL, has not said yet what the chunk goes by" : null;

    /// <summary>The version that a chunk goes by whose first record has this timestamp; false when it must wait. A version with a problem may be had at once.</summary>
    public bool MayOpen(long timestamp, out ActiveVersion version)
    {
        version = VersionAt(timestamp);
        _timestamp = timestamp;
        _waitsToOpen = version.Problem is null && !HasRoom(version);
        return !_waitsToOpen;
    }

    /// <summary>Whether a record of a chunk can be decoded now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayRead(Chunk chunk, ReadOnlySpan<byte> record, bool isWarmUp) =>
        schemas is null || WireFormat.Read(record, out var schema) != Verdict.Accepted || (schema == _last && ReferenceEquals(chunk, _chunk)) || MayRead(chunk, schema, isWarmUp);

    /// <summary>Looks again; true when the record may be taken now.</summary>
    public bool IsOver()
    {
        _waitsToOpen = _waitsToOpen && !HasRoom(VersionAt(_timestamp));
        _waitsToRead = _waitsToRead && !schemas!.IsOpen(_unreadable.Chunk, _unreadable.Schema, _unreadable.IsWarmUp);
        return !IsWaiting;
    }

    /// <summary>The partition is gone, or starts anew.</summary>
    public void Clear()
    {
        (_waitsToOpen, _waitsToRead, _unreadable, _chunk) = (false, false, default, null);
        _readable.Clear();
    }

    private bool MayRead(Chunk chunk, int schema, bool isWarmUp)
    {
        if (!ReferenceEquals(chunk, _chunk))
        {
            _readable.Clear();
            (_chunk, _last) = (chunk, None);
        }

        _waitsToRead = !_readable.Contains(schema) && !schemas!.IsOpen(chunk, schema, isWarmUp);
        if (_waitsToRead)
        {
            _unreadable = (chunk, schema, isWarmUp);
            return false;
        }

        _readable.Add(schema);
        _last = schema;
        return true;
    }

    private bool HasRoom(ActiveVersion version) => !version.MustWait && tracker.Unsealed(topic, partition) < options.UnsealedChunks;

    private ActiveVersion VersionAt(long timestamp) => configs?.At(timestamp) ?? new ActiveVersion(OnlyVersion);
}
