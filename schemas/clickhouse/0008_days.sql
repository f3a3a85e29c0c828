-- Sums of whole days of UTC above those of hours, rewritten with them: RollUp.cs. A point that holds a whole day reads its one row for each combination of
-- dimensions instead of 24 (docs/decisions/0014). Kept as long as the hours: a day of any other zone is a day of UTC with some hours more and some less.

CREATE TABLE IF NOT EXISTS cells_1d
(
    tenant          UInt64,
    window          DateTime('UTC')         COMMENT 'start of the day',
    name            LowCardinality(String),
    country         LowCardinality(String),
    device          LowCardinality(String),
    source          LowCardinality(String),
    currency        LowCardinality(String),
    is_bot          UInt8,
    ver             Int64                   COMMENT 'of the run that wrote it: the later one wins',
    events          Int64,
    units           Int64,
    revenue         Int64,
    discount        Int64,
    keep_until      DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ver)
PARTITION BY toYear(window)
ORDER BY (tenant, window, name, country, device, source, currency, is_bot)
TTL keep_until;

CREATE TABLE IF NOT EXISTS uniques_1d
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
PARTITION BY toYear(window)
ORDER BY (tenant, window, name, country, device, source, is_bot)
TTL keep_until;

-- A row that was written before this file counts as one whose minutes are gone: it gives way to more events only.
ALTER TABLE cells_1h
    ADD COLUMN IF NOT EXISTS minutes_until DateTime('UTC') DEFAULT toDateTime(0, 'UTC') COMMENT 'until then none of its minutes expires; beyond it a rewrite takes nothing away';

ALTER TABLE cells_1h
    COMMENT COLUMN ver 'of the run that wrote it, in ms of Unix time: the later one wins';

-- Runs before this file wrote no days: the next one writes everything once. Until then questions are answered from the minutes.
TRUNCATE TABLE IF EXISTS rollups;
