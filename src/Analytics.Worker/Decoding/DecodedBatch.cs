using Analytics.Worker.Consuming;

namespace Analytics.Worker.Decoding;

/// <summary>A raw batch with its records' fields in columns, and a verdict for each record that could not be read.</summary>
internal sealed class DecodedBatch
{
    /// <summary>The records as fetched; owned by this batch.</summary>
    public RawBatch Raw = null!;

    /// <summary>The fields.</summary>
    public readonly EventColumns Columns = new();
}
