import type { CatalogEntry, CatalogReader, Meter } from '../catalog/types.ts';
import type { AccountStore } from '../close/close-store.ts';
import type { DataFiles } from '../close/data-files.ts';
import { notRatable } from '../close/not-ratable.ts';
import { type ContractLeft, leftBefore, leftBy, openingOf, passing } from '../close/opening.ts';
import type { UsagePort } from '../close/ports.ts';
import { agreedVersions, subjectsOf } from '../close/rate-contract.ts';
import { readUsage } from '../close/read-usage.ts';
import type { PlannedContract, PlannedSubject } from '../close/records.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { exponentOf } from '../platform/currency.ts';
import { formatFixed, parseDecimal, subtract, sum } from '../platform/decimal.ts';
import { priceOfQuantity } from '../rating/price-of-quantity.ts';
import { priceOf } from '../rating/prices-of.ts';
import { rate, rateAmounts } from '../rating/rate.ts';
import type { Closing, Opening, RateInput } from '../rating/types.ts';
import { changedCatalog } from './changed-catalog.ts';
import { hasVolume, nearCliffsOf } from './near-cliffs.ts';
import type { AccountPlan, PlannedPair } from './plan.ts';
import type { AccountPreview, NearCliff, PeriodPreview, PreviewChange } from './types.ts';

export type PreviewPorts = {
  readonly catalog: CatalogReader;
  readonly usage: Pick<UsagePort, 'read' | 'lastValues'>;
  readonly results: Pick<AccountStore, 'resultEndingAt'>;
  readonly files: DataFiles;
};

export type AccountRequest = {
  readonly change: PreviewChange;
  /** Every version of every meter that is known. */
  readonly meters: readonly CatalogEntry<Meter>[];
  readonly nearPercent: number;
};

/** One side of a part: what it comes to, or why it cannot be rated. */
type Side = { readonly amount: string; readonly closing: Closing } | { readonly problem: string };

/** Runs what may say that the account's own data cannot be rated; anything else is thrown on. */
const sided = async (work: () => Promise<Side>): Promise<Side> => {
  try {
    return await work();
  } catch (error) {
    const reason = notRatable(error);
    if (reason === undefined) throw error;
    return { problem: reason.message };
  }
};

const amountOf = (lines: readonly { readonly amount: string }[], currency: string): string =>
  formatFixed(sum(lines.map(({ amount }) => parseDecimal(amount))), exponentOf(currency));

/** Rates with the amounts alone. Pure but for the versions that it looks up. */
const rateSide = async (
  catalog: CatalogReader,
  planned: PlannedContract,
  given: Pick<RateInput, 'usage' | 'opening' | 'usageHash' | 'interim'>,
  seen: (input: RateInput) => void = () => undefined,
): Promise<Side> => {
  const input: RateInput = { ...(await agreedVersions({ catalog }, planned)), ...given };
  const { lines, closing } = rateAmounts(input);
  seen(input);
  return { amount: amountOf(lines, planned.currency), closing };
};

/** The lines of a changed side that are near an edge of their volume price; only those need their arithmetic. */
const cliffsOf = (input: RateInput, nearPercent: number): NearCliff[] => {
  const { contract, priceBook, period } = input;
  const prices = new Map(contract.items.map((item) => [item.id, priceOf(item, contract, priceBook, period.start)]));
  if (![...prices.values()].some(hasVolume)) return [];
  return rate(input).lines.flatMap((line) => {
    const price = prices.get(line.item);
    return price === undefined ? [] : nearCliffsOf(line, price, priceBook.currency, nearPercent, priceOfQuantity);
  });
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

/** What passes from part to part on one side. */
type Lefts = ContractLeft[];

const leave = (
  lefts: Lefts,
  side: Side,
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
  readonly sides: { readonly before: Lefts; readonly after: Lefts };
  readonly nearPercent: number;
};

const previewPair = async (
  ports: PreviewPorts,
  plan: AccountPlan,
  { before: planned, after: wanted, gap, running }: PlannedPair,
  { meters, changed, sides, nearPercent }: PairContext,
): Promise<{ readonly period: PeriodPreview; readonly cliffs: readonly NearCliff[] }> => {
  const subjects = subjectsOf(plan, planned);
  const [opening, openingAfter] = [
    await openingOf(ports, sides.before, planned, subjects, meters),
    await openingOf(ports, sides.after, wanted, subjects, meters),
  ];
  const { carryIn } = opening;
  const reading = await readUsage(ports, { account: plan.account, planned, subjects, carryIn, meters });
  const { usage, usageHash, carryOut } = reading;
  const given = { usage, usageHash, ...(running ? { interim: true } : {}) };
  const gapSide: Side | undefined = gap === undefined ? undefined : { problem: gap };
  const cliffs: NearCliff[] = [];
  const before = gapSide ?? (await sided(() => rateSide(ports.catalog, planned, { ...given, opening })));
  const after =
    gapSide ??
    (await sided(() =>
      rateSide(changed, wanted, { ...given, opening: openingAfter }, (input) => {
        cliffs.push(...cliffsOf(input, nearPercent));
      }),
    ));
  leave(sides.before, before, { planned, subjects, carryOut, opening });
  leave(sides.after, after, { planned: wanted, subjects, carryOut, opening: openingAfter });
  const problem = 'problem' in before ? before.problem : 'problem' in after ? after.problem : undefined;
  const { contract, currency, covered } = wanted;
  return {
    cliffs,
    period: {
      contract,
      start: covered.start,
      end: covered.end,
      ...(running ? { running } : {}),
      currency,
      ...('amount' in before ? { before: before.amount } : {}),
      ...('amount' in after ? { after: after.amount } : {}),
      ...('amount' in before && 'amount' in after
        ? { difference: differenceOf(before.amount, after.amount, currency) }
        : {}),
      ...(problem === undefined ? {} : { problem }),
      usageHash,
    },
  };
};

const differenceOf = (before: string, after: string, currency: string): string =>
  formatFixed(subtract(parseDecimal(after), parseDecimal(before)), exponentOf(currency));
