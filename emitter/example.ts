/**
 * Emits 1,000 events of three accounts, then closes. From the root of the repository:
 *
 *   METERBRIDGE_API=http://127.0.0.1:4600/v1 METERBRIDGE_API_KEY=... node emitter/example.ts    by HTTP
 *   USAGE_STREAM=<stream> AWS_REGION=us-east-1 node emitter/example.ts                          straight into Kinesis
 */
import { randomUUID } from 'node:crypto';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createEmitter, httpTransport, kinesisTransport, putRecordsBy, systemClock, type Transport } from './index.ts';

const { METERBRIDGE_API: api, METERBRIDGE_API_KEY: apiKey, USAGE_STREAM: stream } = process.env;

const chooseTransport = (): Transport => {
  if (api !== undefined && apiKey !== undefined) return httpTransport({ api, apiKey });
  if (stream === undefined) throw new Error('Set METERBRIDGE_API and METERBRIDGE_API_KEY, or USAGE_STREAM.');
  const client = new KinesisClient({ requestHandler: new NodeHttpHandler(), maxAttempts: 1 });
  return kinesisTransport(stream, putRecordsBy(client));
};

let undelivered = 0;
const emitter = createEmitter({
  transport: chooseTransport(),
  onUndelivered: (events, { code, message }) => {
    undelivered += events.length;
    console.error(`${events.length} events not delivered (${code}): ${message}`);
  },
});
// What is in memory must leave it before the process ends.
process.once('SIGTERM', () => void emitter.close());

const EVENTS = 1_000;
for (let n = 0; n < EVENTS; n += 1) {
  await emitter.emit({
    specversion: '1.0',
    source: '//larkspur.example/platform',
    id: randomUUID(),
    type: 'com.larkspur.api.requests',
    subject: `org-0${(n % 3) + 1}`,
    time: new Date(systemClock.nowMillis()).toISOString(),
    dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
    data: { count: 1, endpoint: 'search' },
  });
}
await emitter.close();
console.log(`${EVENTS - undelivered} events delivered, ${undelivered} not`);
process.exitCode = undelivered > 0 ? 1 : 0;
