import { gzipSync } from 'node:zlib';
import { canonicalUsage } from '../../lambdas/usage/events/canonical-usage.ts';
import { decode, type Line } from '../../lambdas/usage/events/decode.ts';
import { validate } from '../../lambdas/usage/events/validate.ts';
import { emptyView, judge, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import { type KnownSlots, knownSlots } from '../../lambdas/usage/ledger/known-slots.ts';
import { encodeAppend, type LedgerItem } from '../../lambdas/usage/ledger/ledger-item.ts';
import { type MeterIndex, meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import { slotText } from '../../lambdas/usage/ledger/slot.ts';
import type { CanonicalUsage } from '../../lambdas/usage/types.ts';
import { type Batch, METERS, START } from './workload.ts';

/** The core of ingest step by step, as ingest and append take them: all that is between the bytes and the tables. */

const LIMITS = { horizonDays: 400 };
const LATE_AFTER_HOURS = 12;
const KEY = 'events/usage/2026/10/05/shardId-000000000000/4966000000000-4966000000079.ndjson.gz';
const APPENDED_AT = new Date(START + 7 * 3_600_000).toISOString();

/** What a worker keeps from batch to batch. */
type Worker = { readonly slots: KnownSlots; readonly meters: MeterIndex };

/** A worker that knows nothing yet. */
export const newWorker = (): Worker => ({ slots: knownSlots(), meters: meterIndex(METERS) });

/** Unpacked and told apart. */
export const decodeBatch = ({ records }: Batch): Line[] => records.flatMap(decode);

/** Parsed, validated and upcast, each with its identity. @throws {Error} for a bad line: there is none here. */
export const judgeLines = (lines: readonly Line[]): CanonicalUsage[] =>
  lines.map(({ line, receivedAt, position }, n) => {
    const verdict = validate(line, receivedAt, LIMITS);
    if (!verdict.ok) throw new Error(verdict.rejection.message);
    return canonicalUsage(verdict, { position, pointer: { key: KEY, line: n } }, LATE_AFTER_HOURS);
  });

/** Grouped by chain. */
export const groupBySlot = (usages: readonly CanonicalUsage[]): CanonicalUsage[][] => [
  ...Map.groupBy(usages, ({ slot }) => slotText(slot)).values(),
];

/** How many events of the groups are new, judged against what is known of their slots. Nothing is remembered. */
export const dedupe = ({ slots }: Worker, groups: readonly (readonly CanonicalUsage[])[]): number => {
  let fresh = 0;
  for (const group of groups) {
    const slot = group[0]?.slot;
    if (slot === undefined) continue;
    for (const verdict of judge(slots.get(slot) ?? emptyView(), group)) if (verdict === 'new') fresh += 1;
  }
  return fresh;
};

/** What would be written, and how many events were known already. */
export type Written = { readonly items: readonly LedgerItem[]; readonly duplicates: number };

/** Deduplicated, counted, and packed into items. */
export const appendGroups = ({ slots, meters }: Worker, groups: readonly (readonly CanonicalUsage[])[]): Written => {
  const items: LedgerItem[] = [];
  let duplicates = 0;
  for (const group of groups) {
    const slot = group[0]?.slot;
    if (slot === undefined) continue;
    let view = slots.get(slot) ?? emptyView();
    const verdicts = judge(view, group);
    let fresh: readonly CanonicalUsage[] = group.filter((_, n) => verdicts[n] === 'new');
    duplicates += group.length - fresh.length;
    while (fresh.length > 0) {
      const { append, rest } = nextAppend(view, slot, fresh, meters, APPENDED_AT);
      items.push(encodeAppend(append));
      view = slots.advance(slot, view, [append]);
      fresh = rest;
    }
  }
  return { items, duplicates };
};

/** From the bytes of the stream to groups of events that are known to be new or not. */
export const toGroups = (worker: Worker, batch: Batch): number =>
  dedupe(worker, groupBySlot(judgeLines(decodeBatch(batch))));

/** The whole of it, from the bytes of the stream to the items of the table. */
export const core = (worker: Worker, batch: Batch): Written =>
  appendGroups(worker, groupBySlot(judgeLines(decodeBatch(batch))));

/** What ingest does beside that: the archive's object of the lines. */
export const archiveBody = (lines: readonly Line[]): Uint8Array =>
  gzipSync(
    lines
      .map(({ position, receivedAt, encoding, line }) =>
        JSON.stringify({ format: 1, position, receivedAt, encoding, line }),
      )
      .join('\n'),
  );
