import { viewOfPrice } from './describe-price.ts';
import type { BookChange, PriceBook, PricePart, PriceView } from './types.ts';

/**
 * What the second of two price books says otherwise, price by price and part by part, as sentences and as rows. The order
 * of prices says nothing, so moving one changes nothing. Pure.
 */
export const bookChanges = (before: PriceBook, after: PriceBook): BookChange[] => {
  const old = new Map(before.prices.map((price) => [price.id, viewOfPrice(price, before.currency)]));
  const now = new Map(after.prices.map((price) => [price.id, viewOfPrice(price, after.currency)]));
  return [
    ...bookParts(before, after),
    ...[...new Set([...now.keys(), ...old.keys()])].flatMap((id) => priceChanges(id, old.get(id), now.get(id))),
  ];
};

const bookParts = (before: PriceBook, after: PriceBook): BookChange[] => {
  const parts = (book: PriceBook): PricePart[] => [
    { step: 'book', part: 'name', text: book.name },
    { step: 'book', part: 'currency', text: book.currency },
    ...(book.supersedes === undefined
      ? []
      : [{ step: 'book', part: 'supersedes', text: `version ${book.supersedes}, closed periods too` }]),
  ];
  return partChanges('', 'The book', parts(before), parts(after));
};

const priceChanges = (id: string, old: PriceView | undefined, now: PriceView | undefined): BookChange[] => {
  const view = now ?? old;
  if (view === undefined) return [];
  const { description } = view;
  if (old !== undefined && now !== undefined) return partChanges(id, description, ownParts(old), ownParts(now));
  const row = { price: id, description, step: 'price', part: '' };
  const whole: BookChange =
    now === undefined
      ? { change: 'removed', ...row, before: description, sentence: `${description} (${id}) is gone` }
      : { change: 'added', ...row, after: description, sentence: `${description} (${id}) is new` };
  const [was, is] = now === undefined ? [termsOf(view), []] : [[], termsOf(view)];
  return [whole, ...partChanges(id, description, was, is)];
};

const ownParts = (view: PriceView): PricePart[] => [
  { step: 'price', part: 'description', text: view.description },
  ...termsOf(view),
];

const termsOf = ({ product, meter, parts }: PriceView): PricePart[] => [
  { step: 'price', part: 'product', text: product },
  ...(meter === undefined ? [] : [{ step: 'price', part: 'meter', text: meter }]),
  ...parts,
];

const partChanges = (
  price: string,
  description: string,
  before: readonly PricePart[],
  after: readonly PricePart[],
): BookChange[] => {
  const key = ({ step, part }: PricePart): string => JSON.stringify([step, part]);
  const old = new Map(before.map((each) => [key(each), each]));
  const now = new Map(after.map((each) => [key(each), each]));
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((each): BookChange[] => {
    const [was, is] = [old.get(each), now.get(each)];
    const named = is ?? was;
    if (named === undefined || was?.text === is?.text) return [];
    const { step, part } = named;
    const where = `${description}${price === '' ? '' : ` (${price})`}, ${part === '' ? step : `${step} ${part}`}`;
    const rest = { price, description, step, part };
    if (was === undefined) {
      return [
        { change: 'added', ...rest, after: named.text, sentence: `${where}: now "${named.text}", nothing before` },
      ];
    }
    if (is === undefined) {
      return [{ change: 'removed', ...rest, before: was.text, sentence: `${where}: no longer "${was.text}"` }];
    }
    const sentence = `${where}: "${is.text}" instead of "${was.text}"`;
    return [{ change: 'changed', ...rest, before: was.text, after: is.text, sentence }];
  });
};
