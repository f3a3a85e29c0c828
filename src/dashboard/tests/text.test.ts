import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOf } from "../src/api/problem.ts";
import { toCsv } from "../src/format/csv.ts";
import { age, TimeWriter } from "../src/format/times.ts";

test("cells are quoted where they must be, and formulas are defused", () => {
  const text = toCsv([
    ["name", "value"],
    ['a "b", c', 1.5],
    ["=SUM(A1)", null],
  ]);
  assert.equal(text, 'name,value\r\n"a ""b"", c",1.5\r\n\'=SUM(A1),\r\n');
});

test("an age is told in the largest unit that fits", () => {
  assert.equal(age(-5), "0 s");
  assert.equal(age(42_000), "42 s");
  assert.equal(age(300_000), "5 min");
  assert.equal(age(3 * 3_600_000), "3 h");
  assert.equal(age(72 * 3_600_000), "3 days");
});

test("times are told in the tenant's zone", () => {
  const berlin = new TimeWriter("Europe/Berlin", "en-US");
  assert.equal(berlin.clock("2026-07-01T22:34:05Z"), "00:34:05");
  assert.equal(berlin.bucket("2026-06-30T22:00:00Z", "day"), "Wed, Jul 1, 2026");
  assert.equal(berlin.bucket("2026-06-30T22:00:00Z", "month"), "July 2026");
});

test("a problem reply becomes words, and a foreign one still says its status", async () => {
  const known = await problemOf(
    new Response('{"title":"Unknown key","detail":"Expected a read key.","status":401}', { status: 401, headers: { "content-type": "application/problem+json" } }),
  );
  assert.equal(known.title, "Unknown key");
  assert.equal(known.detail, "Expected a read key.");
  assert.equal(known.needsKey, true);
  const foreign = await problemOf(new Response("<html>", { status: 502, statusText: "Bad Gateway", headers: { "content-type": "text/html" } }));
  assert.equal(foreign.title, "The server answered 502 Bad Gateway");
  assert.equal(foreign.passes, true);
});
