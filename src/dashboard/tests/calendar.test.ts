import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, dayAt, daysBetween, isDay, monthStart } from "../src/format/calendar.ts";

test("the same instant is another day in another zone", () => {
  const instant = Date.parse("2026-11-22T23:30:00Z");
  assert.equal(dayAt(instant, "UTC"), "2026-11-22");
  assert.equal(dayAt(instant, "Europe/Berlin"), "2026-11-23");
  assert.equal(dayAt(instant, "America/Los_Angeles"), "2026-11-22");
  assert.equal(dayAt(instant, "Pacific/Kiritimati"), "2026-11-23");
});

test("days are added over the ends of months, years and leap days", () => {
  assert.equal(addDays("2026-01-01", -1), "2025-12-31");
  assert.equal(addDays("2024-02-28", 1), "2024-02-29");
  assert.equal(addDays("2023-02-28", 1), "2023-03-01");
});

test("a month's start counts back over the new year", () => {
  assert.equal(monthStart("2026-11-22", -11), "2025-12-01");
  assert.equal(monthStart("2026-01-31", 1), "2026-02-01");
});

test("days between two days", () => {
  assert.equal(daysBetween("2026-11-22", "2026-11-22"), 0);
  assert.equal(daysBetween("2024-02-01", "2024-03-01"), 29);
});

test("only days that exist are days", () => {
  assert.equal(isDay("2026-02-28"), true);
  assert.equal(isDay("2026-02-30"), false);
  assert.equal(isDay("2026-2-3"), false);
  assert.equal(isDay("yesterday"), false);
});
