-- Bytes of records after which a chunk ends.

ALTER TABLE chunk_sizes
    ADD COLUMN IF NOT EXISTS chunk_bytes Int64 COMMENT '0: the topic was first cut into chunks when there was no such limit, and has none';
