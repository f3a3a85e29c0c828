import type { Measures, Point } from "../api/shapes.ts";

export type MetricId = "revenue" | "orders" | "units" | "aov" | "visitors" | "page_views" | "conversion_rate";

/** How a figure is written: an amount in the tenant's currency, a whole number, or a part of one. */
export type MetricKind = "money" | "count" | "ratio";

export interface Metric {
  id: MetricId;
  label: string;
  /** One sentence for the tile's tooltip; the rules are in docs/SEMANTICS.md. */
  meaning: string;
  kind: MetricKind;
}

/** The tiles, in reading order. */
export const metrics: readonly Metric[] = [
  { id: "revenue", label: "Revenue", kind: "money", meaning: "Quantity × unit price − discounts. Refunds are shown on their own." },
  { id: "orders", label: "Orders", kind: "count", meaning: "Orders placed." },
  { id: "units", label: "Units", kind: "count", meaning: "Pieces sold." },
  { id: "aov", label: "Order value", kind: "money", meaning: "Average order value: revenue ÷ orders." },
  { id: "visitors", label: "Visitors", kind: "count", meaning: "Different people with at least one event." },
  { id: "page_views", label: "Page views", kind: "count", meaning: "Pages shown." },
  { id: "conversion_rate", label: "Conversion", kind: "ratio", meaning: "Orders ÷ visitors, where pages are viewed." },
];

export const metricOf = (id: MetricId): Metric => metrics.find((metric) => metric.id === id)!;

/** The live stream's minutes carry sums only: unions of people are not made per minute of it. */
const unions: ReadonlySet<MetricId> = new Set(["visitors", "conversion_rate"]);

export const isInLiveSeries = (id: MetricId): boolean => !unions.has(id);

/** The value of a metric in one bucket. AOV is derived where the bucket does not name it; null = there is none (no orders, no views). */
export function valueIn(bucket: Point | Measures, id: MetricId): number | null {
  // Where only orders are sent, the visitors are those who ordered: above 100 % would be no conversion.
  if (id === "conversion_rate" && bucket.page_views === 0) {
    return null;
  }

  const stated = bucket[id];
  if (stated !== undefined) {
    return stated;
  }

  if (id === "aov" && bucket.revenue !== undefined && bucket.orders !== undefined) {
    return bucket.orders === 0 || bucket.revenue === null ? null : bucket.revenue / bucket.orders;
  }

  return null;
}

/** Nothing at all happened in the period. */
export const isEmpty = (totals: Measures): boolean =>
  totals.orders === 0 && totals.page_views === 0 && totals.visitors === 0 && totals.units === 0 && totals.revenue === 0;
