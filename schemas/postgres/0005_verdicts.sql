-- Whether the registry knew a schema when a chunk first named it. The first answer that is recorded holds for the chunk, whoever counts it, whenever.

CREATE TABLE schema_verdicts (
    topic           text        NOT NULL,
    epoch           bigint      NOT NULL,
    kafka_partition integer     NOT NULL,
    chunk           bigint      NOT NULL,
    schema_id       integer     NOT NULL,
    is_known        boolean     NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, epoch, kafka_partition, chunk, schema_id)
);

CREATE INDEX schema_verdicts_by_age ON schema_verdicts (recorded_at);
