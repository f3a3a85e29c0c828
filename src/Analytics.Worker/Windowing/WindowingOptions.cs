using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Windowing;

/// <summary>Settings of the step that counts and makes rows.</summary>
internal sealed class WindowingOptions
{
    private const long Day = 86_400;

    /// <summary>
    /// Days that minute cells, product cells and uniques are kept. Default 400: a year to compare with, and the month that is compared. Beyond it only
    /// what jobs have rolled up remains. Counted from the later of the window and the Kafka timestamp of the chunk, so an import lives as long.
    /// </summary>
    [Range(1, 36_500)]
    public int CellDays { get; set; } = 400;

    /// <summary>Days that raw events, order lines, stock levels and the ledger are kept. Default 730: last year's behaviour, whole. Beyond it: gone.</summary>
    [Range(1, 36_500)]
    public int EventDays { get; set; } = 730;

    /// <summary>Days that rejected records are kept. Default 30: time to mend a producer and send again. Beyond it only the ledger's count remains.</summary>
    [Range(1, 36_500)]
    public int RejectedDays { get; set; } = 30;

    /// <summary>Whether session cells are counted. Default true. Off: no sessions can be asked for, and an event costs the worker about a fifth less.</summary>
    public bool Sessions { get; set; } = true;

    /// <summary>
    /// Table partitions that one insert may touch. Default 100: ClickHouse's own <c>max_partitions_per_insert_block</c>, because every partition
    /// becomes a part. Rows of more days go into several inserts.
    /// </summary>
    [Range(1, 10_000)]
    public int PartitionsPerInsert { get; set; } = 100;

    /// <summary>
    /// Raw rows that the raw lane keeps until the next flush. Default 65,536: one good insert, about 32 MiB. Beyond it they are handed to the
    /// writer early; the ledger still waits for the flush.
    /// </summary>
    [Range(1, 10_000_000)]
    public int RawRows { get; set; } = 65_536;

    /// <summary>Bytes of raw rows and dead letters that the raw lane keeps until the next flush. Default 32 MiB. Beyond it they are handed over early.</summary>
    [Range(65_536, 1 << 30)]
    public int RawBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Seconds that cells are kept.</summary>
    public long CellRetention => CellDays * Day;

    /// <summary>Seconds that events are kept.</summary>
    public long EventRetention => EventDays * Day;

    /// <summary>Seconds that rejected records are kept.</summary>
    public long RejectedRetention => RejectedDays * Day;
}
