-- Who may ask and who may send.

CREATE TABLE IF NOT EXISTS tenants (
    id          bigint      PRIMARY KEY CHECK (id > 0),
    external_id text        NOT NULL UNIQUE,
    name        text        NOT NULL,
    time_zone   text        NOT NULL DEFAULT 'UTC',
    currency    char(3)     NOT NULL DEFAULT 'USD',
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Only the SHA-256 of a key is kept; the prefix is what people recognise it by.
CREATE TABLE IF NOT EXISTS api_keys (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256       bytea       NOT NULL UNIQUE CHECK (length(sha256) = 32),
    prefix       text        NOT NULL,
    name         text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('write', 'read', 'admin')),
    tenant_ids   bigint[]    NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
