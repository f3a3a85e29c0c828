import assert from "node:assert/strict";
import { test } from "node:test";
import { minuteWindow } from "../src/state/minuteWindow.ts";
import { daysOf, granularityOf, historyQuery } from "../src/state/ranges.ts";

const now = Date.parse("2026-11-22T16:23:16Z");

test("seven days are today and the six before it, asked half open", () => {
  const days = daysOf("7d", null, now, "UTC");
  assert.deepEqual(days, { first: "2026-11-16", last: "2026-11-22" });
  assert.deepEqual(historyQuery(days, "previous_period"), {
    start: "2026-11-16",
    end: "2026-11-23",
    granularity: "day",
    compare: "previous_period",
  });
});

test("today is the tenant's day, not the reader's", () => {
  assert.deepEqual(daysOf("today", null, now, "Pacific/Auckland"), { first: "2026-11-23", last: "2026-11-23" });
});

test("twelve months begin with a whole month", () => {
  assert.deepEqual(daysOf("12m", null, now, "UTC"), { first: "2025-12-01", last: "2026-11-22" });
});

test("all time names no days and cannot be compared", () => {
  assert.equal(daysOf("all", null, now, "UTC"), null);
  assert.deepEqual(historyQuery(null, "year_over_year"), { granularity: "month", compare: undefined });
});

test("the granularity follows the length", () => {
  assert.equal(granularityOf({ first: "2026-11-22", last: "2026-11-22" }), "hour");
  assert.equal(granularityOf({ first: "2026-11-21", last: "2026-11-22" }), "hour");
  assert.equal(granularityOf({ first: "2026-11-20", last: "2026-11-22" }), "day");
  assert.equal(granularityOf({ first: "2026-07-26", last: "2026-11-22" }), "day");
  assert.equal(granularityOf({ first: "2026-07-25", last: "2026-11-22" }), "month");
});

test("the last sixty minutes need no question when the stream says it all", () => {
  assert.equal(minuteWindow(now, "revenue", "none"), null);
});

test("visitors per minute are asked for, since unions are not streamed", () => {
  const window = minuteWindow(now, "visitors", "none");
  assert.deepEqual(window?.now, { start: "2026-11-22T15:24:00.000Z", end: "2026-11-22T16:24:00.000Z", granularity: "minute" });
  assert.equal(window?.then, null);
});

test("compared minutes are the same minutes of the other day", () => {
  assert.equal(minuteWindow(now, "orders", "previous_period")?.then?.["start"], "2026-11-21T15:24:00.000Z");
  assert.equal(minuteWindow(now, "orders", "match_weekday")?.then?.["start"], "2026-11-15T15:24:00.000Z");
});
