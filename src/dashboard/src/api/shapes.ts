/** The replies of the HTTP API, field for field (snake_case as on the wire). */

/** A seller or an app that events are counted for. */
export interface Tenant {
  id: number;
  name: string;
  /** ISO 4217 code that every amount of this tenant is reported in. */
  currency: string;
  /** IANA zone in which this tenant's days are cut. */
  time_zone: string;
}

/** GET /config.json: what the page must know before it can ask for figures. */
export interface Config {
  /** Only on the one-machine demo, where the figures are public. */
  read_key?: string;
  tenants?: Tenant[];
}

/** The measures every reply shares; amounts in major units of the tenant's currency, null where the rate of another currency is missing. */
export interface Measures {
  revenue: number | null;
  orders: number;
  units: number;
  aov: number | null;
  visitors: number;
  page_views: number;
  conversion_rate: number | null;
}

/** What a reply says about how far it can be trusted. */
export interface Honesty {
  /** Everything that happened up to this instant is counted; null before the first event. */
  complete_through: string | null;
  /** The live store is away, or the pipeline is behind: the figures are older than they should be. */
  stale: boolean;
  /** Measure → relative error bound (± 95 %), for measures that are estimates. */
  approximate: Record<string, number> | null;
  /** Only where there were amounts in other currencies than the tenant's: which, and which rates are missing. */
  rates?: { from: string[]; missing: { currency: string; days: string[]; detail: string }[] };
}

/** One bucket of a series, named by the instant at which it starts. A live minute lacks the measures that need unions. */
export type Point = { start: string } & Partial<Measures>;

/** GET /api/v1/sellers/{id}/metrics/realtime, and each message of /live. */
export interface Realtime extends Measures, Honesty {
  tenant: number;
  name: string;
  date: string;
  time_zone: string;
  currency: string;
  active_users: number;
  series: Point[];
}

/** The period a history is compared with. */
export interface ComparedPeriod {
  mode: string;
  start: string;
  end: string;
  totals: Measures;
  points: Point[];
  /** Measure → (now − then) / then; null where then was 0. */
  change: Record<string, number | null>;
}

/** GET /api/v1/sellers/{id}/metrics/history. */
export interface History extends Honesty {
  tenant: number;
  name: string;
  start: string;
  end: string;
  granularity: string;
  time_zone: string;
  currency: string;
  totals: Measures;
  points: Point[];
  compare: ComparedPeriod | null;
}

export interface Product {
  product_id: string;
  title?: string | null;
  revenue: number | null;
  units: number;
  orders: number;
  views: number;
  conversion_rate: number | null;
  /** Part of the period's revenue, 0 to 1; null while that is not known. */
  share: number | null;
}

/** GET /api/v1/sellers/{id}/products/performance. */
export interface Products {
  products: Product[];
}
