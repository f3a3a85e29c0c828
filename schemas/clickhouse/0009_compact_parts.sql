-- Up to 64 MiB a part keeps its columns in one file (ClickHouse's own default is 10 MiB). A group of flushes is 24 MiB: with a file and a file of marks for each of the
-- columns, two fifths of the time of an insert were the making of 146 files a part (docs/decisions/0015). What merges make of them is larger, and wide.

ALTER TABLE cells MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE product_cells MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE uniques MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE order_lines MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE stock_levels MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE rejected MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE session_cells MODIFY SETTING min_bytes_for_wide_part = 67108864;
