import type { Point } from "../api/shapes.ts";
import { valueIn, type MetricId } from "../state/metrics.ts";
import type { Granularity } from "../state/ranges.ts";

/** One metric over time, ready to draw, to tabulate and to put in words. Buckets are numbered from 0; the x axis is that number. */
export interface Series {
  metric: MetricId;
  granularity: Granularity;
  /** Start of each bucket, RFC 3339. */
  starts: string[];
  /** null = the bucket has no such figure, or has not begun. */
  values: (number | null)[];
  /** The bucket that is still filling, or −1. */
  open: number;
  compared: { starts: string[]; values: (number | null)[] } | null;
}

export interface SeriesSource {
  metric: MetricId;
  granularity: Granularity;
  points: readonly Point[];
  compared: readonly Point[] | null;
}

/** Lays a reply out as a series. Buckets that begin after `now` have no value yet, whatever the reply says about them. */
export function seriesOf(source: SeriesSource, now: number): Series {
  const length = Math.max(source.points.length, source.compared?.length ?? 0);
  const starts = Array.from({ length }, (_, index) => source.points[index]?.start ?? "");
  const values = Array.from({ length }, (_, index) => {
    const point = source.points[index];
    return point === undefined || Date.parse(point.start) > now ? null : valueIn(point, source.metric);
  });
  return {
    metric: source.metric,
    granularity: source.granularity,
    starts,
    values,
    open: openBucket(source.points, now, source.granularity),
    compared:
      source.compared === null
        ? null
        : {
            starts: Array.from({ length }, (_, index) => source.compared?.[index]?.start ?? ""),
            values: Array.from({ length }, (_, index) => {
              const point = source.compared?.[index];
              return point === undefined ? null : valueIn(point, source.metric);
            }),
          },
  };
}

const longestMs: Record<Granularity, number> = { minute: 60_000, hour: 3_600_000, day: 25 * 3_600_000, month: 31 * 86_400_000 };

/** The last bucket that has begun, if the present still lies in it. */
function openBucket(points: readonly Point[], now: number, granularity: Granularity): number {
  const index = points.findLastIndex((point) => Date.parse(point.start) <= now);
  const start = points[index]?.start;
  if (start === undefined) {
    return -1;
  }

  const next = points[index + 1]?.start;
  const end = next === undefined ? Date.parse(start) + longestMs[granularity] : Date.parse(next);
  return now < end ? index : -1;
}

/** A bucket is shown when it has a figure of its own or one to compare with. */
export const isShown = (series: Series, index: number): boolean =>
  (series.values[index] ?? null) !== null || (series.compared?.values[index] ?? null) !== null;

/** The buckets with a figure between two without. */
export function loneOf(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number): boolean => (values[index] ?? null) !== null;
  return Array.from({ length: values.length }, (_, index) => index).filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}

/** The live window as of `now`: a quiet minute sends no message, so empty minutes are appended until the present one is there. */
export function rolledTo(points: readonly Point[], now: number): Point[] {
  const rolled = [...points];
  const present = Math.floor(now / 60_000) * 60_000;
  let last = Date.parse(rolled.at(-1)?.start ?? "");
  if (Number.isNaN(last) || present - last > 60 * 60_000) {
    return rolled;
  }

  while (last < present) {
    last += 60_000;
    rolled.push({ start: new Date(last).toISOString(), revenue: 0, orders: 0, units: 0, page_views: 0 });
  }

  return rolled.slice(-points.length);
}
