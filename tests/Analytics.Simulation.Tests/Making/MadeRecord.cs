using Analytics.Core.Events;
using Analytics.Worker.Consuming;

namespace Analytics.Simulation.Tests.Making;

/// <summary>One record of a log, and all that the recount has to know about it: written down when it was made, never read back from its bytes.</summary>
internal sealed record MadeRecord
{
    public required long Offset { get; init; }

    /// <summary>Kafka timestamp, Unix milliseconds.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Its bytes; null for a tombstone.</summary>
    public required byte[]? Bytes { get; init; }

    /// <summary>Why it must be rejected; null for a good one, and for an event that the rules have not judged yet.</summary>
    public string? Defect { get; init; }

    /// <summary>Its event id; empty where it cannot be read or is missing.</summary>
    public Guid Id { get; init; }

    /// <summary>The event; null where there is none to be read.</summary>
    public ProducedEvent? Event { get; init; }

    /// <summary>It names a schema that the registry does not know, or not from the start: some chunk may be counted without it, a later one with it.</summary>
    public bool IsOfLateSchema { get; init; }

    /// <summary>When it happened, as the rules of SEMANTICS.md have it.</summary>
    public long EventTime { get; init; }

    public string Country { get; init; } = "";

    public string Device { get; init; } = "";

    public string Source { get; init; } = "";

    public int IsBot { get; init; }
}

/// <summary>Names one log: a topic that is recreated has others under the same name.</summary>
internal readonly record struct LogKey(string Topic, int Partition, ulong Epoch);

/// <summary>The log of one partition: all its records, of which the first <see cref="Appended"/> have been produced so far.</summary>
/// <param name="topic">The topic.</param>
/// <param name="partition">The partition.</param>
/// <param name="life">Counts the lives of the topic: it was recreated so often before.</param>
/// <param name="records">Its records.</param>
internal sealed class MadeLog(string topic, int partition, int life, IReadOnlyList<MadeRecord> records)
{
    public string Topic => topic;

    public int Partition => partition;

    public int Life => life;

    /// <summary>Its name in the stores.</summary>
    public LogKey Key { get; } = new(topic, partition, LogEpoch.Of(topic, IdOf(topic, life).High, IdOf(topic, life).Low));

    /// <summary>The id that the cluster gave to the topic.</summary>
    public static (long High, long Low) IdOf(string topic, int life) => (1 + life, topic.Length);

    public IReadOnlyList<MadeRecord> Records => records;

    /// <summary>Records that stand in the log by now.</summary>
    public int Appended { get; set; }

    /// <summary>Offset after the last record by now.</summary>
    public long End => Appended == 0 ? 0 : records[Appended - 1].Offset + 1;

    public bool IsWhole => Appended == records.Count;

    /// <summary>The place of the first record at or after an offset.</summary>
    public int IndexOf(long offset)
    {
        var (low, high) = (0, Appended);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = records[middle].Offset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
