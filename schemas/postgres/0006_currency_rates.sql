-- What currencies are worth, by which amounts in another currency than the tenant's are converted. The same for all tenants.

-- rate: major units of the currency for 1 EUR on that day of UTC, as the European Central Bank publishes it. EUR needs no row.
CREATE TABLE currency_rates (
    currency char(3)         NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    day      date            NOT NULL,
    rate     numeric(20, 10) NOT NULL CHECK (rate > 0),
    PRIMARY KEY (currency, day)
);

-- One row an import: whoever keeps the rates in memory reads them again when there is a later one.
CREATE TABLE currency_rate_imports (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    imported_at timestamptz NOT NULL DEFAULT now(),
    rates       integer     NOT NULL
);
