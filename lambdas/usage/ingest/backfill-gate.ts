import { mapBounded } from '../../platform/bounded.ts';
import type { Rejection } from '../events/rejection.ts';
import { isInTwo, otherSlot, partElsewhere } from '../ledger/elsewhere.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { type Overlay, type OverlayStatus, placeText } from '../ledger/overlays.ts';
import { slotText, utcDay } from '../ledger/slot.ts';
import type { Append, CanonicalUsage, Slot } from '../types.ts';

/** What the gate asks. Nothing is asked for a batch without lines of backfills. */
export type GatePorts = { readonly ledger: LedgerStore; readonly backfills: OverlayStatus };

/** Why a line of a backfill is refused. */
export type RefusalCode = 'UNKNOWN_BACKFILL' | 'BACKFILL_NOT_OPEN';

/**
 * What is decided of a line by how its backfill stands: `open`, it may be appended; `held` or `conflict`, it was when the
 * backfill was open, or another body of its id was; `wait`, the backfill is just being sealed; else why it is refused.
 */
export type Standing = 'open' | 'held' | 'conflict' | 'wait' | RefusalCode;

/** Chains read at a time. */
const CONCURRENCY = 8;

/** The chains in which a line has a part, each with the line as it lies there. */
const partsOf = (line: CanonicalUsage): { readonly slot: Slot; readonly part: CanonicalUsage }[] => {
  const own = { slot: line.slot, part: line };
  return isInTwo(line) ? [own, { slot: otherSlot(line), part: partElsewhere(line) }] : [own];
};

/** Whether a chain holds a line, up to a version. */
const held = (chain: readonly Append[], upTo: number, { idHash, bodyHash }: CanonicalUsage): Standing => {
  const found = chain
    .filter(({ version }) => version <= upTo)
    .flatMap(({ ids }) => ids)
    .find((id) => id.idHash === idHash);
  if (found === undefined) return 'BACKFILL_NOT_OPEN';
  return found.bodyHash === bodyHash ? 'held' : 'conflict';
};

/** What became of lines whose backfill takes nothing more: they are in what was fixed of it, or they came too late. */
const closedStandings = async (
  { ledger, backfills }: GatePorts,
  lines: readonly CanonicalUsage[],
  overlays: ReadonlyMap<string, Overlay>,
): Promise<Map<CanonicalUsage, Standing>> => {
  const slots = new Map(lines.flatMap(partsOf).map(({ slot }) => [slotText(slot), slot]));
  const placeOf = ({ overlay = '', subject, start }: Slot) => ({ backfill: overlay, subject, day: utcDay(start) });
  const pinned = await backfills.pinned([...slots.values()].map(placeOf));
  const upTo = (slot: Slot): number =>
    // Reverted before it was sealed: all that is there was taken.
    overlays.get(slot.overlay ?? '')?.isFixed === true
      ? (pinned.get(placeText(placeOf(slot)))?.[slot.start] ?? 0)
      : Number.POSITIVE_INFINITY;
  const chains = new Map(
    await mapBounded([...slots], CONCURRENCY, async ([text, slot]) => {
      const { appends } = await ledger.slotAbove(slot, 0);
      return [text, appends] as const;
    }),
  );
  return new Map(
    lines.map((line) => {
      const all = partsOf(line).map(({ slot, part }) => held(chains.get(slotText(slot)) ?? [], upTo(slot), part));
      return [line, all.find((each) => each !== 'held') ?? 'held'];
    }),
  );
};

/** How lines of backfills stand now. Reads are strong: a line that is `open` may be appended at once. */
export const standings = async (
  ports: GatePorts,
  lines: readonly CanonicalUsage[],
): Promise<Map<CanonicalUsage, Standing>> => {
  const overlays = await ports.backfills.overlays([...new Set(lines.flatMap(({ slot }) => slot.overlay ?? []))]);
  const stands = new Map<CanonicalUsage, Standing>();
  const late: CanonicalUsage[] = [];
  for (const line of lines) {
    const state = overlays.get(line.slot.overlay ?? '')?.state;
    if (state === undefined) stands.set(line, 'UNKNOWN_BACKFILL');
    else if (state === 'open') stands.set(line, 'open');
    else if (state === 'sealing') stands.set(line, 'wait');
    else late.push(line);
  }
  if (late.length === 0) return stands;
  return new Map([...stands, ...(await closedStandings(ports, late, overlays))]);
};

/** The rejection of a line whose backfill does not take it. */
export const backfillRejection = (code: RefusalCode, { event }: CanonicalUsage): Rejection => ({
  code,
  path: '/backfill',
  message:
    code === 'UNKNOWN_BACKFILL'
      ? `There is no backfill ${event.backfill}: open it first, or mend the name.`
      : `The backfill ${event.backfill} is not open any more: load the line into another one that is open.`,
  subject: event.subject,
  eventId: event.id,
});
