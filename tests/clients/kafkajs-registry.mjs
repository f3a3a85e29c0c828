// @kafkajs/confluent-schema-registry and kafkajs: register, encode, send, read, decode, evolve, be refused.
// node kafkajs-registry.mjs <registry url> <bootstrap> <topic>   prints one JSON object.
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, Partitioners, logLevel } from 'kafkajs';

const [host, bootstrap, topic] = process.argv.slice(2);
const registry = new SchemaRegistry({ host });
const subject = topic + '-value';
const record = (fields) => ({ type: SchemaType.AVRO, schema: JSON.stringify({ type: 'record', name: 'Shop', namespace: 'test', fields }) });
const id = { name: 'id', type: 'long' };
const title = { name: 'title', type: 'string', default: 'none' };

const first = await registry.register(record([id]), { subject, compatibility: COMPATIBILITY.BACKWARD });
const again = await registry.register(record([id]), { subject, compatibility: COMPATIBILITY.BACKWARD });
const second = await registry.register(record([id, title]), { subject, compatibility: COMPATIBILITY.BACKWARD });
const latest = await registry.getLatestSchemaId(subject);
const found = await registry.getRegistryId(subject, 1);
const refusal = await registry
  .register(record([id, { name: 'note', type: 'string' }]), { subject, compatibility: COMPATIBILITY.BACKWARD })
  .then(() => 'accepted', (error) => error.message);

const kafka = new Kafka({ clientId: 'kafkajs-registry', brokers: [bootstrap], logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
await producer.send({ topic, messages: [{ key: 'a', value: await registry.encode(first.id, { id: 7 }) }, { key: 'b', value: await registry.encode(second.id, { id: 8, title: 'Æther' }) }] });
await producer.disconnect();

const reader = new SchemaRegistry({ host });
const consumer = kafka.consumer({ groupId: 'registry-' + topic, maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
const decoded = [];
await new Promise((resolve, reject) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      decoded.push(await reader.decode(message.value));
      if (decoded.length === 2) resolve();
    },
  }).catch(reject);
});
await consumer.disconnect();

console.log(JSON.stringify({ first, again, second, latest, found, refusal, decoded: decoded.sort((a, b) => a.id - b.id) }));
