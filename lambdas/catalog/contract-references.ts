import { itemFrames } from './item-frames.ts';
import type { Lookup } from './lookup.ts';
import { capacityMeterFlaws, meterFlaws } from './meter-rules.ts';
import { payingFlaws } from './paying-rules.ts';
import { repeatedPools } from './pool-rules.ts';
import { stepFlaws } from './price-rules.ts';
import type { Flaw } from './shape.ts';
import type { Contract, PriceBook, ProposedEntry } from './types.ts';

const need = (lookup: Lookup, kind: 'account' | 'entity' | 'meter', id: string, path: string): Flaw[] =>
  lookup.exists(kind, id) ? [] : [{ path, message: `there is no ${kind} "${id}": publish it first or with this` }];

/**
 * What a contract names and whether it is there and fits: accounts, entity, policy, price book with every price, a rate of
 * exchange for another currency, the meters of its entitlements. Paths start at the contract.
 */
export const contractReferenceFlaws = (
  { body, effectiveFrom }: ProposedEntry<'contract'>,
  lookup: Lookup,
  policies: readonly string[],
): Flaw[] => {
  const flaws = [
    ...need(lookup, 'account', body.account, '/account'),
    ...need(lookup, 'account', body.payer, '/payer'),
    ...need(lookup, 'entity', body.entity, '/entity'),
    ...(body.covers ?? []).flatMap((account, n) => need(lookup, 'account', account, `/covers/${n}`)),
    ...(body.entitlements ?? []).flatMap(({ meter }, n) =>
      meter === undefined ? [] : need(lookup, 'meter', meter, `/entitlements/${n}/meter`),
    ),
    ...payingFlaws(body, effectiveFrom, lookup),
  ];
  if (!policies.includes(body.policy)) {
    const known = policies.join(', ');
    flaws.push({ path: '/policy', message: `there is no rating policy "${body.policy}"; there are ${known}` });
  }
  const book = lookup.body('price-book', body.priceBook, effectiveFrom);
  if (book === undefined) {
    const message = `there is no price book "${body.priceBook}" at ${effectiveFrom}`;
    return [...flaws, { path: '/priceBook', message }];
  }
  return [
    ...flaws,
    ...currencyFlaws(body, book, effectiveFrom, lookup),
    ...body.items.flatMap((_, n) => itemFlaws(body, n, book, effectiveFrom, lookup)),
    ...repeatedPools(body, book),
  ];
};

/**
 * A contract in another currency than its prices needs a published rate, from whenever on: which one converts a period is
 * the close's to find. Without any, every close would stop.
 */
export const currencyFlaws = (contract: Contract, book: PriceBook, effectiveFrom: string, lookup: Lookup): Flaw[] => {
  if (book.currency === contract.currency) return [];
  const rates = lookup.holdingFrom('fx-rate', effectiveFrom).map(({ body }) => body);
  if (rates.some(({ from, to }) => from === book.currency && to === contract.currency)) return [];
  const pair = `from ${book.currency} to ${contract.currency}`;
  const message = `the price book "${book.id}" is in ${book.currency}, and there is no fx-rate ${pair}: publish one or name a book in ${contract.currency}`;
  return [{ path: '/currency', message }];
};

const itemFlaws = (contract: Contract, n: number, book: PriceBook, effectiveFrom: string, lookup: Lookup): Flaw[] => {
  const item = contract.items[n];
  if (item === undefined) return [];
  const path = `/items/${n}`;
  const price = book.prices.find((candidate) => candidate.id === item.price);
  if (price === undefined) {
    return [{ path: `${path}/price`, message: `the price book "${book.id}" has no price "${item.price}"` }];
  }
  const frames = itemFrames(item, price);
  const flaws = frames
    .filter(({ own }) => own)
    .flatMap((frame): Flaw[] => {
      const at = `${path}${frame.path}`;
      const together = [...stepFlaws(frame.price, at), ...capacityMeterFlaws(frame.price.steps, at, lookup)];
      const meter = price.meter === undefined ? undefined : lookup.body('meter', price.meter, effectiveFrom);
      return meter === undefined ? together : [...together, ...meterFlaws(frame.price, meter, path, at)];
    });
  const fees = ['recurring-fee', 'one-time-fee'];
  if (
    item.quantity !== undefined &&
    !frames.some((frame) => frame.price.steps.some(({ step }) => fees.includes(step)))
  ) {
    flaws.push({
      path: `${path}/quantity`,
      message: `the price "${price.id}" has no fee that it could multiply: remove it`,
    });
  }
  return flaws;
};
