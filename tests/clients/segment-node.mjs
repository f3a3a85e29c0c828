// @segment/analytics-node, unchanged: page, identify, track and an order, under Basic authentication, in one batch or more.
// node segment-node.mjs <api url> <write key> <user>   prints one JSON object: what the server answered.
import { Analytics } from '@segment/analytics-node';

const [host, writeKey, userId] = process.argv.slice(2);
const answers = [];
const analytics = new Analytics({
  host,
  path: '/v1/batch',
  writeKey,
  flushAt: 10,
  maxRetries: 0,
  httpClient: async (url, options) => {
    const reply = await fetch(url, options);
    answers.push({ status: reply.status, ...(await reply.clone().json()) });
    return reply;
  },
});
const failures = [];
analytics.on('error', (error) => failures.push(String(error.reason ?? error.code)));
const context = { ip: '203.0.113.9', campaign: { name: 'spring', source: 'mail' } };
analytics.identify({ userId, traits: { plan: 'gold' } });
analytics.page({ userId, name: 'Lamps', properties: { url: 'https://lamps.example/' }, context });
analytics.track({ userId, event: 'Product Viewed', properties: { product_id: 'lamp-1' }, context });
analytics.track({ userId, event: 'Order Completed', properties: { order_id: 'o-1', currency: 'EUR', products: [{ product_id: 'lamp-1', quantity: 2, price: 19.99 }] } });
await analytics.closeAndFlush({ timeout: 20000 });
console.log(JSON.stringify({ answers, failures }));
