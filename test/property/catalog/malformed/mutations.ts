import type { Draw } from '../../../rating/generate/draw.ts';
import { at, isObject, type Json, type JsonObject, type Place, placesIn, put } from './tree.ts';
import { BOOK, CONTRACT, RATE } from './world.ts';

/** Entries as JSON, to be changed in place. */
export type Entries = { body: JsonObject; effectiveFrom: Json }[];

/**
 * Makes nonsense of valid entries, in place. Answers which entry it spoiled, or `undefined` where there is nothing of that
 * kind to spoil. What it makes can never be meant, whatever was there before.
 */
export type Mutation = (entries: Entries, draw: Draw) => number | undefined;

const spoilable = [BOOK, CONTRACT, RATE];
const bodyOf = (entries: Entries, n: number): JsonObject => entries[n]?.body ?? {};

/** Changes one of the places that fit, in one of the three bodies. */
const anywhere =
  (fits: (place: Place) => boolean, change: (place: Place, draw: Draw) => void, among = spoilable): Mutation =>
  (entries, draw) => {
    const n = draw.pick(among);
    const places = placesIn(bodyOf(entries, n)).filter(fits);
    if (places.length === 0) return undefined;
    change(draw.pick(places), draw);
    return n;
  };

const named =
  (...names: readonly string[]) =>
  (place: Place): boolean =>
    names.includes(String(place.name));

/** Names of fields that hold a decimal text. `price` is an id in an item of a contract, `maximum` an object in a contract. */
const DECIMALS = [
  'unitPrice',
  'per',
  'percent',
  'flatFee',
  'cap',
  'multiplyBy',
  'divideBy',
  'quantity',
  'size',
  'fixed',
  'transactionMinimum',
  'transactionMaximum',
  'otherwise',
  'amount',
  'overageFactor',
  'minimum',
  'maximum',
  'limit',
  'rate',
  'upTo',
  'peak',
  'hits',
];
const isDecimal = (place: Place): boolean => named(...DECIMALS)(place) && typeof at(place) === 'string';
const NO_DECIMALS = [
  '1e5',
  '1,000',
  '-1',
  '-0.01',
  'NaN',
  'Infinity',
  '0x10',
  '1.',
  '.5',
  ' 1',
  '1 ',
  '+1',
  '１',
  'zwölf',
  '9'.repeat(61),
];

const isNullable = ({ name }: Place): boolean => name === 'upTo' || name === 'limits';
const kindOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const OTHERS: readonly Json[] = [7, true, 'text', [], {}, [[]], { step: {} }, { length: 1 }];

const STRANGE = ['colour', 'unitprice', 'Amount', '__proto__', 'constructor', 'toString', 'hasOwnProperty', ' '];
/** Fields whose object takes any names. */
const isOpen = ({ name }: Place): boolean => name === 'limits';

const REFERENCES = ['meter', 'account', 'payer', 'entity', 'priceBook', 'policy'];
const isReference = (place: Place): boolean =>
  (named(...REFERENCES)(place) && typeof at(place) === 'string') ||
  /\/(covers|groups\/\d+\/items)\/\d+$/.test(place.path);

/** Mutations that know only the form of entries. */
export const FORMAL: Readonly<Record<string, Mutation>> = {
  'a value of another type': anywhere(
    () => true,
    (place, draw) => {
      const now = kindOf(at(place));
      // An empty list or object may be right where a list or object stands; a text where a text stands.
      const others = OTHERS.filter((other) => kindOf(other) !== now);
      if (isNullable(place)) put(place, draw.pick([7, true, []]));
      else put(place, draw.pick<Json>([...others, null]));
    },
  ),
  'an empty text': anywhere(
    (place) => typeof at(place) === 'string',
    (place, draw) => put(place, draw.pick(['', ' ', '\n'])),
  ),
  'no decimal': anywhere(isDecimal, (place, draw) => put(place, draw.pick(NO_DECIMALS))),
  'a decimal as a number': anywhere(isDecimal, (place) => put(place, Number(at(place)))),
  'an unknown field': anywhere(
    (place) => isObject(at(place)) && !isOpen(place),
    (place, draw) => {
      const value = at(place) as JsonObject;
      // As it comes out of JSON: an own field, also when it is named __proto__.
      put(place, JSON.parse(JSON.stringify(value).replace('{', `{${JSON.stringify(draw.pick(STRANGE))}:1,`)));
    },
  ),
  'an unknown step': anywhere(named('step'), (place, draw) =>
    put(place, draw.pick(['discount', 'Volume', 'per_unit', 'toString', '__proto__', 'constructor'])),
  ),
  'no such day': anywhere(named('from', 'until', 'expires', 'start', 'end', 'trialUntil', 'on'), (place, draw) =>
    put(
      place,
      draw.pick(['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '2026-02-29', 'soon', '2026-01-01T00:00:00Z']),
    ),
  ),
  'no id': anywhere(named('id', 'product', 'feature', 'pool'), (place, draw) =>
    put(place, draw.pick(['Not An Id', 'ä', '-x', '../x', 'a#b', 'A'])),
  ),
  'a name of nothing': anywhere(isReference, (place, draw) =>
    put(place, draw.pick(['nobody', 'constructor', 'tostring'])),
  ),
  'an unknown choice': anywhere(
    named(
      'proration',
      'rounding',
      'billing',
      'every',
      'accumulate',
      'kind',
      'enforcement',
      'cadence',
      'fxDate',
      'by',
      'over',
    ),
    (place, draw) => put(place, draw.pick(['sometimes', 'Day', 'toString'])),
  ),
  'a currency that there is not': anywhere(named('currency', 'to'), (place, draw) => {
    if (typeof at(place) === 'string') put(place, draw.pick(['usd', 'US', 'DOLLAR', 'ZZZ', '$']));
    else put(place, 25);
  }),
  'not a whole number': anywhere(
    (place) => typeof at(place) === 'number',
    (place, draw) => put(place, draw.pick([1.5, -1, 1e21, 2_000_000_000])),
  ),
  'an instant inside a slot': (entries, draw) => {
    const n = draw.pick(spoilable);
    const entry = entries[n];
    if (entry === undefined) return undefined;
    entry.effectiveFrom = draw.pick([
      '2026-01-01T00:07:00.000Z',
      '2026-01-01',
      '2026-13-01T00:00:00.000Z',
      'now',
      '2026-01-01T00:00:00Z',
    ]);
    return n;
  },
};

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  book: ['id', 'name', 'currency', 'prices'],
  price: ['id', 'product', 'description', 'perDimensions', 'steps'],
  contract: [
    'id',
    'account',
    'payer',
    'entity',
    'currency',
    'zone',
    'start',
    'anchorDay',
    'cadence',
    'priceBook',
    'items',
    'policy',
  ],
  rate: ['id', 'from', 'to', 'rate', 'source'],
};

const without = (holder: Json | undefined, fields: readonly string[], draw: Draw): void => {
  if (isObject(holder)) delete holder[draw.pick(fields)];
};
const listIn = (holder: JsonObject, name: string): JsonObject[] => (holder[name] ?? []) as JsonObject[];

/** Fields that must be there. */
export const MISSING: Readonly<Record<string, Mutation>> = {
  'a field of the book is missing': (entries, draw) => {
    without(bodyOf(entries, BOOK), REQUIRED.book ?? [], draw);
    return BOOK;
  },
  'a field of a price is missing': (entries, draw) => {
    without(draw.pick(listIn(bodyOf(entries, BOOK), 'prices')), REQUIRED.price ?? [], draw);
    return BOOK;
  },
  'a field of a step is missing': anywhere(
    (place) =>
      // What rolls over may be without a bound.
      !place.path.endsWith('/rollover/upTo') &&
      named(
        'unitPrice',
        'size',
        'trueUp',
        'percent',
        'amount',
        'tiers',
        'cells',
        'dimensions',
        'proration',
        'rounding',
        'step',
        'upTo',
        'unit',
      )(place),
    ({ holder, name }) => {
      if (!isObject(holder)) return;
      // What may be absent of a tier, a discount or a conversion is needed as long as nothing stands for it.
      for (const other of ['flatFee', 'cap', 'per']) if (name === 'unitPrice') delete holder[other];
      delete holder[String(name)];
    },
    [BOOK],
  ),
  'a field of the contract is missing': (entries, draw) => {
    without(bodyOf(entries, CONTRACT), REQUIRED.contract ?? [], draw);
    return CONTRACT;
  },
  'a field of the rate is missing': (entries, draw) => {
    without(bodyOf(entries, RATE), REQUIRED.rate ?? [], draw);
    return RATE;
  },
  'an empty list': anywhere(
    (place) => Array.isArray(at(place)) && !named('perDimensions')(place),
    (place) => put(place, []),
    [BOOK, CONTRACT],
  ),
};
