using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Decoding;

/// <summary>A raw batch with its records' fields in columns, and a verdict for each record that could not be read.</summary>
/// <remarks>Pooled for each topic by <see cref="AvroDecoder"/>, which makes and takes it back.</remarks>
internal sealed class DecodedBatch
{
    /// <summary>The records as fetched; owned by this batch.</summary>
    public RawBatch Raw = null!;

    /// <summary>The fields.</summary>
    public readonly EventColumns Columns = new();

    /// <summary>How plans reach the columns; null for a batch that was not made by the decoder.</summary>
    public readonly AvroTarget? Target;

    private readonly Column[] _others = [];
    private int _rows;

    /// <summary>A batch to be filled by hand.</summary>
    public DecodedBatch()
    {
    }

    /// <summary>A batch of one topic.</summary>
    public DecodedBatch(TopicLayout layout)
    {
        Target = layout.TargetOf(Columns);
        _others = layout.OthersOf(Columns);
    }

    /// <summary>Starts a new life: room for the records, and absent values where the topic has no such field.</summary>
    public void Begin(RawBatch raw)
    {
        Raw = raw;
        Target!.Words = raw.Chunk.Words;
        Target.Begin(raw.Count);
        if (Columns.Verdicts.Length < raw.Count)
        {
            var rows = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)raw.Count);
            Columns.Verdicts = new Verdict[rows];
            Columns.SchemaIds = new int[rows];
        }

        // No plan writes to them, so they stay absent; only those that the next step completes are emptied again.
        foreach (var column in _others)
        {
            var completed = column == Columns.Country || column == Columns.Device || column == Columns.Ip;
            column.Reserve(raw.Count);
            for (var row = completed ? 0 : _rows; row < raw.Count; row++)
            {
                column.Clear(row);
            }
        }

        _rows = Math.Max(_rows, raw.Count);
    }
}
