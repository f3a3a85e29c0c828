-- The config versions that some worker has loaded: what tells a worker that it lacks one. The first row of a version holds.
CREATE TABLE IF NOT EXISTS configs
(
    version      UInt32,
    activates_at DateTime64(3, 'UTC')  COMMENT 'Kafka timestamp from which on the first record of a chunk makes it count by this version',
    sha256       String                COMMENT 'of the file and of the tables that it names',
    recorded_at  DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (version, recorded_at);
