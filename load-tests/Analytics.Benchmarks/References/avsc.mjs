// The reference for Avro → columns: npm avsc decodes the same records in one thread.
// Speaks a line protocol: "fingerprint" and "run" in, one JSON line out.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [clients, schemaPath, recordsPath] = process.argv.slice(2);
const avro = createRequire(clients + '/package.json')('avsc');
const type = avro.Type.forSchema(JSON.parse(readFileSync(schemaPath, 'utf8')), { wrapUnions: false });
const records = readFileSync(recordsPath);

function decodeAll(each) {
  let at = 0;
  let count = 0;
  while (at < records.length) {
    const length = records.readInt32LE(at);
    const { value } = type.decode(records, at + 9);
    each(value);
    at += 4 + length;
    count++;
  }
  return count;
}

function fingerprint() {
  let tenants = 0, created = 0n, users = 0, names = 0, countries = 0, products = 0;
  const count = decodeAll(value => {
    tenants += value.tenant_id;
    created += BigInt(value.created_at);
    users += Buffer.byteLength(value.user_id);
    names += Buffer.byteLength(value.name);
    countries += value.country === null ? 0 : 1;
    products += value.product_id === null ? 0 : Buffer.byteLength(value.product_id);
  });
  return `${count} ${tenants} ${created} ${users} ${names} ${countries} ${products}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'fingerprint') {
    console.log(JSON.stringify({ fingerprint: fingerprint() }));
  } else {
    let last;
    const cpu = process.cpuUsage();
    const started = process.hrtime.bigint();
    decodeAll(value => { last = value; });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6, last: last.name }));
  }
}
