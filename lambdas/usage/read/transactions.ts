import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { formatDecimal } from '../../platform/decimal.ts';
import type { ArchiveLine } from '../archive/archive.ts';
import type { LedgerPorts } from '../ledger/effective-slots.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { parseStateKey } from '../ledger/state.ts';
import { explain } from '../prove/explain.ts';
import type { ArchivePointer, MeteredUsage, SlotPin } from '../types.ts';

/** Amounts of single transactions in the order of time; `count` equal ones in a row. */
export type Transaction = { readonly amount: string; readonly count?: number };

const PAGE = 1_000;
/** Objects of the archive that are held at a time: pins in order of slot go back and forth between few. */
const HELD_OBJECTS = 8;

/** Lines of the archive, an object at a time. */
const heldLines = (archive: LedgerPorts['overlays']['archive']) => {
  const held = new Map<string, Promise<readonly (ArchiveLine | undefined)[]>>();
  return async ({ key, line }: ArchivePointer): Promise<ArchiveLine> => {
    const known = held.get(key) ?? archive.lines(key);
    held.delete(key);
    held.set(key, known);
    const oldest = held.keys().next().value;
    if (held.size > HELD_OBJECTS && oldest !== undefined) held.delete(oldest);
    const found = (await known)[line];
    if (found === undefined) throw new RangeError(`${key} has no line ${line}`);
    return found;
  };
};

/**
 * The single amounts behind a row of usage, from the events themselves: pins → appends → lines of the archive. Only for
 * prices that need each transaction: it reads every event of the row.
 */
export const transactionsOf = async (
  { ledger, overlays }: Pick<LedgerPorts, 'ledger' | 'overlays'>,
  row: Pick<MeteredUsage, 'meter' | 'dimensions'>,
  pins: readonly SlotPin[],
  meters: readonly CatalogEntry<Meter>[],
): Promise<Transaction[]> => {
  const index = meterIndex(meters);
  const archive = { line: heldLines(overlays.archive) };
  const found: { readonly time: string; readonly idHash: string; readonly amount: string }[] = [];
  let after: string | undefined;
  do {
    const { meter, dimensions } = row;
    const from = after === undefined ? {} : { after };
    const page = await explain({ ledger, archive }, { pins, meters, meter, dimensions, limit: PAGE, ...from });
    for (const { event, idHash } of page.items) {
      const own = index.contributions({ event, idHash }).find(({ key }) => parseStateKey(key)?.meter === meter);
      if (own === undefined || own.class === 'set') continue;
      found.push({ time: event.time, idHash, amount: formatDecimal(own.value) });
    }
    after = page.next;
  } while (after !== undefined);
  found.sort((a, b) => (a.time === b.time ? (a.idHash < b.idHash ? -1 : 1) : a.time < b.time ? -1 : 1));
  return inRuns(found.map(({ amount }) => amount));
};

/** Equal amounts in a row as one. */
const inRuns = (amounts: readonly string[]): Transaction[] => {
  const runs: { amount: string; count: number }[] = [];
  for (const amount of amounts) {
    const last = runs.at(-1);
    if (last?.amount === amount) last.count += 1;
    else runs.push({ amount, count: 1 });
  }
  return runs.map(({ amount, count }) => (count === 1 ? { amount } : { amount, count }));
};
