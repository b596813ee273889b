import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../lambdas/platform/canonical-json.ts';
import { sha256Hex } from '../lambdas/platform/hash.ts';
import {
  appendGroups,
  archiveBody,
  core,
  decodeBatch,
  dedupe,
  groupBySlot,
  judgeLines,
  newWorker,
  toGroups,
} from './ledger-core/core.ts';
import { type Batch, batchesOf, PER_SLOT, type Write } from './ledger-core/workload.ts';

/**
 * The core of ingest on one processor core, beside `JSON.parse` alone over the same lines in the same run:
 *   to groups   gunzip, decode, parse, validate, upcast, identity (two SHA-256 of canonical texts), group by slot, and
 *               dedupe against what is known of the slots. The target is about this
 *   to items    the same, then the states of each group and its append, hashed, deflated and packed as it is put
 * Tables, archive and network are left out (what the archive's gzip takes is printed below). What is compared is CPU time
 * of the whole process, collector and compiler included.
 */

const TARGET = 6;
const ROUNDS = 15;
const WARM = 3;
const MAX_RSS_MEGABYTES = 512;
/** A worker's memory is limited by its function; without a limit V8 lets garbage lie. */
const HEAP_MEGABYTES = 320;

/** Where results go, so that no work can be optimised away. */
const kept: { last: unknown } = { last: undefined };

/** Events as the emitter writes them, and as other producers do: names in any order. */
const write: Readonly<Record<string, Write>> = { emitter: canonicalJson, others: JSON.stringify };
const load = Object.fromEntries(Object.entries(write).map(([name, by]) => [name, batchesOf(3, 24, 7, by)]));
const batchesBy = (name: string): readonly Batch[] => load[name] ?? [];
const events = batchesBy('emitter').reduce((sum, { lines }) => sum + lines.length, 0);

const microseconds = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / events;
};

/** Microseconds per event of each work, taken in turn, so that what else the machine does hits all alike. */
const measure = (works: Readonly<Record<string, () => void>>): Map<string, number[]> => {
  const samples = new Map(Object.keys(works).map((name): [string, number[]] => [name, []]));
  for (let round = -WARM; round < ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const taken = microseconds(work);
      if (round >= 0) samples.get(name)?.push(taken);
    }
  }
  for (const all of samples.values()) all.sort((a, b) => a - b);
  return samples;
};

const at = (sorted: readonly number[] = [], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

const parseAll = (batches: readonly Batch[]): void => {
  for (const { lines } of batches) for (const line of lines) kept.last = JSON.parse(line);
};
const toItems = (batches: readonly Batch[]): void => {
  const worker = newWorker();
  for (const batch of batches) kept.last = core(worker, batch);
};
/** A worker that knows what the first batch brought. */
const informed = (batches: readonly Batch[]): ReturnType<typeof newWorker> => {
  const worker = newWorker();
  for (const batch of batches.slice(0, 1)) core(worker, batch);
  return worker;
};
const workers = { emitter: informed(batchesBy('emitter')), others: informed(batchesBy('others')) };
const groupAll = (by: 'emitter' | 'others'): void => {
  for (const batch of batchesBy(by)) kept.last = toGroups(workers[by], batch);
};

const shape = (() => {
  const worker = newWorker();
  const written = batchesBy('emitter').map((batch) => core(worker, batch));
  const appends = written.reduce((sum, { items }) => sum + items.length, 0);
  const duplicates = written.reduce((sum, each) => sum + each.duplicates, 0);
  const bytes = batchesBy('emitter').reduce((sum, { lines }) => sum + lines.join('').length, 0);
  return { appends, duplicates, bytes: bytes / events, perAppend: (events - duplicates) / appends };
})();

const whole = measure({
  parse: () => parseAll(batchesBy('emitter')),
  groups: () => groupAll('emitter'),
  items: () => toItems(batchesBy('emitter')),
  parseOthers: () => parseAll(batchesBy('others')),
  groupsOthers: () => groupAll('others'),
  itemsOthers: () => toItems(batchesBy('others')),
});

const stages = (() => {
  const batches = batchesBy('emitter');
  const lines = batches.map(decodeBatch);
  const usages = lines.map(judgeLines);
  const groups = usages.map(groupBySlot);
  const ids = usages.flat().map(({ event }) => `["${event.source}","${event.id}"]`);
  return measure({
    'gunzip, decode, split into lines': () => {
      kept.last = batches.map(decodeBatch);
    },
    'parse, validate, upcast, identity': () => {
      kept.last = lines.map(judgeLines);
    },
    '  of it JSON.parse': () => {
      for (const batch of lines) for (const { line } of batch) kept.last = JSON.parse(line);
    },
    '  of it two SHA-256': () => {
      for (const id of ids) kept.last = sha256Hex(id);
      for (const batch of lines) for (const { line } of batch) kept.last = sha256Hex(line);
    },
    'group by slot': () => {
      kept.last = usages.map(groupBySlot);
    },
    'dedupe by itself': () => {
      for (const batch of groups) kept.last = dedupe(workers.emitter, batch);
    },
    'dedupe, states, hashed and packed items': () => {
      const worker = newWorker();
      for (const batch of groups) kept.last = appendGroups(worker, batch);
    },
    '(beside the core: the archive, gzip)': () => {
      kept.last = lines.map(archiveBody);
    },
  });
})();

const figure = (value: number): string => value.toFixed(2).padStart(9);
const rate = (value: number): string =>
  Math.round(1e6 / value)
    .toLocaleString('en-US')
    .padStart(14);
const ratio = (name: string, base: string, share: number): number =>
  at(whole.get(name), share) / at(whole.get(base), share);
const row = (title: string, name: string, base: string): string => {
  const all = whole.get(name);
  const spread = `${at(all, 0).toFixed(2)} to ${at(all, 0.9).toFixed(2)}`;
  const of = name === base ? '       1' : `1 / ${ratio(name, base, 0.5).toFixed(1)}`.padStart(8);
  return `  ${title.padEnd(34)}${figure(at(all, 0.5))}   ${spread.padEnd(15)}${rate(at(all, 0.5))}   ${of}`;
};
const stageRow = ([name, all]: [string, number[]]): string => `  ${name.padEnd(44)}${figure(at(all, 0.5))}`;

process.stdout.write(`The core of ingest: ${events.toLocaleString('en-US')} events of ${Math.round(shape.bytes)} bytes, five types, 60 to 500 of a subject in a record,
about ${PER_SLOT} of a batch in a slot, ${shape.duplicates} sent again: ${shape.appends} appends of ${shape.perAppend.toFixed(1)} events.
Node ${process.version}, ${availableParallelism()} cores, one used; CPU time of the process, ${ROUNDS} rounds in turn: median, best to 90 %.

                                    µs/event   best to 90 %      events/s/core   of JSON.parse
As the emitter writes them, names in order
${row('JSON.parse alone', 'parse', 'parse')}
${row('to groups', 'groups', 'parse')}
${row('to items', 'items', 'parse')}
As others write them, names in any order
${row('JSON.parse alone', 'parseOthers', 'parseOthers')}
${row('to groups', 'groupsOthers', 'parseOthers')}
${row('to items', 'itemsOthers', 'parseOthers')}

By stage (lines of the emitter), µs/event, each by itself:
${[...stages].map(stageRow).join('\n')}

`);

const reached = ratio('groups', 'parse', 0.5);
const verdict = reached <= TARGET ? 'reached' : `missed by ${Math.round((reached / TARGET - 1) * 100)} %`;
process.stdout.write(
  `Target: to groups at least 1/${TARGET} of JSON.parse alone: ${verdict} (1/${reached.toFixed(1)}).\n`,
);

const child = fileURLToPath(new URL('./ledger-core/known-ids.ts', import.meta.url));
const { status, stdout } = spawnSync(
  process.execPath,
  [`--max-old-space-size=${HEAP_MEGABYTES}`, '--max-semi-space-size=16', '--expose-gc', child],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
if (status !== 0) throw new Error('the check of known ids failed');
const known = JSON.parse(stdout) as Record<
  'ids' | 'estimatedMegabytes' | 'measuredMegabytes' | 'largestRssMegabytes',
  number
>;
process.stdout.write(`
Known ids: ${known.ids.toLocaleString('en-US')} seen by one worker, its heap limited to ${HEAP_MEGABYTES} MB. The cache counts itself as ${known.estimatedMegabytes} MB
(measured: ${known.measuredMegabytes} MB); the process never held more than ${known.largestRssMegabytes} MB (at most ${MAX_RSS_MEGABYTES}).
`);
if (known.largestRssMegabytes > MAX_RSS_MEGABYTES || known.measuredMegabytes > known.estimatedMegabytes)
  process.exitCode = 1;
