using System.Buffers.Binary;
using System.Buffers.Text;
using Analytics.Core.Events;

namespace Analytics.Core.AdHoc;

/// <summary>A place in a list of events, newest first: what comes after it stays the same whatever comes in before it.</summary>
/// <param name="Time">The last event's time.</param>
/// <param name="Event">Its id, for events of the same millisecond.</param>
/// <param name="Line">Its line, where lines of orders are listed; else 0.</param>
public readonly record struct EventCursor(DateTimeOffset Time, Guid Event, int Line)
{
    private const int Bytes = 8 + 16 + 4;

    /// <summary>The cursor that a text says; null for any other text.</summary>
    public static EventCursor? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes + 2];
        if (!Base64Url.IsValid(text, out var decoded) || decoded != Bytes || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Bytes)
        {
            return null;
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var line = BinaryPrimitives.ReadInt32BigEndian(bytes[24..]);
        return milliseconds >= EventLimits.Earliest.ToUnixTimeMilliseconds() && milliseconds < EventLimits.Latest.ToUnixTimeMilliseconds() && line >= 0
            ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), new Guid(bytes[8..24], bigEndian: true), line)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Time.ToUnixTimeMilliseconds());
        Event.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], Line);
        return Base64Url.EncodeToString(bytes);
    }
}
