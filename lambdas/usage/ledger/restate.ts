import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Slot } from '../types.ts';
import { applyAppend, emptyView, restatingAppend } from './append.ts';
import { chainsOf, foldChain } from './chain.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import { fixedPart } from './effective-slots.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { MeterIndex } from './meter-states.ts';
import { type OverlayStatus, placeText } from './overlays.ts';
import { type ArchiveLines, countingEntries, recomputeStates } from './recompute.ts';

/** What stating slots anew needs. */
export type RestatePorts = {
  readonly ledger: LedgerStore;
  readonly archive: ArchiveLines;
  readonly clock: Clock;
};

/** What became of a slot: its states are another now, or were right already. */
export type Restated = 'restated' | 'same';

/** How often a race may be lost to writers of the slot. */
const MAX_RACES = 8;

/**
 * States a slot's chain anew from its events in the archive, with the meters as they are now: a new meter, or a corrected
 * version of one, over old events. Writes an append without ids, and only if it says something else than the chain.
 * @param pinned for an overlay: the version that was fixed; what came later is no part of it
 * @throws {Error} if other writers were first too often, or the archive is not what was accepted.
 */
export const restateSlot = async (
  { ledger, archive, clock }: RestatePorts,
  slot: Slot,
  meters: MeterIndex,
  pinned = Number.POSITIVE_INFINITY,
): Promise<Restated> => {
  for (let tries = 0; tries <= MAX_RACES; tries += 1) {
    const { appends: chain } = await ledger.slotAbove(slot, 0);
    const fixed = fixedPart(chain, pinned);
    if (fixed.length === 0) return 'same';
    const states = await recomputeStates(countingEntries(fixed), archive, meters);
    if (canonicalJson(states) === canonicalJson(foldChain(fixed).states)) return 'same';
    const view = emptyView();
    for (const append of chain) applyAppend(view, append);
    const append = restatingAppend(view, slot, [], states, clock.now());
    if ((await ledger.putIfAbsent(append)) === 'written') return 'restated';
  }
  throw new Error(`other writers of ${slot.subject} ${slot.start} were first ${MAX_RACES} times in a row`);
};

/** What stating days anew needs. */
export type RestateDayPorts = RestatePorts & {
  readonly marks: DirtyMarks;
  readonly overlays: OverlayStatus;
  readonly ids: Ids;
};

/** What came of stating a day anew: chains looked at, and those that say something else now. */
export type DayRestated = { readonly slots: number; readonly restated: number };

/**
 * States a UTC day of a subject anew: live chains, and what is fixed of backfills. (What is not fixed yet is stated anew
 * when it is.) Marks the day before, as every append does to a day that readers may have settled.
 */
export const restateDay = async (
  ports: RestateDayPorts,
  subject: string,
  day: string,
  meters: MeterIndex,
): Promise<DayRestated> => {
  const { appends, overlays } = await ports.ledger.day(subject, day);
  const backfills = [...new Set(overlays.flatMap(({ slot }) => slot.overlay ?? []))];
  const places = backfills.map((backfill) => ({ backfill, subject, day }));
  const pinned = places.length === 0 ? undefined : await ports.overlays.pinned(places);
  const slots = [
    ...chainsOf(appends).map(([first]) => ({ slot: first?.slot, version: undefined })),
    ...chainsOf(overlays).map(([first]) => {
      const place = { backfill: first?.slot.overlay ?? '', subject, day };
      return { slot: first?.slot, version: pinned?.get(placeText(place))?.[first?.slot.start ?? ''] ?? 0 };
    }),
  ];
  if (slots.length === 0) return { slots: 0, restated: 0 };
  await ports.marks.mark({ subject, day, at: ports.clock.now(), token: ports.ids.next() });
  let restated = 0;
  for (const { slot, version } of slots) {
    if (slot === undefined || version === 0) continue;
    if ((await restateSlot(ports, slot, meters, version)) === 'restated') restated += 1;
  }
  return { slots: slots.length, restated };
};
