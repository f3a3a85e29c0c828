import { isDay } from "../format/calendar.ts";
import { metrics, type MetricId } from "./metrics.ts";
import { comparisons, ranges, type Comparison, type Days, type RangeId } from "./ranges.ts";

export type ProductSort = "revenue" | "units" | "orders" | "views" | "conversion";

/** Everything that decides what the page shows. It is the address: a copied link shows the same view. */
export interface View {
  tenant: number | null;
  range: RangeId;
  custom: Days | null;
  compare: Comparison;
  metric: MetricId;
  sort: ProductSort;
  /** The series as a table instead of a chart. */
  table: boolean;
}

export const productSorts: readonly ProductSort[] = ["revenue", "units", "orders", "views", "conversion"];

export const defaultView: View = {
  tenant: null,
  range: "live",
  custom: null,
  compare: "none",
  metric: "revenue",
  sort: "revenue",
  table: false,
};

/** Reads an address; what it does not understand becomes the default, never an error page. */
export function parseAddress(search: string): View {
  const query = new URLSearchParams(search);
  const custom = customDays(query.get("from"), query.get("to"));
  return {
    tenant: /^\d{1,18}$/.test(query.get("tenant") ?? "") ? Number(query.get("tenant")) : null,
    range: oneOf(query.get("range"), ranges.map((range) => range.id), custom === null ? defaultView.range : "custom"),
    custom,
    compare: oneOf(query.get("compare"), comparisons.map((comparison) => comparison.id), "none"),
    metric: oneOf(query.get("metric"), metrics.map((metric) => metric.id), "revenue"),
    sort: oneOf(query.get("sort"), productSorts, "revenue"),
    table: query.get("table") === "1",
  };
}

/** Writes an address; defaults are left out so that links stay short. */
export function addressOf(view: View): string {
  const query = new URLSearchParams();
  if (view.tenant !== null) {
    query.set("tenant", String(view.tenant));
  }

  query.set("range", view.range);
  if (view.range === "custom" && view.custom !== null) {
    query.set("from", view.custom.first);
    query.set("to", view.custom.last);
  }

  for (const name of ["compare", "metric", "sort"] as const) {
    if (view[name] !== defaultView[name]) {
      query.set(name, view[name]);
    }
  }

  if (view.table) {
    query.set("table", "1");
  }

  return `/?${query}`;
}

function customDays(from: string | null, to: string | null): Days | null {
  if (from === null || to === null || !isDay(from) || !isDay(to)) {
    return null;
  }

  return from <= to ? { first: from, last: to } : { first: to, last: from };
}

function oneOf<T extends string>(word: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === word) ?? otherwise;
}
