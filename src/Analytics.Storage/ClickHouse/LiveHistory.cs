using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Analytics.Core.Avro;
using Analytics.Core.Questions;
using Analytics.Storage.Redis;

namespace Analytics.Storage.ClickHouse;

/// <summary>What Redis should hold, read from ClickHouse as the parts and users that workers would have written.</summary>
/// <remarks>Streamed: memory holds the chunks of the range, never the cells or the users. Any thread. Failures are <see cref="ClickHouseException"/>.</remarks>
public sealed class LiveHistory(ClickHouseClient client)
{
    // Grouped along the table's order, the server holds one group at a time.
    private static readonly Dictionary<string, string> Settings = new(FigureScope.Settings)
    {
        ["optimize_aggregation_in_order"] = "1",
        ["max_bytes_before_external_group_by"] = "268435456",
        ["max_execution_time"] = "120",
        ["max_threads"] = "1",
    };

    /// <summary>The chunks that have counted events since <paramref name="from"/>, with their topic and the last offset that stands in all tables.</summary>
    /// <remarks>
    /// To be read before the parts: a ledger row is written behind its cells, so what the cells hold then is at least what the row's offset says. Where they hold
    /// more, the chunk is open, and its owner's next figures have a higher version.
    /// </remarks>
    public async Task<IReadOnlyDictionary<CountedChunk, ChunkEnd>> ChunksAsync(DateTimeOffset from, CancellationToken cancel)
    {
        var chunks = new Dictionary<CountedChunk, ChunkEnd>();
        var topics = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = client.StreamAsync(
            "SELECT epoch, kafka_partition, chunk, topic, last_offset FROM ledger FINAL WHERE max_event_time >= {start:DateTime('UTC')}",
            row => (Chunk: new CountedChunk(row[0].GetUInt64(), row[1].GetInt32(), row[2].GetInt64()), Topic: row[3].GetString()!, Last: row[4].GetInt64()),
            new Dictionary<string, object?> { ["start"] = from }, cancel: cancel);
        await foreach (var row in rows.ConfigureAwait(false))
        {
            topics.TryAdd(row.Topic, row.Topic);
            chunks[row.Chunk] = new ChunkEnd(topics[row.Topic], row.Last);
        }

        return chunks;
    }

    /// <summary>What these chunks have counted in the minutes of a range, by tenant.</summary>
    public async IAsyncEnumerable<LivePart> PartsAsync(
        IReadOnlyDictionary<CountedChunk, ChunkEnd> chunks, TimeRange range, [EnumeratorCancellation] CancellationToken cancel)
    {
        var rows = client.StreamAsync(
            """
            SELECT tenant, toUnixTimestamp(window), epoch, kafka_partition, chunk,
                sumIf(revenue, name = 'order_placed'), sumIf(events, name = 'order_placed'), sumIf(units, name = 'order_placed'), sumIf(events, name = 'page_view'),
                sumIf(events, name = 'add_to_cart'), sumIf(events, name = 'checkout_start'), sumIf(discount, name = 'order_placed'),
                sumIf(revenue, name = 'order_refunded'), sum(events)
            FROM cells FINAL
            WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
            GROUP BY tenant, window, epoch, kafka_partition, chunk
            """,
            PartOf, Parameters(range), Settings, cancel);
        await foreach (var part in rows.ConfigureAwait(false))
        {
            if (chunks.TryGetValue(new CountedChunk(part.Epoch, part.Partition, part.Chunk), out var end))
            {
                yield return part with { Topic = end.Topic, Version = end.LastOffset };
            }
        }
    }

    /// <summary>The users of whole days, each with the last minute of every half hour in which it was active; from raw events where there are no session cells.</summary>
    /// <remarks>The last minute is enough: who was active in the last minutes was last active there or later.</remarks>
    public IAsyncEnumerable<LiveVisitor> VisitorsAsync(TimeRange days, bool hasSessions, CancellationToken cancel) => hasSessions
        ? client.StreamAsync(
            """
            SELECT tenant, toUnixTimestamp(max(last_at)), user
            FROM session_cells
            WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
            GROUP BY tenant, window, user
            """,
            row => new LiveVisitor(row[0].GetUInt64(), MinuteOf(row[1]), row[2].GetUInt64()), Parameters(days), Settings, cancel)
        : client.StreamAsync(
            """
            SELECT tenant, toUnixTimestamp(max(event_time)), user_id
            FROM events
            WHERE day >= toDate({start:DateTime('UTC')}) AND day < toDate({end:DateTime('UTC')}) AND user_id != ''
            GROUP BY tenant, day, user_id
            """,
            row => new LiveVisitor(row[0].GetUInt64(), MinuteOf(row[1]), HashOf(row[2].GetString()!)), Parameters(days), Settings, cancel);

    private static Dictionary<string, object?> Parameters(TimeRange range) => new() { ["start"] = range.Start, ["end"] = range.End };

    private static LivePart PartOf(JsonElement row)
    {
        var figures = new LiveFigures();
        for (var figure = 0; figure < LiveFigures.Count; figure++)
        {
            figures[figure] = row[5 + figure].GetInt64();
        }

        return new LivePart(row[0].GetUInt64(), MinuteOf(row[1]), row[2].GetUInt64(), "", row[3].GetInt32(), row[4].GetInt64(), 0, figures);
    }

    private static int MinuteOf(JsonElement seconds) => (int)(seconds.GetInt64() / 60);

    // As the worker hashes it; 0 stands for no user.
    private static ulong HashOf(string user) => Math.Max(1, Hash64.Of(Encoding.UTF8.GetBytes(user)));
}

/// <summary>A chunk as the tables name it: an epoch belongs to one topic.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Partition">The Kafka partition.</param>
/// <param name="Chunk">Offset of its first record.</param>
public readonly record struct CountedChunk(ulong Epoch, int Partition, long Chunk);

/// <summary>How far a chunk stands in all tables.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="LastOffset">Last offset included.</param>
public readonly record struct ChunkEnd(string Topic, long LastOffset);
