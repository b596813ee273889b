import { LRUCache } from 'lru-cache';
import type { CatalogReader } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { effectiveSlots } from '../ledger/effective-slots.ts';
import { sealQuiet } from '../ledger/sealed-slots.ts';
import { intervalOfDay, shiftDay } from '../ledger/slot.ts';
import type { WriterMemory } from '../ledger/writer-memory.ts';
import type { SettlePorts } from './settle.ts';
import { coveredTo, coversDay, type LatestMeters, latestMeters, settledDayOf } from './settled-day.ts';
import { isSomething, readOnTop, settledWith } from './settled-on-top.ts';

/** What settling a day early needs. */
export type EarlySettlePorts = Omit<SettlePorts, 'marks'> & { readonly marks: Pick<SettlePorts['marks'], 'marksOf'> };

/** What came of settling busy days early. */
export type EarlySettles = { readonly settled: number; readonly failures: readonly string[] };

/** Days that one batch settles at the same time. */
export const DAYS_AT_A_TIME = 8;
const DAYS_KNOWN = 20_000;

/**
 * Settles the days that a writer appended to often. A failure costs readers some bytes and nothing else: it is told, and the
 * day is settled when it is over.
 */
export const makeSettleEarly = (
  ports: EarlySettlePorts,
  memory: Pick<WriterMemory, 'unsettled'>,
  catalog: Pick<CatalogReader, 'history'>,
) => {
  // Up to where days were covered when this worker settled them last: a busy day is due long before its next slot is covered.
  const reached = new LRUCache<string, string>({ maxSize: DAYS_KNOWN, sizeCalculation: () => 1 });
  return async (): Promise<EarlySettles> => {
    const due = memory.unsettled.takeDue();
    const failures: string[] = [];
    const results = await mapBounded(due, DAYS_AT_A_TIME, async ({ subject, day }) => {
      const [place, covered] = [`${subject}#${day}`, coveredTo(day, ports.clock.now())];
      if (reached.get(place) === covered) return false;
      try {
        const wrote = await settleEarly(ports, latestMeters(await catalog.history('meter')), subject, day);
        reached.set(place, covered);
        return wrote;
      } catch (error) {
        failures.push(`${subject} ${day}: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    });
    return { settled: results.filter((wrote) => wrote).length, failures };
  };
};

/**
 * Settles what is covered of a day that is not over, so that a balance need not read all of a busy day: takes the item as it
 * is, adds what came to it, and writes under the item's revision. Does nothing where no slot has come to be covered, beside a
 * mark that does not tell its slots (the sweep settles the whole day then), or when another settle was first; a day that can
 * be settled for good is the sweep's.
 * Answers whether it wrote.
 */
export const settleEarly = async (
  ports: EarlySettlePorts,
  meters: LatestMeters,
  subject: string,
  day: string,
): Promise<boolean> => {
  const beganAt = ports.clock.now();
  // A batch that failed before it came here may leave a day due until long after its end. Settled for good here, nobody
  // would be told of it.
  if (coversDay(day, beganAt)) return false;
  // The mark before the item: what a settle clears in between it has written before, and that is read next.
  const mark = (await ports.marks.marksOf(subject)).find((each) => each.day === day);
  const [before] = (await ports.settled.days(subject, day, shiftDay(day, 1))).days;
  const from = before === undefined ? intervalOfDay(day).from : coveredTo(day, before.beganAt);
  const to = coveredTo(day, beganAt);
  if (from >= to) return false;
  if (before !== undefined) {
    const onTop = await readOnTop(ports, before, mark, beganAt);
    if (onTop === undefined || !isSomething(onTop)) return false;
    return ports.settled.put(settledWith(before, onTop, beganAt, meters));
  }
  if (mark !== undefined) return false;
  const read = await ports.ledger.day(subject, day, { from, to });
  const slots = await effectiveSlots([read], ports.overlays);
  if (slots.length === 0) return false;
  await sealQuiet(ports.sealed, read.appends);
  return ports.settled.put(settledDayOf({ subject, day, beganAt }, 1, slots, meters));
};
