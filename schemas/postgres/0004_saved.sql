-- What people keep of what they asked: dashboards, funnels, cohorts.

-- version goes up by one with every change; a change names the version that it was made from.
CREATE TABLE saved_items (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  bigint      NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind       text        NOT NULL CHECK (kind IN ('dashboard', 'funnel', 'cohort')),
    name       text        NOT NULL,
    definition jsonb       NOT NULL,
    version    bigint      NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text        NOT NULL
);
CREATE INDEX saved_items_of_tenant ON saved_items (tenant_id, kind, id);

-- A creation that is sent again under the same Idempotency-Key finds here what it made. Kept for a day.
CREATE TABLE idempotency_keys (
    tenant_id  bigint      NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    actor      text        NOT NULL,
    key        text        NOT NULL,
    request    bytea       NOT NULL,
    item_id    bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, actor, key)
);
