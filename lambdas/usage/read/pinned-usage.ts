import { contentHash } from '../../platform/hash.ts';
import type { SlotState } from '../ledger/chain.ts';
import { effectiveSlot, type LedgerPorts } from '../ledger/effective-slots.ts';
import { pinnedChains } from '../prove/counted-lines.ts';
import type { SlotPin } from '../types.ts';
import { aggregate } from './aggregate.ts';
import { clipSubjects, type PeriodUsage, type PeriodUsageRequest } from './period-usage.ts';
import { withDetails } from './usage-details.ts';

export type PinnedUsageRequest = PeriodUsageRequest & {
  /** What was read then, ordered by subject and start. */
  readonly pins: readonly SlotPin[];
};

/**
 * The usage of a period as it was when it was pinned: every slot at its pinned version, whatever was appended since.
 * `usageHash` is that of the first reading if nothing that was pinned has changed.
 * @throws {PinnedSlotError} if a chain is not what was pinned.
 */
export const readPinnedUsage = async (
  { ledger, overlays }: Pick<LedgerPorts, 'ledger' | 'overlays'>,
  { subjects, period, carryIn, meters, pins, details = {} }: PinnedUsageRequest,
): Promise<Omit<PeriodUsage, 'pins' | 'read'>> => {
  const own = clipSubjects(subjects, period);
  const chainsOf = pinnedChains(ledger);
  const slots: SlotState[] = [];
  // One after another: pins of one day share a read.
  for (const pin of pins) {
    const chains = await chainsOf(pin);
    const live = pin.version === 0 ? [] : (chains[0] ?? []);
    const over = pin.version === 0 ? chains : chains.slice(1);
    const { subject, start } = pin;
    const closed = (pin.overlays ?? []).map(({ backfill }, n) => ({ backfill, chain: over[n] ?? [] }));
    slots.push(await effectiveSlot({ subject, start, live, overlays: closed }, overlays));
  }
  const aggregated = aggregate({ fragments: slots, subjects: own, period, carryIn, meters });
  const read = { subjects: own, period, carryIn, meters, slots, pins, usage: aggregated.usage };
  return {
    ...aggregated,
    usage: await withDetails({ ledger, overlays }, read, details),
    usageHash: contentHash({ format: 1, subjects: own, period, pins, carryIn }),
  };
};
