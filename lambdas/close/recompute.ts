import { rate } from '../rating/rate.ts';
import type { RatedLine } from '../rating/types.ts';
import { type Verified, verifyLines } from '../rating/verify-line.ts';
import { detailsOf } from './details-of.ts';
import type { ClosePorts, UsagePort } from './ports.ts';
import type { LinesFile, PinsFile } from './rate-account.ts';
import { agreedVersions, type ContractPins, subjectsOf } from './rate-contract.ts';
import { readUsage } from './read-usage.ts';

type Ports = { readonly catalog: ClosePorts['catalog']; readonly usage: Pick<UsagePort, 'readPinned'> };

/** What a part of a contract comes to when it is computed again from what it pins. */
export type Recomputed = {
  readonly lines: readonly RatedLine[];
  /** The content hash of the usage as it is read now from the pinned versions. */
  readonly usageHash: string;
};

/**
 * Computes the lines of a part of a contract again from nothing but its pins: the versions of contract, price book,
 * policy and meters, the opening, and the ledger's slots at their pinned versions.
 * @throws {PinnedSlotError} if the ledger is not what was pinned.
 * @throws {NotRatable} if a pinned version is not in the catalog any more.
 */
export const recompute = async (ports: Ports, pins: PinsFile, part: ContractPins): Promise<Recomputed> => {
  const { contract: planned, opening, slots } = part;
  const agreed = await agreedVersions(ports, planned);
  const versions = new Set(part.meters.map(({ id, version }) => `${id}#${version}`));
  const meters = (await ports.catalog.history('meter')).filter(({ id, version }) => versions.has(`${id}#${version}`));
  const subjects = subjectsOf(pins, planned);
  const reading = await readUsage((request) => ports.usage.readPinned({ ...request, pins: slots }), {
    account: pins.account,
    planned,
    subjects,
    carryIn: opening.carryIn,
    meters,
    details: detailsOf(agreed),
  });
  const { lines } = rate({ ...agreed, usage: reading.usage, opening, usageHash: reading.usageHash });
  return { lines, usageHash: reading.usageHash };
};

/** The stored lines that were made from a part's pins. */
export const linesOfPart = ({ lines }: Pick<LinesFile, 'lines'>, { contract, usageHash }: ContractPins): RatedLine[] =>
  lines.filter(
    (line) =>
      line.contract === contract.contract &&
      line.pins.usageHash === usageHash &&
      line.pins.contractVersion === contract.contractVersion,
  );

/** Whether a part comes to the same when it is computed again, or what differs. @throws as `recompute`. */
export const verifyPart = async (
  ports: Ports,
  file: Pick<LinesFile, 'lines'>,
  pins: PinsFile,
  part: ContractPins,
): Promise<{ readonly verified: Verified; readonly usageHash: string }> => {
  const { lines, usageHash } = await recompute(ports, pins, part);
  return { verified: verifyLines(linesOfPart(file, part), lines), usageHash };
};
