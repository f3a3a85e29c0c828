-- Who may do what, for how long, and who did what.

-- rights: NULL for all that keys of this kind may do. replaces: the key in whose place this one was made; that one ends at its expires_at.
ALTER TABLE api_keys
    ADD COLUMN rights     text[] CHECK (rights <@ ARRAY ['collect', 'read', 'edit', 'manage']),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN replaces   bigint UNIQUE REFERENCES api_keys (id);

-- password: PBKDF2 as 'pbkdf2-sha256$iterations$salt$hash'. A user is disabled, not deleted: the audit log names them.
CREATE TABLE users (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       text        NOT NULL UNIQUE CHECK (email = lower(email)),
    name        text        NOT NULL,
    password    text        NOT NULL,
    is_admin    boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);

CREATE TABLE user_roles (
    user_id   bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    role      text   NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    PRIMARY KEY (user_id, tenant_id)
);

-- Like keys, sessions are kept by their SHA-256 only.
CREATE TABLE user_sessions (
    sha256     bytea       PRIMARY KEY CHECK (length(sha256) = 32),
    user_id    bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX user_sessions_user ON user_sessions (user_id);

-- Who, what, when, from where. A row is written in the transaction of what it tells of, and never changed.
CREATE TABLE audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text        NOT NULL,
    actor_name text        NOT NULL,
    ip         text,
    action     text        NOT NULL,
    subject    text        NOT NULL,
    tenant_ids bigint[]    NOT NULL DEFAULT '{}',
    detail     jsonb       NOT NULL DEFAULT '{}'
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to; % was refused', lower(TG_OP);
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
