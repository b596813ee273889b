import { sha256Hex } from '../../lambdas/platform/hash.ts';
import { knownSlots } from '../../lambdas/usage/ledger/known-slots.ts';
import type { Append, Slot } from '../../lambdas/usage/types.ts';
import { START } from './workload.ts';

/**
 * What a worker holds in memory when it has seen very many ids: the slots it knows are bounded by bytes, the least
 * recently used one is forgotten first. Runs in a process of its own, and prints one line of JSON.
 */

const IDS = 5_000_000;
const PER_SLOT = 25;
const SLOT_MILLIS = 15 * 60_000;
const SUBJECTS = 2_000;

/** The first append of a slot, with ids cut out of digests as they are when events are judged. */
const appendOf = (slot: Slot, first: number): Append => {
  const ids = Array.from({ length: PER_SLOT }, (_, n) => ({
    idHash: sha256Hex(`id ${first + n}`).slice(0, 32),
    bodyHash: sha256Hex(`body ${first + n}`).slice(0, 16),
  }));
  const latest = { time: slot.start, value: '12', idHash: ids[0]?.idHash ?? '' };
  const states = ['read', 'search', 'write'].map((endpoint) => [
    `["api_calls",1,{"endpoint":"${endpoint}"}]`,
    { class: 'scalar' as const, count: 8, sum: '1200', min: '1', max: '499', latest },
  ]);
  return {
    format: 1,
    slot,
    version: 1,
    ids,
    states: Object.fromEntries(states),
    pointers: [],
    late: 0,
    newestTime: slot.start,
    appendedAt: slot.start,
    full: false,
    previousHash: '0'.repeat(64),
    hash: sha256Hex(`${slot.subject} ${slot.start}`),
  };
};

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

const slots = knownSlots();
const before = process.memoryUsage();
let largest = 0;
for (let first = 0, n = 0; first < IDS; first += PER_SLOT, n += 1) {
  const start = new Date(START + Math.floor(n / SUBJECTS) * SLOT_MILLIS).toISOString();
  const slot = { subject: `org-${String(n % SUBJECTS).padStart(4, '0')}`, start };
  slots.advance(slot, undefined, [appendOf(slot, first)]);
  if (n % 1_000 === 0) largest = Math.max(largest, process.memoryUsage().rss);
}
globalThis.gc?.();
const after = process.memoryUsage();
process.stdout.write(
  `${JSON.stringify({
    ids: IDS,
    estimatedMegabytes: megabytes(slots.bytes()),
    measuredMegabytes: megabytes(after.heapUsed - before.heapUsed),
    largestRssMegabytes: megabytes(Math.max(largest, after.rss)),
  })}\n`,
);
