-- What sessions are made of: everything that one user did in one half hour, as one chunk has counted it. Two events of one half hour are less than the
-- gap of 30 minutes apart, so a cell never has to be split, cells merge without the events, and sessions (chains of cells with less than the gap
-- between them) come out the same whatever the chunks' borders were. Chained when they are read: SessionQueries.cs.

CREATE TABLE IF NOT EXISTS session_cells
(
    tenant          UInt64,
    window          DateTime('UTC')         COMMENT 'start of the half hour',
    user            UInt64                  COMMENT 'hash of the user id, as in uniques',
    session         UInt64                  COMMENT 'hash of the user id and the session id that the client gave; 0 when it gave none',
    epoch           UInt64,
    kafka_partition UInt32,
    chunk           Int64,
    ver             Int64                   COMMENT 'last offset included',
    first_at        DateTime64(3, 'UTC')    COMMENT 'time of the first event',
    last_at         DateTime64(3, 'UTC')    COMMENT 'time of the last event',
    events          Int64,
    page_views      Int64,
    key_events      Int64                   COMMENT 'events that make a session an engaged one: Counting:KeyEvents of the config version',
    orders          Int64                   COMMENT 'order_placed',
    is_bot          UInt8                   COMMENT '1 when one of the events is a bot''s',
    source          LowCardinality(String)  COMMENT 'channel of the first event',
    campaign        LowCardinality(String)  COMMENT 'of the first event',
    entry           String                  COMMENT 'page of the first event that names one, without query and fragment, at most 256 bytes',
    entry_at        Nullable(DateTime64(3, 'UTC'))  COMMENT 'null when no event names a page',
    exit            String                  COMMENT 'page of the last event that names one',
    exit_at         Nullable(DateTime64(3, 'UTC')),
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
PARTITION BY toYYYYMM(window)
ORDER BY (tenant, window, user, session, epoch, kafka_partition, chunk)
TTL keep_until;
