import type { Query } from "../api/client.ts";
import { isInLiveSeries, type MetricId } from "./metrics.ts";
import type { Comparison } from "./ranges.ts";

/** What the last 60 minutes need beyond the live stream: unions per minute, and the same minutes of another day. */
export interface MinuteWindow {
  now: Query | null;
  then: Query | null;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const windowMinutes = 60;

/** The same minutes so many days before. A year is 364 days here: the same weekday, and the same hours of its day. */
const shiftDays: Record<Exclude<Comparison, "none">, number> = { previous_period: 1, match_weekday: 7, year_over_year: 364 };

/** The questions for the window that ends with the present minute; null when the stream alone says it all. */
export function minuteWindow(minute: number, metric: MetricId, compare: Comparison): MinuteWindow | null {
  const end = Math.floor(minute / minuteMs) * minuteMs + minuteMs;
  const now = isInLiveSeries(metric) ? null : queryOf(end);
  const then = compare === "none" ? null : queryOf(end - shiftDays[compare] * dayMs);
  return now === null && then === null ? null : { now, then };
}

function queryOf(end: number): Query {
  return {
    start: new Date(end - windowMinutes * minuteMs).toISOString(),
    end: new Date(end).toISOString(),
    granularity: "minute",
  };
}
