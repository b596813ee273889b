import { canonicalJson } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import type { CanonicalUsage, Slot } from '../types.ts';
import type { OverlayStatus } from './overlays.ts';
import { isSameSlot, slotText } from './slot.ts';

const ID_DIGITS = 32;

/** Whether a line is a replacement of an event in another slot: it has a part in each. */
export const isInTwo = ({ kind, slot, cancels }: CanonicalUsage): boolean =>
  kind === 'usage' && cancels !== undefined && !isSameSlot(cancels.slot, slot);

/** The slot of the event that a line takes the place of; its own if it replaces nothing elsewhere. */
export const otherSlot = ({ slot, cancels }: CanonicalUsage): Slot => cancels?.slot ?? slot;

/**
 * A replacement as it lies in the slot of what it replaces, where it only cancels: under an id hash of its own, made of its
 * id, its body and its own slot. So it meets nothing there but itself. Whether it counts is decided by its own chain alone; a crash
 * between the two parts, or an event that has the same id there, changes nothing of it.
 */
export const partElsewhere = (line: CanonicalUsage): CanonicalUsage => ({
  ...line,
  idHash: sha256Hex(canonicalJson([line.idHash, line.bodyHash, slotText(line.slot)])).slice(0, ID_DIGITS),
});

/** Whether a line belongs to a backfill. */
export const isOfBackfill = ({ slot }: CanonicalUsage): boolean => slot.overlay !== undefined;

/** The lines whose backfill is not open any more; none if nobody can tell. */
export const overtaken = async (
  lines: readonly CanonicalUsage[],
  backfills: Pick<OverlayStatus, 'overlays'> | undefined,
): Promise<readonly CanonicalUsage[]> => {
  if (backfills === undefined || lines.length === 0) return [];
  const stand = await backfills.overlays([...new Set(lines.flatMap(({ slot }) => slot.overlay ?? []))]);
  return lines.filter(({ slot }) => stand.get(slot.overlay ?? '')?.state !== 'open');
};
