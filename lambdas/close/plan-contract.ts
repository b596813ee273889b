import type { CatalogEntry, Contract, FxRate, PriceBook, PriceStep } from '../catalog/types.ts';
import type { ContractInPeriod } from './contracts-in.ts';
import { fxRateOf } from './fx-rate.ts';
import type { ClosePorts } from './ports.ts';
import type { PlannedContract } from './records.ts';
import type { Repins } from './superseding-books.ts';

/** What is missing in the catalog before a contract can be rated, in words. */
export type PlanGapOf = { readonly kind: 'missing-price' | 'missing-fx-rate'; readonly what: string };

export type PlanKnown = {
  readonly knownAt: string;
  /** What earlier billings of these dates pinned for the account. */
  readonly pinned: readonly PlannedContract[];
  readonly repins: Repins;
  /** Every rate of exchange, for whoever plans many contracts; asked for only where one is needed. Absent: read. */
  readonly fxRates?: () => Promise<readonly CatalogEntry<FxRate>[]>;
};

/**
 * The versions to rate a contract with. The contract is the one that is known now: an amendment of a time that was
 * billed is new knowledge. Its prices are not: the price book is the one in force when the part begins, and what an
 * earlier billing pinned of it stays, unless a person approved the book that supersedes it. `undefined`: nothing is
 * charged in advance, so there is nothing to rate before the first period.
 */
export const planContract = async (
  ports: Pick<ClosePorts, 'catalog'>,
  { entry, period, part, covered, active, ahead }: ContractInPeriod,
  { knownAt, pinned, repins, fxRates = () => ports.catalog.history('fx-rate') }: PlanKnown,
): Promise<{ readonly planned: PlannedContract; readonly gap?: PlanGapOf } | undefined> => {
  const contract = entry.body;
  const before = firstBilling(pinned, contract, period.start, covered.start);
  const book = await bookOf(ports, contract, before, active.from, knownAt, repins);
  if (ahead && !chargesAhead(contract, book)) return undefined;
  const planned: PlannedContract = {
    contract: contract.id,
    contractVersion: entry.version,
    priceBook: contract.priceBook,
    priceBookVersion: book?.version ?? 0,
    policy: contract.policy,
    payer: contract.payer,
    entity: contract.entity,
    currency: contract.currency,
    period,
    ...(part === undefined ? {} : { part }),
    covered,
    active,
    ...(ahead ? { ahead } : {}),
    ...(contract.covers === undefined || contract.covers.length === 0 ? {} : { covers: contract.covers }),
    pinned: before !== undefined,
  };
  if (book === undefined) {
    return { planned, gap: { kind: 'missing-price', what: `price book "${contract.priceBook}"` } };
  }
  if (book.body.currency === contract.currency) return { planned };
  const isSame = before?.fx?.from === book.body.currency && before.fx.to === contract.currency;
  if (isSame && before?.fx !== undefined) return { planned: { ...planned, fx: before.fx } };
  const found = fxRateOf(await fxRates(), contract, book.body.currency, period, knownAt);
  if ('missing' in found) return { planned, gap: { kind: 'missing-fx-rate', what: found.missing } };
  return { planned: { ...planned, fx: found.fx } };
};

/** The billing that pinned this part, or if the period was divided otherwise then, another part of the period. */
const firstBilling = (
  pinned: readonly PlannedContract[],
  contract: Contract,
  start: string,
  partStart: string,
): PlannedContract | undefined => {
  const own = pinned.filter(
    (each) => each.contract === contract.id && each.priceBook === contract.priceBook && each.period.start === start,
  );
  return own.find(({ covered }) => covered.start === partStart) ?? own[0];
};

const bookOf = async (
  ports: Pick<ClosePorts, 'catalog'>,
  contract: Contract,
  before: PlannedContract | undefined,
  effectiveAt: string,
  knownAt: string,
  repins: Repins,
): Promise<CatalogEntry<PriceBook> | undefined> => {
  const { priceBook } = contract;
  if (before === undefined || before.priceBookVersion === 0) {
    return ports.catalog.get('price-book', priceBook, { effectiveAt, knownAt });
  }
  return ports.catalog.version('price-book', priceBook, repins(priceBook, before.priceBookVersion));
};

const isAdvance = (step: PriceStep): boolean => 'billing' in step && step.billing === 'advance';

/** Whether an item charges in advance: by the steps of its price, of its own, or of its ramp. */
const chargesAhead = ({ items }: Contract, book: CatalogEntry<PriceBook> | undefined): boolean =>
  items.some(({ price, steps, ramp = [] }) => {
    const listed = book?.body.prices.find(({ id }) => id === price)?.steps ?? [];
    return [...(steps ?? listed), ...ramp.flatMap((each) => each.steps)].some(isAdvance);
  });
