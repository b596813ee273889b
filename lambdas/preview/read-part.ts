import type { CatalogEntry, Meter } from '../catalog/types.ts';
import { type DataFiles, getPinned } from '../close/data-files.ts';
import { type ContractLeft, openingOf, passing } from '../close/opening.ts';
import type { UsagePort, UsageReading } from '../close/ports.ts';
import type { PinsFile } from '../close/rate-account.ts';
import { subjectsOf } from '../close/rate-contract.ts';
import { readUsage } from '../close/read-usage.ts';
import type { PlannedSubject } from '../close/records.ts';
import type { Opening } from '../rating/types.ts';
import type { DetailsWanted } from '../usage/read/usage-details.ts';
import type { AccountPlan, PlannedPair } from './plan.ts';

export type ReadPorts = {
  readonly usage: Pick<UsagePort, 'read' | 'readPinned' | 'lastValues'>;
  readonly files: DataFiles;
};

/** What each side has left so far. */
export type Lefts = { readonly before: ContractLeft[]; readonly after: ContractLeft[] };

/** What is read with: every version of every meter, and what the prices of either side need beside quantities. */
export type PartRequest = {
  readonly meters: readonly CatalogEntry<Meter>[];
  readonly sides: Lefts;
  readonly details: DetailsWanted;
};

/** What both sides of a part are rated from. */
export type PartRead = {
  readonly subjects: readonly PlannedSubject[];
  readonly opening: Opening;
  readonly openingAfter: Opening;
  readonly reading: UsageReading;
};

/** What a part was billed from; `undefined` where no close has rated just this part. */
const pinnedPart = async ({ files }: ReadPorts, { before, pins: stored }: PlannedPair) => {
  if (stored === undefined) return undefined;
  const { subjects, contracts } = await getPinned<PinsFile>(files, stored);
  const own = contracts.find(
    ({ contract: { contract, covered } }) =>
      contract === before.contract && covered.start === before.covered.start && covered.end === before.covered.end,
  );
  return own && { subjects, slots: own.slots, opening: own.opening };
};

/**
 * The usage of a part and what it opens with: as it was pinned when it was billed, so that late usage is not taken for a
 * change of prices; else as the ledger has it now.
 */
export const readPart = async (
  ports: ReadPorts,
  plan: AccountPlan,
  pair: PlannedPair,
  { meters, sides, details }: PartRequest,
): Promise<PartRead> => {
  const planned = pair.before;
  const pinned = await pinnedPart(ports, pair);
  const subjects = subjectsOf(pinned ?? plan, planned);
  const opening = pinned?.opening ?? (await openingOf(ports, sides.before, planned, subjects, meters));
  const needed = { account: plan.account, planned, subjects, carryIn: opening.carryIn, meters, details };
  const reading = await readUsage(
    (request) =>
      pinned === undefined ? ports.usage.read(request) : ports.usage.readPinned({ ...request, pins: pinned.slots }),
    needed,
  );
  const after = await openingOf(ports, sides.after, pair.after, subjects, meters);
  return { subjects, opening, openingAfter: passing(after, opening.carryIn), reading };
};
