import { performance } from 'node:perf_hooks';
import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { cachedCatalog } from '../lambdas/catalog/cached-catalog.ts';
import type { CatalogEntry, Contract } from '../lambdas/catalog/types.ts';
import { manualClock } from '../lambdas/platform/clock.ts';
import { countingIds } from '../lambdas/platform/ids.ts';
import { makeEntitlementsApi } from '../lambdas/usage/entitlements/entitlements-api.ts';
import { makeReadEntitlements } from '../lambdas/usage/entitlements/read-entitlements.ts';
import { appendBatch } from '../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../lambdas/usage/ledger/writer-memory.ts';
import { settleSweep } from '../lambdas/usage/settle/settle-sweep.ts';
import { unreadArchive } from '../test/twins/memory-archive-lines.ts';
import { memoryCatalog } from '../test/twins/memory-catalog.ts';
import { memoryLedger } from '../test/twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../test/twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../test/twins/memory-projection.ts';
import { api, METERS } from '../test/unit/usage/usage-fixtures.ts';

/**
 * How long the handler takes to say whether an account may use a feature, warm, on the in-memory twins: what of an answer is
 * ours. On AWS its three reads come on top. The catalog has 10,000 accounts; ten of them are in the ledger with a month of
 * settled days and 24 appends since midnight, for the twins look through all they hold.
 */
const [ACCOUNTS, BUSY, DAYS, TODAY, ANSWERS] = [10_000, 10, 24, 24, 10_000];
const TARGET_MILLIS = 10;
const id = (n: number): string => String(n).padStart(5, '0');

const entry = (kind: CatalogEntry['kind'], name: string, body: unknown): CatalogEntry => ({
  ...(METERS[0] as CatalogEntry),
  kind,
  id: name,
  body,
});

const contractOf = (n: number): Contract => ({
  id: `contract-${id(n)}`,
  account: `acct-${id(n)}`,
  payer: `acct-${id(n)}`,
  entity: 'larkspur-inc',
  currency: 'USD',
  zone: 'UTC',
  start: '2026-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  priceBook: 'list-usd',
  items: [],
  policy: 'standard',
  entitlements: [
    { feature: 'calls', description: 'API calls', meter: 'calls', limit: '1000000', enforcement: 'hard' },
    { feature: 'sso', description: 'Single sign-on' },
  ],
});

const clock = manualClock('2026-10-01T00:00:00.000Z');
const ports = {
  ledger: memoryLedger({ decodesOnce: true }),
  archive: unreadArchive,
  touched: memoryOverlays(),
  overlays: overlayReader(),
  marks: memoryDirtyMarks(),
  subjects: memorySubjects(),
  settled: memorySettled(),
  publisher: memoryPublisher(),
  ids: countingIds(),
  clock,
};
const memory = writerMemory();
const index = meterIndex(METERS);
const appendAll = async (time: string): Promise<void> => {
  clock.set(time);
  for (let n = 0; n < BUSY; n += 1) {
    await appendBatch({ ...ports, memory }, [api(`${time}-${n}`, time, 1 + n, 'read', `org-${id(n)}`)], index);
  }
};
for (let day = 1; day <= DAYS; day += 1) await appendAll(`2026-10-${String(day).padStart(2, '0')}T12:00:00.000Z`);
clock.set(`2026-10-${DAYS + 1}T02:00:00.000Z`);
await settleSweep(ports, METERS);
for (let n = 0; n < TODAY; n += 1) {
  const minute = String((n % 4) * 15).padStart(2, '0');
  await appendAll(`2026-10-${DAYS + 1}T${String(3 + (n >> 2)).padStart(2, '0')}:${minute}:00.000Z`);
}

const accounts = Array.from({ length: ACCOUNTS }, (_, n) => n);
const catalog = cachedCatalog(
  memoryCatalog([
    ...METERS,
    ...accounts.flatMap((n) => [
      entry('account', `acct-${id(n)}`, {
        id: `acct-${id(n)}`,
        name: 'A',
        salesRegion: 'us',
        entity: 'e',
        plan: 'team',
      }),
      entry('contract', `contract-${id(n)}`, contractOf(n)),
      entry('attribution', `org-${id(n)}`, { subject: `org-${id(n)}`, account: `acct-${id(n)}` }),
    ]),
  ]),
  clock,
);
const handler = makeEntitlementsApi(
  makeReadEntitlements({ catalog, usage: ports, clock }),
  new Logger({ logLevel: 'SILENT' }),
);

const ask = async (n: number): Promise<number> => {
  const event = {
    pathParameters: { account: `acct-${id(n % BUSY)}`, feature: 'calls' },
    requestContext: { requestId: 'r', authorizer: { keyId: 'key-1', sources: '[]', entitlements: 'true' } },
  };
  const { statusCode, body } = await handler(event as unknown as APIGatewayProxyEvent);
  const { forecast, read } = JSON.parse(body) as { forecast?: object; read?: { queries: number } };
  if (statusCode !== 200 || forecast === undefined || read === undefined) throw new Error(`answered ${body}`);
  return read.queries;
};

const coldFrom = performance.now();
await ask(0);
const cold = performance.now() - coldFrom;
for (let n = 0; n < 2 * BUSY; n += 1) await ask(n);
const times: number[] = [];
const processor: number[] = [];
let most = 0;
for (let n = 0; n < ANSWERS; n += 1) {
  const [from, before] = [performance.now(), process.threadCpuUsage()];
  most = Math.max(most, await ask(n));
  times.push(performance.now() - from);
  const { user, system } = process.threadCpuUsage(before);
  processor.push((user + system) / 1000);
}
const quantile = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor(share * (all.length - 1))] ?? 0;
const at = (share: number): string => `${quantile(times, share).toFixed(2)} ms`;
const met = quantile(times, 0.99) < TARGET_MILLIS;

process.stdout.write(`Entitlements: handler time of ${ANSWERS.toLocaleString('en-US')} answers with a forecast, warm, in-memory twins; Node ${process.version}

  p50 ${at(0.5)}   p99 ${at(0.99)}   most ${at(1)}   (p99 of processor time alone: ${quantile(processor, 0.99).toFixed(1)} ms)
  target: p99 under ${TARGET_MILLIS} ms: ${met ? 'met' : 'missed'}
  reads of an answer: at most ${most} (target: 3)
  first answer of a cold function, with ${ACCOUNTS.toLocaleString('en-US')} accounts to make ready: ${cold.toFixed(0)} ms
`);
