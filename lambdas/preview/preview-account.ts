import type { CatalogEntry, CatalogReader, Meter } from '../catalog/types.ts';
import type { AccountStore } from '../close/close-store.ts';
import { PinnedFileError } from '../close/data-files.ts';
import { type ContractLeft, leftBefore, leftBy, passing } from '../close/opening.ts';
import type { UsagePort } from '../close/ports.ts';
import type { PlannedContract, PlannedSubject } from '../close/records.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import type { Opening } from '../rating/types.ts';
import { PinnedSlotError } from '../usage/prove/counted-lines.ts';
import { differenceText } from './amounts.ts';
import { changedCatalog } from './changed-catalog.ts';
import type { AccountPlan, PlannedPair } from './plan.ts';
import { agreedSide, bothDetails, type Refused, rateSide, type Side } from './rate-sides.ts';
import { type Lefts, type ReadPorts, readPart } from './read-part.ts';
import type { AccountPreview, NearCliff, PeriodPreview, PreviewChange } from './types.ts';

export type PreviewPorts = ReadPorts & {
  readonly catalog: CatalogReader;
  readonly results: Pick<AccountStore, 'resultEndingAt'>;
};

export type AccountRequest = {
  readonly change: PreviewChange;
  /** Every version of every meter that is known. */
  readonly meters: readonly CatalogEntry<Meter>[];
  readonly nearPercent: number;
};

/** Last values are asked for by both sides: once from the ledger, for the same subject and time. */
const rememberedValues = (usage: PreviewPorts['usage']): Pick<UsagePort, 'lastValues'> => {
  const known = new Map<string, ReturnType<UsagePort['lastValues']>>();
  return {
    lastValues: (request) => {
      const { subject, from = '', until } = request;
      const key = canonicalJson([subject, from, until]);
      const values = known.get(key) ?? usage.lastValues(request);
      known.set(key, values);
      return values;
    },
  };
};

const leave = (
  lefts: ContractLeft[],
  side: Side | Refused,
  part: {
    planned: PlannedContract;
    subjects: readonly PlannedSubject[];
    carryOut: Opening['carryIn'];
    opening: Opening;
  },
): void => {
  const { planned, subjects, carryOut, opening } = part;
  const closing = 'closing' in side ? side.closing : passing(opening, carryOut);
  lefts.push(leftBy({ planned, subjects, closing, carryOut }));
};

/**
 * Rates the periods of one account as they were and as they would be: by the rating library, from usage that is read as a
 * close reads it. Each side passes on to the next period what it left itself; both begin with what closes left before.
 */
export const previewAccount = async (
  ports: PreviewPorts,
  plan: AccountPlan,
  { change, meters, nearPercent }: AccountRequest,
): Promise<AccountPreview> => {
  const changed = changedCatalog(ports.catalog, change);
  const store = ports.results;
  const planned = plan.pairs.map(({ before }) => before);
  const left = await leftBefore({ store, files: ports.files }, plan.first, plan.account, planned);
  const sides = { before: [...left], after: [...left] };
  const usage = rememberedValues(ports.usage);
  const periods: PeriodPreview[] = [];
  const cliffs: NearCliff[] = [];
  for (const pair of plan.pairs) {
    const rated = await previewPair({ ...ports, usage: { ...ports.usage, ...usage } }, plan, pair, {
      meters,
      changed,
      sides,
      nearPercent,
    });
    periods.push(rated.period);
    cliffs.push(...rated.cliffs);
  }
  return { format: 1, account: plan.account, name: plan.name, periods, cliffs };
};

type PairContext = {
  readonly meters: readonly CatalogEntry<Meter>[];
  readonly changed: CatalogReader;
  readonly sides: Lefts;
  readonly nearPercent: number;
};

const previewPair = async (
  ports: PreviewPorts,
  plan: AccountPlan,
  pair: PlannedPair,
  context: PairContext,
): Promise<{ readonly period: PeriodPreview; readonly cliffs: readonly NearCliff[] }> => {
  const { before: planned, after: wanted, gap, running = false } = pair;
  const { changed, sides, nearPercent } = context;
  const { contract, currency, covered } = wanted;
  const named = { contract, start: covered.start, end: covered.end, ...(running ? { running } : {}), currency };
  if (gap !== undefined) return { cliffs: [], period: { ...named, problem: gap, usageHash: '' } };
  const agreed = await agreedSide(ports.catalog, planned);
  const agreedAfter = await agreedSide(changed, wanted);
  const details = bothDetails(
    'details' in agreed ? agreed.details : {},
    'details' in agreedAfter ? agreedAfter.details : {},
  );
  const part = await readPart(ports, plan, pair, { ...context, details }).catch((error: unknown): string => {
    if (error instanceof PinnedSlotError || error instanceof PinnedFileError) return error.message;
    throw error;
  });
  if (typeof part === 'string') return { cliffs: [], period: { ...named, problem: part, usageHash: '' } };
  const { subjects, opening, openingAfter, reading } = part;
  const before = 'problem' in agreed ? agreed : await rateSide(agreed.agreed, { reading, opening, running });
  const after =
    'problem' in agreedAfter
      ? agreedAfter
      : await rateSide(agreedAfter.agreed, { reading, opening: openingAfter, running, nearPercent });
  const { carryOut } = reading;
  leave(sides.before, before, { planned, subjects, carryOut, opening });
  leave(sides.after, after, { planned: wanted, subjects, carryOut, opening: openingAfter });
  const problem = 'problem' in before ? before.problem : 'problem' in after ? after.problem : undefined;
  return {
    cliffs: 'cliffs' in after ? after.cliffs : [],
    period: {
      ...named,
      ...('amount' in before ? { before: before.amount } : {}),
      ...('amount' in after ? { after: after.amount } : {}),
      ...('amount' in before && 'amount' in after
        ? { difference: differenceText(before.amount, after.amount, currency) }
        : {}),
      ...(problem === undefined ? {} : { problem }),
      usageHash: reading.usageHash,
    },
  };
};
