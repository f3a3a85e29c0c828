-- What a chunk flagged, sampled and folded together.

ALTER TABLE ledger
    ADD COLUMN IF NOT EXISTS flagged      Int64                              COMMENT 'accepted, and is_bot because the user had too many events in a minute',
    ADD COLUMN IF NOT EXISTS debug_one_in UInt32 DEFAULT 1                   COMMENT 'of debug events one user in so many was kept; the rest is in filtered',
    ADD COLUMN IF NOT EXISTS folded       Map(LowCardinality(String), Int64) COMMENT 'accepted, and counted as __other__ in cells, by dimension: name, country, currency, product';
