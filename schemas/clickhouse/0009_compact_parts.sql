-- Up to 64 MiB a part of the tables that keep every record has its columns in one file (ClickHouse's own default is 10 MiB). A group of flushes is 24 MiB: with a file and
-- a file of marks for each of the columns, a fifth of the time of an insert went into the making of 146 files a part (docs/decisions/0015). What merges make of them is larger,
-- and wide. Cells stay as they are: a day of them is 20 MiB, and questions about weeks read few of their columns.

ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE order_lines MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE stock_levels MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE rejected MODIFY SETTING min_bytes_for_wide_part = 67108864;
