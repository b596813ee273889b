import { ENGINE } from '../rating/engine.ts';
import type { LineDifference } from '../rating/verify-line.ts';
import { PinnedSlotError } from '../usage/prove/counted-lines.ts';
import type { CloseStore } from './close-store.ts';
import { type DataFiles, getPinned, PinnedFileError } from './data-files.ts';
import { newestReference, pinsOf, ratedLine } from './explain-line.ts';
import { NotRatable } from './not-ratable.ts';
import type { ClosePorts, UsagePort } from './ports.ts';
import type { LinesFile, PinsFile } from './rate-account.ts';
import { verifyPart } from './recompute.ts';

export type VerifyPorts = {
  readonly store: Pick<CloseStore, 'lineReferences'>;
  readonly files: DataFiles;
  readonly catalog: ClosePorts['catalog'];
  readonly usage: Pick<UsagePort, 'readPinned'>;
};

/** Whether a line comes to the same when it is computed again from what it pins, or what differs. */
export type LineVerification = {
  readonly lineId: string;
  readonly closeId: string;
  readonly equal: boolean;
  /** In a sentence. */
  readonly says: string;
  /** The engine that rated it, and the one that rated it again. */
  readonly engine: { readonly stored: string; readonly now: string };
  /** Content hash of the usage as it was pinned, and as the ledger gives it now from the pinned versions. */
  readonly usage?: { readonly pinned: string; readonly now: string };
  /** Slots of the ledger that were read again. */
  readonly slots: number;
  /** What differs, of this line first; of the lines it was rated with too. */
  readonly differences: readonly LineDifference[];
};

/**
 * Recomputes a line from the ledger with everything it pins, and compares. A file, a chain or a catalog entry that is not
 * what was pinned is a difference, not an error.
 * @throws {ProblemError} 404 if there is no such line.
 */
export const verifyStoredLine = async (ports: VerifyPorts, lineId: string): Promise<LineVerification> => {
  const { last } = await newestReference(ports, lineId);
  const line = await ratedLine(ports.files, last);
  const base = { lineId, closeId: last.closeId, engine: { stored: line.pins.engine, now: ENGINE } };
  const no = (says: string, slots = 0): LineVerification => ({ ...base, equal: false, says, slots, differences: [] });
  let slots = 0;
  try {
    const pins = await getPinned<PinsFile>(ports.files, { key: last.pinsKey, hash: last.pinsHash });
    const file = await getPinned<LinesFile>(ports.files, { key: last.linesKey, hash: last.linesHash });
    const part = pinsOf(pins, line);
    if (part === undefined) return no('Its pins name no contract of this line.');
    slots = part.slots.length;
    const { verified, usageHash } = await verifyPart(ports, file, pins, part);
    const usage = { pinned: part.usageHash, now: usageHash };
    if (verified.equal) {
      const says = `Equal: ${line.amount} ${line.currency}, recomputed from ${slots} slots of the ledger at their pinned versions.`;
      return { ...base, equal: true, says, usage, slots, differences: [] };
    }
    const own = verified.differences.filter(({ id }) => id === lineId);
    const others = verified.differences.filter(({ id }) => id !== lineId);
    const says =
      own.length > 0
        ? `Not equal: ${own.flatMap(({ fields }) => fields.map(({ field }) => field)).join(', ')} come out otherwise.`
        : `Equal by itself; ${others.length} of the lines that were rated with it come out otherwise.`;
    return { ...base, equal: own.length === 0, says, usage, slots, differences: [...own, ...others] };
  } catch (error) {
    const isChanged =
      error instanceof PinnedSlotError || error instanceof PinnedFileError || error instanceof NotRatable;
    if (!isChanged) throw error;
    return no(`What the line was made from is not there as it was pinned: ${error.message}`, slots);
  }
};
