-- What the user agent of an event says.

ALTER TABLE events
    ADD COLUMN IF NOT EXISTS browser  LowCardinality(String) COMMENT 'family without version; other, empty when there is no user agent',
    ADD COLUMN IF NOT EXISTS os       LowCardinality(String) COMMENT 'family of the operating system',
    ADD COLUMN IF NOT EXISTS bot_rule LowCardinality(String) COMMENT 'what made is_bot 1: a rule of tables/bots.tsv, or rate; empty for people';
