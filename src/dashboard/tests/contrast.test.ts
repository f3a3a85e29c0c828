import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** WCAG 2.2: 4.5 : 1 for text (1.4.3), 3 : 1 for graphics and for the edges of controls (1.4.11). */
const text = 4.5;
const graphic = 3;

const pairs: readonly [front: string, back: string, least: number][] = [
  ["ink", "canvas", text],
  ["ink", "surface", text],
  ["ink-quiet", "canvas", text],
  ["ink-quiet", "surface", text],
  ["ink-quiet", "raised", text],
  ["accent", "surface", text],
  ["accent", "canvas", text],
  ["accent-ink", "accent", text],
  ["good", "surface", text],
  ["bad", "surface", text],
  ["bad", "bad-wash", text],
  ["warn", "warn-wash", text],
  ["compared", "surface", graphic],
  ["edge", "surface", graphic],
  ["edge", "canvas", graphic],
];

const palette = readFileSync("src/styles/palette.css", "utf8");

for (const [theme, place] of [["light", 1], ["dark", 2]] as const) {
  for (const [front, back, least] of pairs) {
    test(`${front} on ${back} can be read in the ${theme} theme`, () => {
      const ratio = contrast(colour(front, place), colour(back, place));
      assert.ok(ratio >= least, `${ratio.toFixed(2)} : 1, expected at least ${least} : 1`);
    });
  }
}

function colour(name: string, place: 1 | 2): number[] {
  const match = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(palette);
  assert.ok(match, `palette.css has no opaque pair called --${name}`);
  const hex = match[place]!;
  return [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255);
}

function contrast(one: number[], other: number[]): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(channels: number[]): number {
  const [red, green, blue] = channels.map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
