-- What a chunk says of the offsets that its log has no record for.

ALTER TABLE ledger
    ADD COLUMN IF NOT EXISTS skipped Int64 COMMENT 'offsets without a record, as a second read has confirmed: between its records, and, once it is sealed, up to the first of the next chunk';
