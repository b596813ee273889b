/**
 * The search for ids that were counted more than once, over an account with 440 million events a month: the night's new ids
 * against the 35 days before it, and the first walk over a whole month at once. The pass that holds most is done at its true
 * size; the runs are made up as they are read, byte by byte as their format is, because 14 GB of them would not fit here.
 * What making them up takes is not counted. Prints peak memory and time, and fails above a gigabyte.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { applyAppend, emptyView, nextAppend } from '../lambdas/usage/ledger/append.ts';
import { decodeAppend, encodeAppend } from '../lambdas/usage/ledger/ledger-item.ts';
import { meterIndex } from '../lambdas/usage/ledger/meter-states.ts';
import { firstKeyOf, openRun, type ReadPart, runBuilder } from '../lambdas/usage/walk/id-run.ts';
import { passesFor, prefixOf, type Run, sweepPrefix } from '../lambdas/usage/walk/same-id-sweep.ts';
import { dayWalker, type StoredAppend } from '../lambdas/usage/walk/walk-day.ts';
import { walkParts } from '../lambdas/usage/walk/walk-parts.ts';
import { nowMillis } from '../scripts/clock.mjs';
import { api, METERS } from '../test/unit/usage/usage-fixtures.ts';

const EVENTS_A_MONTH = 440_000_000;
const DAYS = 30;
const HORIZON_DAYS = 35;
const IDS_PER_RUN = 1_000_000;
/** Ids that come again, of each million new ones. */
const REPEATED_PER_MILLION = 100;
const LIMIT_MEGABYTES = 1024;

/** Numbers from 0 to below 1, the same for a seed. */
const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const made = { millis: 0, reads: 0, bytes: 0 };
const RANGE = firstKeyOf(256);

/** The sorted keys of a run, some of them planted. */
const keysOfRun = (seed: number, planted: Float64Array): Float64Array => {
  const next = random(seed);
  const keys = new Float64Array(IDS_PER_RUN);
  let sum = 0;
  for (let n = 0; n < keys.length; n += 1) {
    sum -= Math.log(1 - next());
    keys[n] = sum;
  }
  for (let n = 0; n < keys.length; n += 1) keys[n] = Math.floor(((keys[n] ?? 0) / (sum + 1)) * RANGE);
  // In the place of the next larger key each: the order stays.
  for (const key of planted) {
    let [low, high] = [0, keys.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    keys[low] = key;
  }
  return keys;
};

/** The runs that were made up last: a run is read in parts, some runs at a time. */
const KEPT = 6;
const kept = new Map<number, Float64Array>();
const keptKeys = (seed: number, planted: Float64Array): Float64Array => {
  const keys = kept.get(seed) ?? keysOfRun(seed, planted);
  kept.delete(seed);
  kept.set(seed, keys);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return keys;
};

/** Reads a run that is made up: its parts as `id-run.ts` describes them. */
const madeUp = (seed: number, planted: Float64Array): ReadPart => {
  const part = (from: number, to?: number): Uint8Array => {
    const keys = keptKeys(seed, planted);
    const hashesAt = 1032 + keys.byteLength;
    const placesAt = hashesAt + keys.length * 16;
    const tableAt = placesAt + keys.length * 4;
    if (to === undefined || from >= tableAt) return Buffer.from(tableOf(seed));
    if (from < 1032) {
      const firsts = new Uint32Array(258);
      let at = 0;
      for (let prefix = 0; prefix < 256; prefix += 1) {
        while (at < keys.length && (keys[at] ?? 0) < firstKeyOf(prefix)) at += 1;
        firsts[prefix] = at;
      }
      firsts[256] = keys.length;
      return new Uint8Array(firsts.buffer);
    }
    if (to <= hashesAt) return new Uint8Array(keys.buffer).slice(from - 1032, to - 1032);
    if (from >= placesAt) return new Uint8Array(to - from);
    const hashes = Buffer.alloc(to - from);
    for (let at = from; at < to; at += 16) {
      const key = BigInt(keys[(at - hashesAt) / 16] ?? 0) << 12n;
      hashes.writeBigUInt64BE(key, at - from);
    }
    return hashes;
  };
  return async (from, to) => {
    const began = nowMillis();
    const bytes = part(from, to);
    made.millis += nowMillis() - began;
    made.reads += 1;
    made.bytes += bytes.length;
    return bytes;
  };
};

/** One place per run is enough: where an id lies is not what is measured. */
const tableOf = (seed: number): Uint8Array => {
  const builder = runBuilder(1);
  const minutes = String(seed % 96).padStart(2, '0');
  builder.at({
    subject: `org-${seed}`,
    start: `2026-10-05T00:${minutes}:00.000Z`,
    version: 1,
    appendedAt: '2026-10-05T01:00:00.000Z',
  });
  builder.add(new Uint8Array(16), 0, false);
  return builder.pack().subarray(1032 + 28);
};

/** Runs of so many ids; `planted` of the keys lie in each run of a list too. */
const runsOf = (ids: number, firstSeed: number, planted: (run: number) => Float64Array): Run[] =>
  Array.from({ length: Math.ceil(ids / IDS_PER_RUN) }, (_, n) => {
    const read = madeUp(firstSeed + n, planted(n));
    return () => openRun(read);
  });

/** Keys that are planted in two places each. */
const plantedKeys = (run: number): Float64Array => {
  const next = random(1_000_003 + run);
  return Float64Array.from({ length: REPEATED_PER_MILLION }, () => Math.floor(next() * RANGE));
};

type Case = { readonly title: string; readonly fresh: number; readonly earlier: number };

const CASES: Readonly<Record<string, Case>> = {
  night: {
    title: 'a night: the ids of a day against 35 days before it',
    fresh: EVENTS_A_MONTH / DAYS,
    earlier: (EVENTS_A_MONTH / DAYS) * HORIZON_DAYS,
  },
  month: { title: 'a first walk: the ids of a month at once', fresh: EVENTS_A_MONTH, earlier: 0 },
};

const grouped = (figure: number): string => Math.round(figure).toLocaleString('en');

/** Does the pass that holds most, and tells of it. */
const sweepOnce = async ({ title, fresh, earlier }: Case): Promise<void> => {
  const passes = passesFor(fresh);
  const none = new Float64Array();
  // What is planted in a fresh run lies in an earlier one too; without those, in the next fresh one.
  const freshRuns = runsOf(fresh, 1, (n) => (earlier > 0 ? plantedKeys(n) : plantedKeys(Math.floor(n / 2))));
  const earlierRuns = runsOf(earlier, 100_000, (n) => (n < freshRuns.length ? plantedKeys(n) : none));
  const began = nowMillis();
  let found = 0;
  for await (const { sightings } of sweepPrefix({ fresh: freshRuns, earlier: earlierRuns }, prefixOf(0, passes))) {
    found += sightings.filter(({ accepted }) => accepted.length > 1).length;
  }
  const seconds = (nowMillis() - began - made.millis) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const expected = freshRuns.length * REPEATED_PER_MILLION * (earlier > 0 ? 1 : 0.5);
  console.log(`${title}
  ${grouped(fresh)} new ids, ${grouped(earlier)} before them; pass 1 of ${passes}, ${grouped(fresh / passes)} new ids in it
  found ${grouped(found)} that came again; planted were ${grouped(expected / passes)}
  peak memory ${grouped(megabytes)} MB; ${seconds.toFixed(1)} s, making up ${grouped(made.bytes / 1e6)} MB in ${grouped(made.reads)} reads apart`);
  if (megabytes > LIMIT_MEGABYTES) {
    console.log(`  ABOVE ${LIMIT_MEGABYTES} MB`);
    process.exitCode = 1;
  }
};

/** Seconds of processor that this program took so far: what else runs on the machine does not count. */
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** How fast ids are spooled: a run as a walk writes it. */
const spoolOnce = (): void => {
  const builder = runBuilder(IDS_PER_RUN);
  const next = random(7);
  const hashes = Buffer.alloc(IDS_PER_RUN * 16);
  for (let at = 0; at < hashes.length; at += 4) hashes.writeUInt32LE(Math.floor(next() * 2 ** 32), at);
  const began = cpuSeconds();
  for (let n = 0; n < IDS_PER_RUN; n += 1) {
    if (n % 20 === 0) {
      const version = n / 20 + 1;
      builder.at({
        subject: 'org-01',
        start: '2026-10-05T00:00:00.000Z',
        version,
        appendedAt: '2026-10-05T00:00:30.000Z',
      });
    }
    builder.add(hashes, n * 16, false);
  }
  const { length } = builder.pack();
  const seconds = cpuSeconds() - began;
  console.log(
    `spooling: ${grouped(IDS_PER_RUN / seconds)} ids a second of a processor, ${(length / IDS_PER_RUN).toFixed(1)} bytes each`,
  );
};

const meters = meterIndex(METERS);

/** A chain of appends as ingest writes them, 20 events each. */
const chainOf = (length: number): StoredAppend[] => {
  const view = emptyView();
  return Array.from({ length }, (_, n) => {
    const events = Array.from({ length: 20 }, (__, at) => api(`e-${n}-${at}`, '2026-10-05T00:05:00.000Z', at));
    const [first] = events;
    if (first === undefined) throw new Error('no event');
    const { append } = nextAppend(view, first.slot, events, meters, '2026-10-05T00:06:00.000Z');
    applyAppend(view, append);
    return { append, item: encodeAppend(append) };
  });
};

/** How fast appends are decoded, verified, journalled and spooled: all that a walk does but reading. */
const walkOnce = async (): Promise<void> => {
  const chain = chainOf(5_000).map(({ item }) => item);
  const parts = walkParts({ put: async () => undefined });
  const began = cpuSeconds();
  const walker = dayWalker({ subject: 'org-01', heads: [], settled: {} }, parts.take);
  for (const item of chain) walker.add({ item, append: decodeAppend(item) });
  const { broken } = walker.end();
  const { appends, ids } = await parts.write('2026-10-05-1', 0);
  const seconds = cpuSeconds() - began;
  if (broken.length > 0) throw new Error('the chain is broken');
  console.log(
    `walking: ${grouped(appends / seconds)} appends a second of a processor, ${grouped(ids / seconds)} ids (20 each)`,
  );
};

const [name] = process.argv.slice(2);
const chosen = name === undefined ? undefined : CASES[name];
if (chosen === undefined) {
  spoolOnce();
  await walkOnce();
  // Each in a process of its own, so that the peak is its own.
  for (const each of Object.keys(CASES)) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), each], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
} else await sweepOnce(chosen);
