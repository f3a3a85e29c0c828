import assert from "node:assert/strict";
import { test } from "node:test";
import type { Point } from "../src/api/shapes.ts";
import { loneOf, rolledTo, seriesOf } from "../src/chart/series.ts";
import { summaryOf } from "../src/chart/summary.ts";
import { daysWithin } from "../src/chart/zoom.ts";
import { NumberWriter } from "../src/format/numbers.ts";
import { TimeWriter } from "../src/format/times.ts";

const at = (time: string, revenue: number, orders: number): Point => ({ start: `2026-11-22T${time}:00Z`, revenue, orders });
const hours = [at("14:00", 100, 4), at("15:00", 50, 2), at("16:00", 10, 0), at("17:00", 0, 0)];
const now = Date.parse("2026-11-22T16:23:16Z");

test("the bucket that holds the present is open, and later ones have no figure", () => {
  const series = seriesOf({ metric: "revenue", granularity: "hour", points: hours, compared: null }, now);
  assert.equal(series.open, 2);
  assert.deepEqual(series.values, [100, 50, 10, null]);
});

test("a period of the past has no open bucket", () => {
  const series = seriesOf({ metric: "revenue", granularity: "hour", points: hours, compared: null }, now + 86_400_000);
  assert.equal(series.open, -1);
  assert.deepEqual(series.values, [100, 50, 10, 0]);
});

test("order value is derived, and is absent where nothing was ordered", () => {
  const series = seriesOf({ metric: "aov", granularity: "hour", points: hours, compared: null }, now);
  assert.deepEqual(series.values, [25, 25, null, null]);
});

test("a longer comparison keeps its tail", () => {
  const series = seriesOf({ metric: "orders", granularity: "hour", points: hours.slice(0, 1), compared: hours.slice(0, 2) }, now);
  assert.deepEqual(series.values, [4, null]);
  assert.deepEqual(series.compared?.values, [4, 2]);
});

test("quiet minutes roll the live window on", () => {
  const minutes = [at("16:19", 5, 1), at("16:20", 7, 1)];
  const rolled = rolledTo(minutes, now);
  assert.deepEqual(rolled.map((point) => point.start), ["2026-11-22T16:22:00.000Z", "2026-11-22T16:23:00.000Z"]);
  assert.deepEqual(rolled.map((point) => point.revenue), [0, 0]);
});

test("the window does not roll back or over a gap it knows nothing about", () => {
  const minutes = [at("16:24", 5, 1)];
  assert.deepEqual(rolledTo(minutes, now), minutes);
  const old = [at("14:00", 5, 1)];
  assert.deepEqual(rolledTo(old, now), old);
});

test("the summary says in words what the chart draws", () => {
  const series = seriesOf({ metric: "revenue", granularity: "hour", points: hours, compared: null }, now);
  assert.equal(
    summaryOf(series, new NumberWriter("USD", "en-US"), new TimeWriter("UTC", "en-US")),
    "Revenue per hour from Sun, Nov 22, 14:00 to Sun, Nov 22, 16:00, which is still open: highest $100.00 at Sun, Nov 22, 14:00, last $10.00.",
  );
});

test("a dragged stretch of months is whole months, of days those days in the tenant's zone", () => {
  const months = [{ start: "2017-10-31T23:00:00Z" }, { start: "2017-11-30T23:00:00Z" }];
  const byMonth = seriesOf({ metric: "revenue", granularity: "month", points: months, compared: null }, now);
  assert.deepEqual(daysWithin(byMonth, 0, 1, "Europe/Berlin"), { first: "2017-11-01", last: "2017-12-31" });
  const byDay = { ...byMonth, granularity: "day" as const };
  assert.deepEqual(daysWithin(byDay, 0, 0, "Europe/Berlin"), { first: "2017-11-01", last: "2017-11-01" });
});

test("hours cannot be zoomed into, nor buckets that are not there", () => {
  const byHour = seriesOf({ metric: "revenue", granularity: "hour", points: hours, compared: null }, now);
  assert.equal(daysWithin(byHour, 0, 1, "UTC"), null);
  assert.equal(daysWithin({ ...byHour, granularity: "day" }, 0, 9, "UTC"), null);
});

test("a figure between two without stands alone", () => {
  assert.deepEqual(loneOf([1, null, 2, 3, null, 4]), [0, 5]);
  assert.deepEqual(loneOf([null, null]), []);
});
