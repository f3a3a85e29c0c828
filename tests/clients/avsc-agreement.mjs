// Avro by avsc. Reads lines {"writer","reader","records":[hex or null…]} from a file and writes a line for each to another: an array of {"t": text} or
// {"e": error}, with "h": hex for a record that was null, which it makes itself, and "o": what avsc is known to read otherwise than the specification says.
// The text is that of BoundSchema in the tests: what the record holds, read as the reader's schema.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';

// avsc seeds its random values from this when it is loaded: the same records in every run.
Math.random = () => 0.42;
const require = createRequire(import.meta.url);
const avro = require('avsc');
const { Tap } = require('avsc/lib/utils');
const [from, to] = process.argv.slice(2);

// What avsc lets pass or cannot represent is noted, and where it only looks at the end whether it ran over it, it is told at once: else a damaged count
// keeps it busy for hours. It judges nothing otherwise than without this.
let odd;
const around = (name, look) => {
  const original = Tap.prototype[name];
  Tap.prototype[name] = function (...args) {
    const start = this.pos;
    const value = original.apply(this, args);
    if (this.pos > this.buf.length) throw new Error('truncated buffer');
    look?.(this.buf, start, this.pos, value);
    return value;
  };
};
const boolean = (buf, start) => { if (buf[start] > 1) odd.add('a boolean above 1'); };
const number = (_, start, end, value) => {
  if (end - start > 10) odd.add('a number of over 10 bytes');
  if (Math.abs(value) > 2 ** 50) odd.add('a number of over 50 bits');
};
around('readBoolean', boolean);
around('skipBoolean', boolean);
around('readLong', number);
around('readInt', (buf, start, end, value) => {
  number(buf, start, end, value);
  if (value !== (value | 0)) odd.add('an int of over 32 bits');
});
around('readString', (buf, start, end, value) => {
  const tap = new Tap(buf, start);
  tap.readLong();
  if (value !== undefined && !isUtf8(buf.subarray(tap.pos, end))) odd.add('a text that is not UTF-8');
});
for (const name of ['readFloat', 'readDouble', 'readFixed', 'readBytes', 'skipFloat', 'skipDouble', 'skipFixed', 'skipBytes', 'skipString']) around(name);
Tap.prototype.skipLong = function () {
  this.readLong();
  odd.add('a block with its size');
};
Tap.prototype.skipInt = function () { this.readInt(); };

// Blocks that are passed over by their size: as avsc does it, but that a negative size, with which avsc goes back and round for ever, is refused.
const skipBlocks = (skipItem) => function (tap) {
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) {
      odd.add('a block with its size');
      const size = tap.readLong();
      if (size < 0) throw new Error('a block of negative size');
      tap.skipFixed(size);
    } else {
      while (count-- > 0) skipItem(this, tap);
    }
  }
};
avro.types.ArrayType.prototype._skip = skipBlocks((type, tap) => type.itemsType._skip(tap));
avro.types.MapType.prototype._skip = skipBlocks((type, tap) => { tap.skipString(); type.valuesType._skip(tap); });
avro.types.LongType.prototype._skip = (tap) => { tap.readLong(); };
avro.types.EnumType.prototype._skip = function (tap) { this._read(tap); };

const float = new DataView(new ArrayBuffer(8));
const bits = (value) => {
  if (Number.isNaN(value)) return 'nan';
  float.setFloat64(0, value);
  return 'f' + float.getBigUint64(0).toString(16).padStart(16, '0');
};
const hex = (value) => 'x' + Buffer.from(value).toString('hex');

function text(type, value) {
  switch (type.typeName) {
    case 'null': return 'null';
    case 'boolean': return String(value);
    case 'int': case 'long': return String(value);
    case 'float': case 'double': return bits(value);
    case 'string': case 'bytes': case 'fixed': return hex(value);
    case 'enum': return value;
    case 'array': return '[' + value.map((item) => text(type.itemsType, item)).join(',') + ']';
    case 'map': {
      const pairs = Object.entries(value).map(([key, item]) => hex(key) + ':' + text(type.valuesType, item));
      return '{' + pairs.sort((a, b) => (a < b ? -1 : 1)).join(',') + '}';
    }
    case 'record': return '(' + type.fields.map((field) => text(field.type, value[field.name])).join(',') + ')';
    case 'union:wrapped': {
      if (value === null) return 'null';
      const [[name, inner]] = Object.entries(value);
      return text(type.types.find((branch) => (branch.branchName ?? branch.name ?? branch.typeName) === name), inner);
    }
    default: throw new Error('no text for ' + type.typeName);
  }
}

function answer(writer, reader, resolver, given) {
  const record = given === null ? writer.toBuffer(writer.random()) : Buffer.from(given, 'hex');
  const reply = given === null ? { h: record.toString('hex') } : {};
  odd = new Set();
  try {
    reply.t = text(reader, reader.fromBuffer(record, resolver));
  } catch (error) {
    reply.e = String(error.message);
  }
  if (odd.size > 0) reply.o = [...odd];
  return reply;
}

const out = openSync(to, 'w');
for (const line of readFileSync(from, 'utf8').split('\n')) {
  if (line === '') continue;
  const pair = JSON.parse(line);
  const writer = avro.Type.forSchema(JSON.parse(pair.writer), { wrapUnions: true });
  const reader = avro.Type.forSchema(JSON.parse(pair.reader), { wrapUnions: true });
  const resolver = reader.createResolver(writer);
  writeSync(out, JSON.stringify(pair.records.map((record) => answer(writer, reader, resolver, record))) + '\n');
}
closeSync(out);
