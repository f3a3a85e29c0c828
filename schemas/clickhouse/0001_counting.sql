-- What the worker writes. Every table takes the same row any number of times, in any order (docs/ARCHITECTURE.md):
-- a higher `ver` wins, equal `ver` means equal bytes, and a union of sketches is idempotent.
-- `epoch` tells the topic from an older topic of the same name; (epoch, kafka_partition, chunk) names a chunk, `chunk` being the offset
-- of its first record. `keep_until` = max(window, Kafka timestamp of the chunk's first record) + the table's retention.
-- Minutes are partitioned by day, but by month where they live longer than 40,000,000 s (463 days) after their window, which is what an import of old
-- events does: 1,237 days as daily parts took 44 s to insert, as monthly parts 0.6 s (docs/decisions/0004). Every version of a row has the same
-- `keep_until`, so they meet in one partition.

CREATE TABLE IF NOT EXISTS cells
(
    tenant          UInt64,
    window          DateTime('UTC')         COMMENT 'start of the minute',
    name            LowCardinality(String)  COMMENT 'event name; order_placed, order_cancelled, order_refunded, stock_level for the other topics',
    country         LowCardinality(String)  COMMENT 'ISO 3166-1 alpha-2, empty when unknown',
    device          LowCardinality(String),
    source          LowCardinality(String)  COMMENT 'channel: direct, search, social, email, paid, referral, internal',
    currency        LowCardinality(String)  COMMENT 'empty for events without money',
    is_bot          UInt8,
    epoch           UInt64,
    kafka_partition UInt32,
    chunk           Int64,
    ver             Int64                   COMMENT 'last offset included',
    events          Int64,
    units           Int64,
    revenue         Int64                   COMMENT 'minor units: sum of quantity * unit_price - discount',
    discount        Int64                   COMMENT 'minor units',
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
PARTITION BY if(toInt64(keep_until) - toInt64(window) > 40000000, toYYYYMM(window), toYYYYMMDD(window))
ORDER BY (tenant, window, name, country, device, source, currency, is_bot, epoch, kafka_partition, chunk)
TTL keep_until;

CREATE TABLE IF NOT EXISTS product_cells
(
    tenant          UInt64,
    window          DateTime('UTC'),
    product_id      String,
    name            LowCardinality(String),
    currency        LowCardinality(String),
    epoch           UInt64,
    kafka_partition UInt32,
    chunk           Int64,
    ver             Int64,
    events          Int64                   COMMENT 'events that name the product; orders: lines',
    units           Int64,
    revenue         Int64,
    discount        Int64,
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
PARTITION BY if(toInt64(keep_until) - toInt64(window) > 40000000, toYYYYMM(window), toYYYYMMDD(window))
ORDER BY (tenant, window, product_id, name, currency, epoch, kafka_partition, chunk)
TTL keep_until;

CREATE TABLE IF NOT EXISTS uniques
(
    tenant          UInt64,
    window          DateTime('UTC'),
    name            LowCardinality(String),
    country         LowCardinality(String),
    device          LowCardinality(String),
    source          LowCardinality(String),
    is_bot          UInt8,
    users           AggregateFunction(uniqCombined64(17), UInt64)  COMMENT 'exact to 4,096, then 0.3 %',
    sessions        AggregateFunction(uniqCombined64(17), UInt64),
    keep_until      SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY if(toInt64(keep_until) - toInt64(window) > 40000000, toYYYYMM(window), toYYYYMMDD(window))
ORDER BY (tenant, window, name, country, device, source, is_bot)
TTL keep_until;

-- In the order of the client's time, which a resend repeats, so that parts follow one another: a merge costs half (docs/decisions/0017).
CREATE TABLE IF NOT EXISTS events
(
    tenant          UInt64,
    day             Date                    COMMENT 'UTC day of event_time',
    name            LowCardinality(String),
    event_id        UUID,
    event_time      DateTime64(3, 'UTC')    COMMENT 'derived: received - (sent - created), clamped',
    created_at      DateTime64(3, 'UTC'),
    sent_at         Nullable(DateTime64(3, 'UTC')),
    received_at     Nullable(DateTime64(3, 'UTC')),
    kafka_time      DateTime64(3, 'UTC'),
    user_id         String,
    session_id      String,
    country         LowCardinality(String),
    device          LowCardinality(String),
    source          LowCardinality(String),
    campaign        LowCardinality(String),
    url             String,
    referrer        String,
    ip              String                  COMMENT 'truncated',
    user_agent      String,
    product_id      String,
    order_id        String,
    currency        LowCardinality(String),
    units           Int64,
    revenue         Int64,
    is_bot          UInt8,
    is_clamped      UInt8                   COMMENT 'event_time lay more than 5 minutes ahead and was set to the time of receipt',
    properties      Map(LowCardinality(String), String),
    epoch           UInt64,
    topic           LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset    Int64,
    chunk           Int64,
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
PRIMARY KEY (tenant, day, name, created_at)
ORDER BY (tenant, day, name, created_at, event_id)
TTL keep_until;

CREATE TABLE IF NOT EXISTS order_lines
(
    tenant          UInt64,
    day             Date,
    order_id        String,
    line            UInt32                  COMMENT 'position in the event, from 0',
    status          LowCardinality(String)  COMMENT 'placed, cancelled, refunded',
    event_id        UUID,
    event_time      DateTime64(3, 'UTC'),
    user_id         String,
    product_id      String,
    quantity        Int64,
    unit_price      Int64,
    discount        Int64,
    revenue         Int64,
    currency        LowCardinality(String),
    epoch           UInt64,
    kafka_partition UInt32,
    kafka_offset    Int64,
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (tenant, day, order_id, status, event_id, line)
TTL keep_until;

CREATE TABLE IF NOT EXISTS stock_levels
(
    tenant             UInt64,
    product_id         String,
    event_time         DateTime64(3, 'UTC'),
    event_id           UUID,
    stock              Int64,
    title              String,
    images             Nullable(Int32),
    description_length Nullable(Int32),
    rating             Nullable(Float64),
    price              Nullable(Int64),
    currency           LowCardinality(String),
    epoch              UInt64,
    kafka_partition    UInt32,
    kafka_offset       Int64,
    keep_until         DateTime('UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
ORDER BY (tenant, product_id, event_time, event_id)
TTL keep_until;

-- One row a chunk. `ver` = 2 * last_offset + sealed, so that a sealed row wins over the open one that ends at the same offset.
CREATE TABLE IF NOT EXISTS ledger
(
    topic           LowCardinality(String),
    epoch           UInt64,
    kafka_partition UInt32,
    chunk           Int64                   COMMENT 'offset of the first record',
    last_offset     Int64,
    sealed          UInt8                   COMMENT '1: the chunk ended here; 0: it is still open and will be superseded',
    ver             Int64,
    config_version  UInt32,
    read            Int64,
    accepted        Int64,
    duplicate       Int64,
    filtered        Int64,
    rejected        Map(LowCardinality(String), Int64)  COMMENT 'by reason',
    min_event_time  Nullable(DateTime64(3, 'UTC')),
    max_event_time  Nullable(DateTime64(3, 'UTC')),
    revenue         Int64,
    kafka_time      DateTime64(3, 'UTC')    COMMENT 'of the first record',
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
ORDER BY (topic, epoch, kafka_partition, chunk)
TTL keep_until;

CREATE TABLE IF NOT EXISTS rejected
(
    topic           LowCardinality(String),
    epoch           UInt64,
    kafka_partition UInt32,
    kafka_offset    Int64,
    kafka_time      DateTime64(3, 'UTC'),
    tenant          UInt64                  COMMENT '0 when it could not be read',
    reason          LowCardinality(String),
    error           String                  COMMENT 'what was expected and what was found',
    schema_id       Int32                   COMMENT '-1 when it could not be read',
    size            UInt32                  COMMENT 'bytes of the record',
    record          String                  COMMENT 'the first 1,024 bytes',
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, epoch, kafka_partition, kafka_offset)
TTL keep_until;

-- The chunk size of a topic, recorded at its first start: a different value later is refused.
CREATE TABLE IF NOT EXISTS chunk_sizes
(
    topic           LowCardinality(String),
    chunk_size      Int64,
    recorded_at     DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (topic, recorded_at);
