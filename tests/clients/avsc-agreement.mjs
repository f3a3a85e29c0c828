// Avro by avsc. Reads lines {"writer","reader","hex"} and prints a line for each: {"hex","text"}. Without "hex" it makes a random record of its own.
// The text is that of BoundSchema in the tests: what the record holds, read as the reader's schema.
import { createInterface } from 'node:readline';

// avsc seeds its random values from this when it is loaded: the same records in every run.
Math.random = () => 0.42;
const { default: avro } = await import('avsc');

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

for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line);
  const writer = avro.Type.forSchema(JSON.parse(one.writer), { wrapUnions: true });
  const reader = avro.Type.forSchema(JSON.parse(one.reader), { wrapUnions: true });
  const record = one.hex === null ? writer.toBuffer(writer.random()) : Buffer.from(one.hex, 'hex');
  const reply = { hex: record.toString('hex') };
  try {
    reply.text = text(reader, reader.fromBuffer(record, reader.createResolver(writer)));
  } catch (error) {
    reply.error = String(error.message);
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
}
