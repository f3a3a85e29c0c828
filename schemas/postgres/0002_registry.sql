-- The schema registry of the one-machine stack.

CREATE TABLE IF NOT EXISTS registry_schemas (
    id          integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_type text        NOT NULL DEFAULT 'AVRO',
    fingerprint bytea       NOT NULL UNIQUE,
    text        text        NOT NULL
);

CREATE TABLE IF NOT EXISTS registry_versions (
    subject    text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    schema_id  integer NOT NULL REFERENCES registry_schemas (id),
    deleted_at timestamptz,
    PRIMARY KEY (subject, version)
);

-- subject '' holds the global setting.
CREATE TABLE IF NOT EXISTS registry_settings (
    subject       text PRIMARY KEY,
    compatibility text,
    mode          text
);
