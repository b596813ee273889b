import { compare, isZero, parseDecimal } from '../platform/decimal.ts';
import { cliffSentence, cliffsOf, type PriceOf } from './cliffs.ts';
import { itemFrames } from './item-frames.ts';
import type { Lookup } from './lookup.ts';
import { saysNoRevenue } from './mapping-rules.ts';
import { stepOf } from './price-rules.ts';
import { holds } from './tier-rules.ts';
import type { Mapping, Price, PriceStep, ProposedEntry, PublicationWarning } from './types.ts';
import { money } from './words.ts';

/** A price with where it stands: `path` in its entry, `name` in the keys of its warnings. */
type Placed = { readonly path: string; readonly name: string; readonly price: Price; readonly currency: string };

/**
 * What of an entry is allowed, but seldom meant: prices of zero, discounts that take all, edges beyond which more usage
 * costs less, documents without revenue recognition. Whoever proposes it must accept each by its key; whoever approves sees what was accepted. The key is made
 * of what is doubted and where, so it stays the same when the same wish is repeated.
 */
export const warningsOf = (entry: ProposedEntry, lookup: Lookup, priceOf: PriceOf): PublicationWarning[] => {
  const placed = placedPrices(entry, lookup);
  const discounts = entry.kind === 'contract' ? (entry as ProposedEntry<'contract'>).body.discounts : undefined;
  const warnings = placed.flatMap((each) =>
    warningsOfPrice(each, unitOf(each.price, entry.effectiveFrom, lookup), priceOf),
  );
  discounts?.forEach((discount, n) => {
    if (discount.percent === undefined || compare(parseDecimal(discount.percent), HUNDRED) < 0) return;
    const message = `"${discount.description}" takes all off${discount.until === undefined ? ', for ever' : ` until ${discount.until}`}`;
    warnings.push({ code: 'discount-100', name: discount.id, path: `/discounts/${n}/percent`, message });
  });
  if (entry.kind === 'mapping') warnings.push(...unrecognized((entry as ProposedEntry<'mapping'>).body));
  if (entry.kind === 'contract') warnings.push(...chargedTwice(entry as ProposedEntry<'contract'>, lookup));
  return warnings.map(({ code, name, path, message }) => ({
    key: `${code}:${entry.id}/${name}`,
    kind: entry.kind,
    id: entry.id,
    path,
    message,
  }));
};

const HUNDRED = parseDecimal('100');

type Doubt = { readonly code: string; readonly name: string; readonly path: string; readonly message: string };

const placedPrices = (entry: ProposedEntry, lookup: Lookup): Placed[] => {
  if (entry.kind === 'price-book') {
    const { prices, currency } = (entry as ProposedEntry<'price-book'>).body;
    return prices.map((price, n) => ({ path: `/prices/${n}/steps`, name: price.id, price, currency }));
  }
  if (entry.kind !== 'contract') return [];
  const { items, priceBook } = (entry as ProposedEntry<'contract'>).body;
  const book = lookup.body('price-book', priceBook, entry.effectiveFrom);
  return items.flatMap((item, n): Placed[] => {
    const price = book?.prices.find((candidate) => candidate.id === item.price);
    if (book === undefined || price === undefined) return [];
    return itemFrames(item, price)
      .filter(({ own }) => own)
      .map((frame) => ({
        path: `/items/${n}${frame.path}`,
        name: frame.from === undefined ? item.id : `${item.id}@${frame.from}`,
        price: frame.price,
        currency: book.currency,
      }));
  });
};

/** Items that charge the same usage by the same price: a fee may be agreed twice, usage is paid for once. */
const chargedTwice = ({ body, effectiveFrom }: ProposedEntry<'contract'>, lookup: Lookup): Doubt[] => {
  const book = lookup.body('price-book', body.priceBook, effectiveFrom);
  const metered = new Set(book?.prices.flatMap(({ id, meter }) => (meter === undefined ? [] : [id])));
  return body.items.flatMap(({ id, price }, n, items): Doubt[] => {
    const other = items.findIndex((item) => item.price === price);
    if (other === n || !metered.has(price)) return [];
    const message = `charges the usage that the item "${items[other]?.id}" charges by the price "${price}" already`;
    return [{ code: 'charged-twice', name: id, path: `/items/${n}/price`, message }];
  });
};

/** A mapping of documents that leaves it to the ERP when their lines become revenue. */
const unrecognized = (mapping: Mapping): Doubt[] => {
  if (!saysNoRevenue(mapping)) return [];
  const message =
    'sends no dates of revenue recognition: NetSuite recognizes each line as its item says, from the date of the document on; make an item line of each of "lines.revenue" with its "from" and "through"';
  return [{ code: 'no-recognition', name: 'expression', path: '/expression', message }];
};

/** The unit that the charge of a price counts in. */
const unitOf = (price: Price, effectiveFrom: string, lookup: Lookup): string =>
  stepOf(price.steps, 'unit-conversion')?.unit ??
  (price.meter === undefined ? undefined : lookup.body('meter', price.meter, effectiveFrom)?.unit) ??
  'unit';

const warningsOfPrice = ({ path, name, price, currency }: Placed, unit: string, priceOf: PriceOf): Doubt[] => {
  const free = price.steps.flatMap((step, n): Doubt[] =>
    costsNothing(step)
      ? [
          {
            code: 'zero-price',
            name: `${name}:${step.step}`,
            path: `${path}/${n}`,
            message: `${step.step} costs nothing`,
          },
        ]
      : [],
  );
  const discount = price.steps.flatMap((step, n): Doubt[] =>
    step.step === 'percentage-discount' && compare(parseDecimal(step.percent), HUNDRED) === 0
      ? [{ code: 'discount-100', name, path: `${path}/${n}/percent`, message: 'takes all off' }]
      : [],
  );
  const cliffs = cliffsOf(price, unit, currency, priceOf).map(
    (cliff): Doubt => ({
      code: 'cliff',
      name: `${name}:${cliff.quantity}`,
      path: `${path}/${cliff.step}/tiers/${cliff.tier + 1}`,
      message: cliffSentence(cliff, unit, currency),
    }),
  );
  return [...free, ...discount, ...cliffs, ...smallerForMore(price, path, name, currency)];
};

/** Tiers of a capacity that fit more than the one before and cost less. A tier's price is its amount: nothing is computed. */
const smallerForMore = (price: Price, path: string, name: string, currency: string): Doubt[] =>
  price.steps.flatMap((step, n): Doubt[] => {
    if (step.step !== 'capacity') return [];
    return step.tiers.flatMap((tier, t): Doubt[] => {
      const before = step.tiers[t - 1];
      if (before?.limits === undefined || before.limits === null) return [];
      const isLarger = tier.limits === null || holds(tier.limits, before.limits);
      if (!isLarger || compare(parseDecimal(tier.price), parseDecimal(before.price)) >= 0) return [];
      const message = `tier ${t + 1} fits more than tier ${t} and costs less: ${money(tier.price, currency)}, not ${money(before.price, currency)}`;
      return [{ code: 'cliff', name: `${name}:tier-${t + 1}`, path: `${path}/${n}/tiers/${t}`, message }];
    });
  });

const zero = (...amounts: readonly (string | undefined)[]): boolean =>
  amounts.every((amount) => amount === undefined || isZero(parseDecimal(amount)));

/** Whether a step that is there to charge something can never charge anything. */
const costsNothing = (step: PriceStep): boolean => {
  switch (step.step) {
    case 'per-unit':
    case 'seats':
      return zero(step.unitPrice);
    case 'package':
      return zero(step.price);
    case 'recurring-fee':
    case 'one-time-fee':
      return zero(step.amount);
    case 'graduated':
    case 'volume':
      return step.tiers.every(({ unitPrice, percent, flatFee }) => zero(unitPrice, percent, flatFee));
    case 'stairstep':
    case 'capacity':
      return step.tiers.every(({ price }) => zero(price));
    case 'percentage':
      return zero(step.percent, step.fixed, step.transactionMinimum);
    case 'matrix':
      return zero(step.otherwise, ...step.cells.map(({ unitPrice }) => unitPrice));
    default:
      return false;
  }
};
