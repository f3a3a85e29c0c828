-- Sums of whole hours of UTC, rewritten absolutely from the minutes: RollUp.cs. Read for those hours only that `rollups` has and the ledger does not revise
-- since (RolledHours.cs), so a late event never goes missing: its hour is read from the minutes until it is rewritten.

CREATE TABLE IF NOT EXISTS cells_1h
(
    tenant          UInt64,
    window          DateTime('UTC')         COMMENT 'start of the hour',
    name            LowCardinality(String),
    country         LowCardinality(String),
    device          LowCardinality(String),
    source          LowCardinality(String),
    currency        LowCardinality(String),
    is_bot          UInt8,
    ver             Int64                   COMMENT 'events: of two rows that with more of them is the later one',
    events          Int64,
    units           Int64,
    revenue         Int64,
    discount        Int64,
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
PARTITION BY toYYYYMM(window)
ORDER BY (tenant, window, name, country, device, source, currency, is_bot)
TTL keep_until;

CREATE TABLE IF NOT EXISTS uniques_1h
(
    tenant          UInt64,
    window          DateTime('UTC'),
    name            LowCardinality(String),
    country         LowCardinality(String),
    device          LowCardinality(String),
    source          LowCardinality(String),
    is_bot          UInt8,
    users           AggregateFunction(uniqCombined64(17), UInt64),
    keep_until      SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(window)
ORDER BY (tenant, window, name, country, device, source, is_bot)
TTL keep_until;

-- One row a run, written when all of its hours are.
CREATE TABLE IF NOT EXISTS rollups
(
    starts          DateTime('UTC')         COMMENT 'first hour',
    ends            DateTime('UTC')         COMMENT 'the hour after the last',
    ver             Int64,
    covered         Map(String, Int64)      COMMENT 'by topic/epoch/partition: the offset up to which the minutes were whole when the run began'
)
ENGINE = ReplacingMergeTree(ver)
ORDER BY (starts, ends);
