import { currencyFlaws } from './contract-references.ts';
import { repeated } from './contract-rules.ts';
import type { Lookup } from './lookup.ts';
import { capacityMeterFlaws, meterFlaws } from './meter-rules.ts';
import { priceFlaws } from './price-rules.ts';
import type { Flaw } from './shape.ts';
import type { Price, PriceBook, ProposedEntry } from './types.ts';

/**
 * What is wrong with a price book: its prices, the meters that they name, the version that it says it supersedes, and
 * contracts that would stand without a price or a rate of exchange once it takes effect. Paths start at the book.
 */
export const priceBookFlaws = (entry: ProposedEntry<'price-book'>, lookup: Lookup): Flaw[] => {
  const { body, effectiveFrom } = entry;
  const flaws = repeated(
    body.prices.map((price) => price.id),
    '/prices',
  );
  body.prices.forEach((price, n) => {
    const path = `/prices/${n}`;
    flaws.push(...priceFlaws(price, path), ...metersFlaws(price, path, effectiveFrom, lookup));
  });
  const published = lookup.versions('price-book', body.id);
  const superseded = published.find(({ version }) => version === body.supersedes);
  if (body.supersedes !== undefined && superseded === undefined) {
    const numbers = published.map(({ version }) => version).join(', ');
    const has = numbers === '' ? 'none is published' : `there are ${numbers}`;
    flaws.push({ path: '/supersedes', message: `there is no version ${body.supersedes} of "${body.id}"; ${has}` });
  }
  // What it supersedes, it supersedes in closed periods too: from there on contracts must find their prices in it.
  const begun =
    superseded !== undefined && superseded.effectiveFrom < effectiveFrom ? superseded.effectiveFrom : effectiveFrom;
  return [...flaws, ...strandedFlaws(body, begun, lookup)];
};

const metersFlaws = (price: Price, path: string, effectiveFrom: string, lookup: Lookup): Flaw[] => {
  const flaws = capacityMeterFlaws(price.steps, `${path}/steps`, lookup);
  if (price.meter === undefined) return flaws;
  const meter = lookup.body('meter', price.meter, effectiveFrom);
  if (meter === undefined) {
    return [...flaws, { path: `${path}/meter`, message: `there is no meter "${price.meter}" at ${effectiveFrom}` }];
  }
  return [...flaws, ...meterFlaws(price, meter, path)];
};

/** Contracts that name this book from then on, and what they would miss in it. Those proposed with it see it themselves. */
const strandedFlaws = (body: PriceBook, effectiveFrom: string, lookup: Lookup): Flaw[] => {
  const day = effectiveFrom.slice(0, 10);
  return lookup
    .holdingFrom('contract', effectiveFrom)
    .flatMap((entry) => (entry.proposed && entry.effectiveFrom >= effectiveFrom ? [] : [entry.body]))
    .filter((contract) => contract.priceBook === body.id && (contract.end === undefined || contract.end > day))
    .flatMap((contract): Flaw[] => {
      const missing = contract.items.flatMap(({ id, price }): Flaw[] => {
        if (body.prices.some((candidate) => candidate.id === price)) return [];
        const message = `has no price "${price}", which the item "${id}" of contract "${contract.id}" uses: keep it, or amend the contract with this`;
        return [{ path: '/prices', message }];
      });
      const currency = currencyFlaws(contract, body, effectiveFrom, lookup).map(({ message }) => ({
        path: '/currency',
        message: `contract "${contract.id}" is in ${contract.currency}; ${message}`,
      }));
      return [...missing, ...currency];
    });
};
