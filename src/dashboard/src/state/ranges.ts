import type { Query } from "../api/client.ts";
import { addDays, dayAt, daysBetween, monthStart, type Day } from "../format/calendar.ts";

export type RangeId = "live" | "today" | "7d" | "30d" | "90d" | "12m" | "all" | "custom";
export type Granularity = "minute" | "hour" | "day" | "month";
export type Comparison = "none" | "previous_period" | "year_over_year" | "match_weekday";

export const ranges: readonly { id: RangeId; label: string; long: string }[] = [
  { id: "live", label: "Live", long: "Today, the last 60 minutes" },
  { id: "today", label: "Today", long: "Today" },
  { id: "7d", label: "7 d", long: "The last 7 days" },
  { id: "30d", label: "30 d", long: "The last 30 days" },
  { id: "90d", label: "90 d", long: "The last 90 days" },
  { id: "12m", label: "12 m", long: "The last 12 months" },
  { id: "all", label: "All", long: "All time" },
  { id: "custom", label: "Custom", long: "Chosen days" },
];

export const comparisons: readonly { id: Comparison; label: string; against: string }[] = [
  { id: "none", label: "No comparison", against: "" },
  { id: "previous_period", label: "Previous period", against: "the previous period" },
  { id: "year_over_year", label: "Year over year", against: "the year before" },
  { id: "match_weekday", label: "Match weekday", against: "the same weekdays before" },
];

/** First and last day, both included, in the tenant's zone; null = from the first event to the last. */
export interface Days {
  first: Day;
  last: Day;
}

/** Tiles and series of these move by themselves. */
export const isLive = (range: RangeId): boolean => range === "live" || range === "today";

export function daysOf(range: RangeId, custom: Days | null, now: number, zone: string): Days | null {
  const today = dayAt(now, zone);
  switch (range) {
    case "live":
    case "today":
      return { first: today, last: today };
    case "7d":
      return { first: addDays(today, -6), last: today };
    case "30d":
      return { first: addDays(today, -29), last: today };
    case "90d":
      return { first: addDays(today, -89), last: today };
    case "12m":
      return { first: monthStart(today, -11), last: today };
    case "all":
      return null;
    case "custom":
      return custom ?? { first: addDays(today, -6), last: today };
  }
}

/** Fine enough to show a shape, coarse enough to stay below some 120 points. */
export function granularityOf(days: Days | null): Granularity {
  if (days === null) {
    return "month";
  }

  const length = daysBetween(days.first, days.last) + 1;
  return length <= 2 ? "hour" : length <= 120 ? "day" : "month";
}

/** The question to the history endpoint: half open, so the last day's end is the day after it. */
export function historyQuery(days: Days | null, compare: Comparison): Query {
  return {
    ...periodQuery(days),
    granularity: granularityOf(days),
    compare: compare === "none" || days === null ? undefined : compare,
  };
}

/** The question for a report of a period; it is compared with the period before when nothing else is chosen. */
export const reportQuery = (days: Days | null, compare: Comparison): Query => ({
  ...(days === null ? { period: "all" } : periodQuery(days)),
  granularity: granularityOf(days),
  compare: compare === "none" || days === null ? undefined : compare,
});

/** The same period as a question to any endpoint that takes start and end. */
export const periodQuery = (days: Days | null): Query => (days === null ? {} : { start: days.first, end: addDays(days.last, 1) });
