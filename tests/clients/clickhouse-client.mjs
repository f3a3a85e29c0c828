// The official JavaScript client against a ClickHouse HTTP interface.
// node clickhouse-client.mjs <url> <password>   prints one JSON object: what each step saw.
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Readable } from 'node:stream';

const [url, password] = process.argv.slice(2);
const seen = {};
const common = { url, password, request_timeout: 60_000, log: { level: ClickHouseLogLevel.OFF } };
const setup = createClient(common);
await setup.command({ query: 'CREATE DATABASE js' });
const client = createClient({ ...common, database: 'js' });

seen.ping = (await client.ping()).success;
seen.pingSelect = (await client.ping({ select: true })).success;
await client.command({ query: 'CREATE TABLE t (id UInt64, name LowCardinality(String), at DateTime(\'UTC\')) ENGINE = MergeTree ORDER BY id' });

// A stream of objects, sent in chunks.
const rows = Readable.from((function* () {
  for (let id = 0; id < 100_000; id++) yield { id, name: 'n' + (id % 10), at: 1_700_000_000 + id };
})());
const insert = await client.insert({ table: 't', values: rows, format: 'JSONEachRow' });
seen.inserted = insert.summary?.written_rows;
seen.insertQueryId = typeof insert.query_id === 'string' && insert.query_id.length > 0;
await client.insert({ table: 't', values: [[100_000, 'quote\' tab\t slash\\ line\n', '2026-11-22 10:00:00']], format: 'JSONCompactEachRow', columns: ['id', 'name', 'at'] });

// A stream of rows back.
const stream = (await client.query({ query: 'SELECT id FROM t ORDER BY id', format: 'JSONEachRow' })).stream();
let count = 0, inOrder = true;
for await (const batch of stream) for (const row of batch) inOrder &&= Number(row.json().id) === count++;
seen.streamed = count;
seen.inOrder = inOrder;

const answer = await client.query({ query: 'SELECT count() AS n FROM t WHERE name = {name:String} AND id < {limit:UInt64}', query_params: { name: 'n3', limit: 1000 }, format: 'JSON' });
seen.parameters = (await answer.json()).data;
const hard = await client.query({ query: 'SELECT {text:String} AS text, {list:Array(String)} AS list, {none:Nullable(String)} AS none', query_params: { text: 'a\'b\\c\td\ne', list: ['x\'y', 'z\\'], none: null }, format: 'JSONEachRow' });
seen.hardParameters = await hard.json();
const stored = await client.query({ query: 'SELECT name FROM t WHERE id = 100000', format: 'JSONEachRow' });
seen.stored = (await stored.json())[0].name;
const named = await client.query({ query: 'SELECT 1', query_id: 'my-query-id', clickhouse_settings: { max_threads: 1 } });
seen.queryId = named.query_id;
await named.text();

// Errors with code and type.
async function failure(act) {
  try { await act(); return null; } catch (error) { return { code: error.code, type: error.type, message: error.message?.slice(0, 60) }; }
}
seen.syntax = await failure(() => client.query({ query: 'SELEC 1' }));
seen.table = await failure(() => client.query({ query: 'SELECT * FROM nowhere' }));
seen.insertError = await failure(() => client.insert({ table: 't', values: [{ id: 'not a number' }], format: 'JSONEachRow' }));
seen.setting = await failure(() => client.query({ query: 'SELECT 1', clickhouse_settings: { no_such_setting: 1 } }));
const stranger = createClient({ ...common, password: 'wrong' });
seen.auth = await failure(async () => (await stranger.query({ query: 'SELECT 1' })).text());

// Compression both ways.
const packed = createClient({ ...common, database: 'js', compression: { request: true, response: true } });
await packed.insert({ table: 't', values: [{ id: 200_000, name: 'packed', at: 1_700_000_000 }], format: 'JSONEachRow' });
const unpacked = await packed.query({ query: 'SELECT name FROM t WHERE id >= 200000', format: 'JSONEachRow' });
seen.compressed = await unpacked.json();

// Giving up: the server stops the statement.
const abort = new AbortController();
const slow = client.query({ query: 'SELECT sum(sleepEachRow(1)) FROM numbers(120) SETTINGS max_block_size = 1', abort_signal: abort.signal });
const running = async () => Number((await (await setup.query({ query: "SELECT count() AS n FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'", format: 'JSONEachRow' })).json())[0].n);
const deadline = Date.now() + 20_000;
while ((await running()) === 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 25));
abort.abort();
seen.aborted = (await failure(() => slow))?.message ?? null;
while ((await running()) > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 25));
seen.runningAfterAbort = await running();

await Promise.all([setup, client, stranger, packed].map((one) => one.close()));
console.log(JSON.stringify(seen));
