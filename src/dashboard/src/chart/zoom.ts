import { addDays, dayAt, monthStart } from "../format/calendar.ts";
import type { Days } from "../state/ranges.ts";
import type { Series } from "./series.ts";

/** The days that a stretch of buckets covers, or null where days are too coarse to zoom into (hours, minutes) or it names none. */
export function daysWithin(series: Series, from: number, to: number, zone: string): Days | null {
  const first = series.starts[from];
  const last = series.starts[to];
  if (!isZoomable(series) || !first || !last) {
    return null;
  }

  const firstDay = dayAt(Date.parse(first), zone);
  const lastDay = dayAt(Date.parse(last), zone);
  return { first: firstDay, last: series.granularity === "month" ? addDays(monthStart(lastDay, 1), -1) : lastDay };
}

export const isZoomable = (series: Series): boolean => series.granularity === "day" || series.granularity === "month";
