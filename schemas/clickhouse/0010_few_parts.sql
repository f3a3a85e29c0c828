-- A question opens every part that may hold its rows, and of a wide part every column is a file of its own: about a millisecond a part, more than the few rows of most tenants
-- take (docs/decisions/0024). So parts of cells, too, have their columns in one file up to 64 MiB, as those of raw rows have since 0009.

ALTER TABLE cells MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE product_cells MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE uniques MODIFY SETTING min_bytes_for_wide_part = 67108864;

ALTER TABLE session_cells MODIFY SETTING min_bytes_for_wide_part = 67108864;

-- Sums of hours and days are written by one run an hour and read by every page: they are merged as soon as two parts are about as large (ClickHouse waits for some five of
-- them): sixteen inserts left a partition one part to three instead of five to seven.

ALTER TABLE cells_1h MODIFY SETTING min_bytes_for_wide_part = 67108864, merge_selector_base = 2;

ALTER TABLE uniques_1h MODIFY SETTING min_bytes_for_wide_part = 67108864, merge_selector_base = 2;

ALTER TABLE cells_1d MODIFY SETTING min_bytes_for_wide_part = 67108864, merge_selector_base = 2;

ALTER TABLE uniques_1d MODIFY SETTING min_bytes_for_wide_part = 67108864, merge_selector_base = 2;
