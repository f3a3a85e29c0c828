import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStreamReader } from "../src/api/eventStream.ts";
import { backoff } from "../src/api/liveLink.ts";

const stream = ": heartbeat\n\nevent: metrics\ndata: {\"a\":\ndata: 1}\n\nid: 7\r\nevent: metrics\r\ndata:{}\r\n\r\ndata: x\n\n";
const messages = [
  { name: "metrics", data: '{"a":\n1}' },
  { name: "metrics", data: "{}" },
  { name: "message", data: "x" },
];

test("a stream means the same however the network cuts it", () => {
  for (let size = 1; size <= stream.length; size++) {
    const reader = new EventStreamReader();
    const read = [];
    for (let from = 0; from < stream.length; from += size) {
      read.push(...reader.read(stream.slice(from, from + size)));
    }

    assert.deepEqual(read, messages, `pieces of ${size}`);
  }
});

test("a heartbeat is no message", () => assert.deepEqual(new EventStreamReader().read(": still here\n\n"), []));

test("delays double up to half a minute, and at least half of each is waited", () => {
  assert.equal(backoff(0, 0), 250);
  assert.equal(backoff(0, 1), 500);
  assert.equal(backoff(3, 1), 4000);
  assert.equal(backoff(50, 1), 30_000);
  assert.equal(backoff(50, 0), 15_000);
});
