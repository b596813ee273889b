import { mapBounded } from '../../platform/bounded.ts';
import type { Interval } from '../../platform/period.ts';
import type { Append, ArchivePointer, Slot } from '../types.ts';
import type { LedgerStore } from './ledger-store.ts';
import { daysFrom, daysTouched, shiftDay, slotText } from './slot.ts';

/** Where an id was accepted. */
export type Occurrence = {
  readonly slot: Slot;
  readonly version: number;
  readonly bodyHash: string;
  /** The archive line of the event. */
  readonly pointer: ArchivePointer | undefined;
};

/** One id that was accepted in more than one slot or under more than one subject, and so counted more than once. */
export type SameIdFinding = { readonly idHash: string; readonly occurrences: readonly Occurrence[] };

/** How many days beside the interval are looked at too. An id repeated further away is not found. */
export const SAME_ID_HORIZON_DAYS = 2;

const DAYS_AT_A_TIME = 16;

/** An append, without what it says. */
type Place = Pick<Append, 'slot' | 'version'>;

const occurrence = async (ledger: LedgerStore, { slot, version }: Place, idHash: string): Promise<Occurrence> => {
  const { appends } = await ledger.slotAbove(slot, version - 1);
  const { ids = [], pointers = [] } = appends[0] ?? {};
  const n = ids.findIndex((id) => id.idHash === idHash);
  return { slot, version, bodyHash: ids[n]?.bodyHash ?? '', pointer: pointers[n] };
};

/**
 * Finds ids that were accepted at two times or under two subjects: a producer that stamps the time of sending on a retry
 * gives one event two times, and each chain counts it rightly. At least one occurrence lies in the interval; findings are
 * ordered by id hash, occurrences by slot. Holds one map entry (about 120 bytes) per event of the range.
 */
export const findSameIdAtTwoTimes = async (
  ledger: LedgerStore,
  subjects: readonly string[],
  interval: Interval,
): Promise<SameIdFinding[]> => {
  const inside = daysTouched(interval);
  const first = shiftDay(inside[0] ?? '', -SAME_ID_HORIZON_DAYS);
  const end = shiftDay(inside.at(-1) ?? '', SAME_ID_HORIZON_DAYS + 1);
  const tasks = [...new Set(subjects)].flatMap((subject) => daysFrom(first, end).map((day) => ({ subject, day })));
  const known = new Map<string, Place>();
  const found = new Map<string, Set<Place>>();
  await mapBounded(tasks, DAYS_AT_A_TIME, async ({ subject, day }) => {
    const { appends } = await ledger.day(subject, day);
    for (const { slot, version, ids } of appends) {
      const place = { slot, version };
      for (const { idHash } of ids) {
        const earlier = known.get(idHash);
        if (earlier === undefined) known.set(idHash, place);
        else found.set(idHash, (found.get(idHash) ?? new Set([earlier])).add(place));
      }
    }
  });
  const all = await mapBounded([...found], DAYS_AT_A_TIME, async ([idHash, places]) => ({
    idHash,
    occurrences: await mapBounded([...places], 1, (place) => occurrence(ledger, place, idHash)),
  }));
  const isInside = ({ slot }: Occurrence): boolean => slot.start >= interval.from && slot.start < interval.to;
  return all
    .filter(({ occurrences }) => occurrences.some(isInside))
    .map(({ idHash, occurrences }) => ({
      idHash,
      occurrences: occurrences.sort((a, b) => (slotText(a.slot) < slotText(b.slot) ? -1 : 1)),
    }))
    .sort((a, b) => (a.idHash < b.idHash ? -1 : 1));
};
