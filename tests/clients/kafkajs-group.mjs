// kafkajs against a broker: produce, consume in a group, commit, come back, ask for offsets.
// node kafkajs-group.mjs <bootstrap> <topic>   prints one JSON object.
import { CompressionTypes, Kafka, Partitioners, logLevel } from 'kafkajs';

const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'kafkajs-group', brokers: [bootstrap], logLevel: logLevel.ERROR });
const groupId = 'kafkajs-' + topic;

async function produce(first, count, compression) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({
    key: 'user-' + (first + i),
    value: String(first + i),
    timestamp: String(1_700_000_000_000 + first + i),
    headers: { origin: 'kafkajs' },
  }));
  const receipts = await producer.send({ topic, messages, acks: -1, compression });
  await producer.disconnect();
  return receipts.map((receipt) => receipt.errorCode);
}

// Reads until it has `wanted` records, commits them, leaves.
async function consume(wanted) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, heartbeatInterval: 500, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const seen = [];
  const headers = new Set();
  const next = new Map();
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        seen.push(Number(message.value));
        headers.add(String(message.headers.origin) + '@' + (Number(message.timestamp) - Number(message.value)));
        next.set(partition, Number(message.offset) + 1);
        if (seen.length === wanted) resolve();
      },
    }).catch(reject);
  });
  await consumer.commitOffsets([...next].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })));
  await consumer.disconnect();
  return { seen: seen.sort((a, b) => a - b), headers: [...headers] };
}

const produced = [...await produce(0, 50, CompressionTypes.GZIP), ...await produce(50, 50, CompressionTypes.None)];
const first = await consume(100);
await produce(100, 10, CompressionTypes.None);
const second = await consume(10);

const admin = kafka.admin();
await admin.connect();
const committed = (await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions.reduce((sum, one) => sum + Number(one.offset), 0);
const ends = (await admin.fetchTopicOffsets(topic)).reduce((sum, one) => sum + Number(one.high), 0);
const topics = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length;
await admin.disconnect();

console.log(JSON.stringify({ produced: [...new Set(produced)], first, second, committed, ends, partitions: topics }));
