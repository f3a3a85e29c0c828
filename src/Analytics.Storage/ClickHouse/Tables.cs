namespace Analytics.Storage.ClickHouse;

/// <summary>The tables that the worker writes; <c>schemas/clickhouse</c> says what each column means.</summary>
public static class Tables
{
    private static readonly NativeColumnShape[] ChunkColumns = [new("epoch", "UInt64"), new("kafka_partition", "UInt32"), new("chunk", "Int64"), new("ver", "Int64")];

    private static readonly NativeColumnShape[] FigureColumns =
        [new("events", "Int64"), new("units", "Int64"), new("revenue", "Int64"), new("discount", "Int64"), new("keep_until", KeepUntil)];

    private const string Word = NativeColumn.LowCardinality;
    private const string Time = "DateTime64(3, 'UTC')";
    private const string KeepUntil = "DateTime('UTC')";
    private const string Window = "DateTime('UTC')";

    /// <summary>Filled by <see cref="Rows.CellRows"/>.</summary>
    public static TableShape Cells { get; } = new("cells", PartitionedBy.Day,
    [
        new("tenant", "UInt64"), new("window", Window), new("name", Word), new("country", Word), new("device", Word),
        new("source", Word), new("currency", Word), new("is_bot", "UInt8"), .. ChunkColumns, .. FigureColumns,
    ]);

    /// <summary>Filled by <see cref="Rows.ProductCellRows"/>.</summary>
    public static TableShape ProductCells { get; } = new("product_cells", PartitionedBy.Day,
    [
        new("tenant", "UInt64"), new("window", Window), new("product_id", "String"), new("name", Word), new("currency", Word),
        .. ChunkColumns, .. FigureColumns,
    ]);

    /// <summary>Filled by <see cref="Rows.UniqueRows"/>: hashes are sent, and made into sketches on arrival.</summary>
    public static TableShape Uniques { get; } = new("uniques", PartitionedBy.Day,
    [
        new("tenant", "UInt64"), new("window", Window), new("name", Word), new("country", Word), new("device", Word),
        new("source", Word), new("is_bot", "UInt8"), new("users", "Array(UInt64)"), new("sessions", "Array(UInt64)"), new("keep_until", KeepUntil),
    ],
    "tenant, window, name, country, device, source, is_bot, "
        + "arrayReduce('uniqCombined64State(17)', users), arrayReduce('uniqCombined64State(17)', sessions), keep_until");

    /// <summary>Filled by <see cref="Rows.SessionCellRows"/>.</summary>
    public static TableShape SessionCells { get; } = new("session_cells", PartitionedBy.Month,
    [
        new("tenant", "UInt64"), new("window", Window), new("user", "UInt64"), new("session", "UInt64"), .. ChunkColumns,
        new("first_at", Time), new("last_at", Time), new("events", "Int64"), new("page_views", "Int64"), new("key_events", "Int64"), new("orders", "Int64"),
        new("is_bot", "UInt8"), new("source", Word), new("campaign", Word), new("entry", "String"), new("entry_at", $"Nullable({Time})"),
        new("exit", "String"), new("exit_at", $"Nullable({Time})"), new("keep_until", KeepUntil),
    ]);

    /// <summary>Filled by <see cref="Rows.EventRows"/>.</summary>
    public static TableShape Events { get; } = new("events", PartitionedBy.Month,
    [
        new("tenant", "UInt64"), new("day", "Date"), new("name", Word), new("event_id", "UUID"), new("event_time", Time),
        new("created_at", Time), new("sent_at", $"Nullable({Time})"), new("received_at", $"Nullable({Time})"), new("kafka_time", Time),
        new("user_id", "String"), new("session_id", "String"), new("country", Word), new("device", Word), new("source", Word),
        new("campaign", Word), new("url", "String"), new("referrer", "String"), new("ip", "String"), new("user_agent", Word),
        new("product_id", Word), new("order_id", "String"), new("currency", Word), new("units", "Int64"), new("revenue", "Int64"),
        new("is_bot", "UInt8"), new("is_clamped", "UInt8"), new("properties", "Map(String, String)"), new("epoch", "UInt64"),
        new("topic", Word), new("kafka_partition", "UInt32"), new("kafka_offset", "Int64"), new("chunk", "Int64"), new("keep_until", KeepUntil),
        new("browser", Word), new("os", Word), new("bot_rule", Word),
    ]);

    /// <summary>Filled by <see cref="Rows.OrderLineRows"/>.</summary>
    public static TableShape OrderLines { get; } = new("order_lines", PartitionedBy.Month,
    [
        new("tenant", "UInt64"), new("day", "Date"), new("order_id", "String"), new("line", "UInt32"), new("status", "String"),
        new("event_id", "UUID"), new("event_time", Time), new("user_id", "String"), new("product_id", "String"), new("quantity", "Int64"),
        new("unit_price", "Int64"), new("discount", "Int64"), new("revenue", "Int64"), new("currency", "String"), new("epoch", "UInt64"),
        new("kafka_partition", "UInt32"), new("kafka_offset", "Int64"), new("keep_until", KeepUntil),
    ]);

    /// <summary>Filled by <see cref="Rows.StockLevelRows"/>.</summary>
    public static TableShape StockLevels { get; } = new("stock_levels", PartitionedBy.Month,
    [
        new("tenant", "UInt64"), new("product_id", "String"), new("event_time", Time), new("event_id", "UUID"), new("stock", "Int64"),
        new("title", "String"), new("images", "Nullable(Int32)"), new("description_length", "Nullable(Int32)"), new("rating", "Nullable(Float64)"),
        new("price", "Nullable(Int64)"), new("currency", "String"), new("epoch", "UInt64"), new("kafka_partition", "UInt32"),
        new("kafka_offset", "Int64"), new("keep_until", KeepUntil),
    ]);

    /// <summary>Filled by <see cref="Rows.RejectedRows"/>.</summary>
    public static TableShape Rejected { get; } = new("rejected", PartitionedBy.Nothing,
    [
        new("topic", "String"), new("epoch", "UInt64"), new("kafka_partition", "UInt32"), new("kafka_offset", "Int64"), new("kafka_time", Time),
        new("tenant", "UInt64"), new("reason", "String"), new("error", "String"), new("schema_id", "Int32"), new("size", "UInt32"),
        new("record", "String"), new("keep_until", KeepUntil),
    ]);

    /// <summary>Filled by <see cref="Ledger"/>.</summary>
    public static TableShape Ledger { get; } = new("ledger", PartitionedBy.Nothing,
    [
        new("topic", "String"), new("epoch", "UInt64"), new("kafka_partition", "UInt32"), new("chunk", "Int64"), new("last_offset", "Int64"),
        new("sealed", "UInt8"), new("ver", "Int64"), new("config_version", "UInt32"), new("read", "Int64"), new("accepted", "Int64"),
        new("duplicate", "Int64"), new("filtered", "Int64"), new("rejected", "Map(String, Int64)"), new("min_event_time", $"Nullable({Time})"),
        new("max_event_time", $"Nullable({Time})"), new("revenue", "Int64"), new("kafka_time", Time), new("keep_until", KeepUntil),
        new("flagged", "Int64"), new("debug_one_in", "UInt32"), new("folded", "Map(String, Int64)"),
        new("skipped", "Int64"),
    ]);
}
