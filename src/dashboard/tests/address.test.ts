import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, defaultView, parseAddress } from "../src/state/address.ts";

test("an address and its view are two forms of one thing", () => {
  const address = "/?tenant=4&range=custom&from=2026-11-01&to=2026-11-09&compare=match_weekday&metric=orders&sort=views&table=1";
  const view = parseAddress(address.slice(1));
  assert.deepEqual(view, {
    tenant: 4,
    range: "custom",
    custom: { first: "2026-11-01", last: "2026-11-09" },
    compare: "match_weekday",
    metric: "orders",
    sort: "views",
    table: true,
  });
  assert.equal(addressOf(view), address);
});

test("the bare page is the default view", () => assert.deepEqual(parseAddress(""), defaultView));

test("what an address says wrongly becomes the default", () => {
  const view = parseAddress("?tenant=4%3Bdrop&range=fortnight&compare=%3Cscript%3E&metric=constructor&from=2026-02-30&to=x");
  assert.deepEqual(view, defaultView);
});

test("days alone mean a custom range, in either order", () => {
  const view = parseAddress("?from=2026-11-09&to=2026-11-01");
  assert.equal(view.range, "custom");
  assert.deepEqual(view.custom, { first: "2026-11-01", last: "2026-11-09" });
});
