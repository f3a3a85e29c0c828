using System.Buffers.Binary;
using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Worker.Consuming;

/// <summary>Makes the number that tells a topic from an older topic of its name: a hash of its id, or of a setting, with the name folded in.</summary>
internal static class LogEpoch
{
    /// <summary>From the id that Kafka gave to the topic.</summary>
    public static ulong Of(string topic, long idHigh, long idLow)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(topic)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, idHigh);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), idLow);
        Encoding.UTF8.GetBytes(topic, bytes.AsSpan(16));
        return Hash64.Of(bytes);
    }

    /// <summary>From <see cref="ConsumingOptions.LogEpoch"/>, for a cluster without topic ids.</summary>
    public static ulong Of(string topic, string setting) => Hash64.Of(Encoding.UTF8.GetBytes(setting + "\n" + topic));
}
