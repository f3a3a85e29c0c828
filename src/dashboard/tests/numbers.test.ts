import assert from "node:assert/strict";
import { test } from "node:test";
import { changeOf, NumberWriter } from "../src/format/numbers.ts";

const dollars = new NumberWriter("USD", "en-US");

test("money shows cents while they matter", () => {
  assert.equal(dollars.write(1234.5, "money"), "$1,234.50");
  assert.equal(dollars.write(99_999.99, "money"), "$99,999.99");
  assert.equal(dollars.write(2_297_200.86, "money"), "$2,297,201");
  assert.equal(dollars.write(-12, "money"), "-$12.00");
});

test("money follows the currency's own number of decimals", () => {
  assert.equal(new NumberWriter("JPY", "en-US").write(1234, "money"), "¥1,234");
  assert.equal(new NumberWriter("KWD", "en-US").write(1.5, "money").replace(/\s/g, " "), "KWD 1.500");
});

test("the locale decides how digits are grouped", () => {
  assert.equal(new NumberWriter("EUR", "de-DE").write(1234.5, "money").replace(/\s/g, " "), "1.234,50 €");
});

test("counts and ratios", () => {
  assert.equal(dollars.write(37_873, "count"), "37,873");
  assert.equal(dollars.write(0.0734, "ratio"), "7.3%");
});

test("a figure that does not exist is a dash, not a zero", () => {
  assert.equal(dollars.write(null, "money"), "–");
});

test("axis labels are short", () => {
  assert.equal(dollars.short(1500, "money"), "$1.5K");
  assert.equal(dollars.short(0, "money"), "$0");
  assert.equal(dollars.short(2_000_000, "count"), "2M");
  assert.equal(dollars.short(0.025, "ratio"), "2.5%");
});

test("a change always carries its sign", () => {
  assert.equal(dollars.change(0.123), "+12%");
  assert.equal(dollars.change(-0.016), "-1.6%");
  assert.equal(dollars.change(0), "0.0%");
  assert.equal(dollars.change(2), "+200%");
});

test("a rise from nothing is no percentage", () => {
  assert.equal(changeOf(5, 0), null);
  assert.equal(changeOf(null, 5), null);
  assert.equal(changeOf(6, 4), 0.5);
});
