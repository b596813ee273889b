import type { Draw } from '../../../rating/generate/draw.ts';
import type { Entries, Mutation } from './mutations.ts';
import type { Json, JsonObject } from './tree.ts';
import { BOOK } from './world.ts';

/** Prices whose form is right and that still cannot mean anything. */

const pricesOf = (entries: Entries): JsonObject[] => (entries[BOOK]?.body.prices ?? []) as JsonObject[];
const stepsOf = (price: JsonObject): JsonObject[] => price.steps as JsonObject[];
const indexOf = (price: JsonObject, name: string): number => stepsOf(price).findIndex((step) => step.step === name);
const CHARGES = [
  'per-unit',
  'graduated',
  'volume',
  'package',
  'stairstep',
  'percentage',
  'matrix',
  'dynamic',
  'capacity',
  'seats',
];

/** Spoils one of the prices that have a step of that name. */
const with_ =
  (name: string, spoil: (step: JsonObject, price: JsonObject, draw: Draw) => void): Mutation =>
  (entries, draw) => {
    const prices = pricesOf(entries).filter((price) => indexOf(price, name) >= 0);
    if (prices.length === 0) return undefined;
    const price = draw.pick(prices);
    const step = stepsOf(price)[indexOf(price, name)];
    if (step === undefined) return undefined;
    spoil(step, price, draw);
    return BOOK;
  };

/** Spoils one of the prices that fit. */
const price =
  (fits: (price: JsonObject) => boolean, spoil: (price: JsonObject, draw: Draw) => void): Mutation =>
  (entries, draw) => {
    const prices = pricesOf(entries).filter(fits);
    if (prices.length === 0) return undefined;
    spoil(draw.pick(prices), draw);
    return BOOK;
  };

const isMetered = (each: JsonObject): boolean => each.meter !== undefined;
const has =
  (...names: readonly string[]) =>
  (each: JsonObject): boolean =>
    names.some((name) => indexOf(each, name) >= 0);
const list = (holder: JsonObject, name: string): JsonObject[] => holder[name] as JsonObject[];

/** Puts a step where the order of the arithmetic has it, in place of one of its name. */
const insert = (each: JsonObject, step: JsonObject, first: boolean): void => {
  const steps = stepsOf(each).filter((other) => other.step !== step.step);
  each.steps = first ? [step, ...steps] : [...steps, step];
};

/** Charges that go by single levels, peaks or transactions. */
const isWhole = (each: JsonObject): boolean =>
  has('seats', 'capacity')(each) ||
  stepsOf(each).some((step) => step.by === 'changes' || (step.step === 'percentage' && step.fixed !== undefined));

const tiered = (spoil: (tiers: JsonObject[], draw: Draw) => void): Mutation =>
  price(has('graduated', 'volume', 'stairstep'), (each, draw) => {
    const step = stepsOf(each).find(({ tiers }) => tiers !== undefined);
    if (step !== undefined) spoil(list(step, 'tiers'), draw);
  });

const windows: JsonObject = { every: 'day' };

export const PRICES: Readonly<Record<string, Mutation>> = {
  'two charges': price(isMetered, (each, draw) => {
    const now = CHARGES.find((name) => indexOf(each, name) >= 0);
    const others: JsonObject[] = [
      { step: 'per-unit', unitPrice: '1' },
      { step: 'dynamic', multiplyBy: '1' },
      { step: 'volume', tiers: [{ upTo: null, unitPrice: '1' }] },
    ];
    const other = draw.pick(others.filter(({ step }) => step !== now));
    each.steps = [...stepsOf(each), other];
  }),
  'a step twice': price(
    () => true,
    (each, draw) => {
      each.steps = [...stepsOf(each), draw.pick(stepsOf(each))];
    },
  ),
  'steps in another order': price(
    (each) => stepsOf(each).length > 1,
    (each) => {
      each.steps = stepsOf(each).toReversed();
    },
  ),
  'no charge': price(isMetered, (each) => {
    each.steps = [{ step: 'recurring-fee', amount: '5', proration: 'day' }];
  }),
  'usage without a meter': price(isMetered, (each) => {
    delete each.meter;
  }),
  'a fee without a fee': price(
    (each) => !isMetered(each),
    (each, draw) => {
      each.steps = [
        draw.pick<JsonObject>([
          { step: 'minimum', amount: '5' },
          { step: 'percentage-discount', percent: '5' },
        ]),
      ];
    },
  ),
  'a meter that does not exist': price(isMetered, (each) => {
    each.meter = 'heat';
  }),
  'a meter without levels': price(
    (each) => has('seats')(each) || stepsOf(each).some((step) => step.by === 'changes'),
    (each, draw) => {
      each.meter = draw.pick(['hits', 'calls', 'peak']);
    },
  ),
  'a meter without transactions': with_('percentage', (step, each, draw) => {
    step.fixed = '0.3';
    each.meter = draw.pick(['hits', 'seats', 'peak']);
  }),
  'a dimension that the meter has not': price(isMetered, (each) => {
    each.perDimensions = ['planet'];
  }),
  'a dimension twice': price(
    (each) => each.meter === 'calls',
    (each) => {
      each.perDimensions = ['region', 'region'];
    },
  ),
  'tiers that overlap': tiered((tiers, draw) => {
    const n = draw.int(0, tiers.length - 2);
    const { upTo } = tiers[n] ?? {};
    tiers.splice(n + 1, 0, { ...tiers[n], upTo: draw.pick([upTo ?? '1', '0.5']) });
  }),
  'a gap behind the last tier': tiered((tiers) => {
    const last = tiers.at(-1);
    if (last !== undefined) last.upTo = '1000000';
  }),
  'a tier behind the last': tiered((tiers) => {
    const [first] = tiers;
    if (first !== undefined) first.upTo = null;
  }),
  'a tier without a price': price(has('graduated', 'volume'), (each, draw) => {
    const step = stepsOf(each).find(({ tiers }) => tiers !== undefined);
    const tiers = step === undefined ? [] : list(step, 'tiers');
    const n = draw.int(0, tiers.length - 1);
    tiers[n] = { upTo: tiers[n]?.upTo ?? null, ...draw.maybe(2, () => ({ cap: '5' })) };
  }),
  'a block without a price': price(has('graduated', 'volume'), (each) => {
    const step = stepsOf(each).find(({ tiers }) => tiers !== undefined);
    const [first] = step === undefined ? [] : list(step, 'tiers');
    if (first === undefined) return;
    delete first.unitPrice;
    first.flatFee = '5';
    first.per = '10';
  }),
  'a tier that ends at zero': tiered((tiers) => tiers.unshift({ ...tiers[0], upTo: '0' })),
  'a matrix of four dimensions': with_('matrix', (step, each) => {
    step.dimensions = ['region', 'size', 'tone', 'mode'];
    step.cells = [{ values: ['a', 'b', 'c', 'd'], unitPrice: '1' }];
    each.perDimensions = [];
  }),
  'a matrix of one dimension twice': with_('matrix', (step) => {
    step.dimensions = ['region', 'region'];
    step.cells = [{ values: ['a', 'b'], unitPrice: '1' }];
  }),
  'a matrix of an unknown dimension': with_('matrix', (step) => {
    step.dimensions = ['planet'];
    step.cells = [{ values: ['mars'], unitPrice: '1' }];
  }),
  'a cell of another size': with_('matrix', (step) => {
    const [first] = list(step, 'cells');
    if (first !== undefined) first.values = [...(first.values as Json[]), 'more'];
  }),
  'a cell twice': with_('matrix', (step) => {
    const cells = list(step, 'cells');
    step.cells = [...cells, { ...cells[0] }];
  }),
  'a matrix that pools what it converts': with_('matrix', (_, each, draw) => {
    each.perDimensions = [];
    const step = draw.pick<JsonObject>([
      { step: 'allowance', quantity: '5' },
      { step: 'unit-conversion', multiplyBy: '2', unit: 'thousand' },
    ]);
    insert(each, step, true);
  }),
  'a capacity of an unknown meter': with_('capacity', (step) => {
    const [first] = list(step, 'tiers');
    if (first !== undefined) first.limits = { heat: '5' };
  }),
  'a capacity that not everything fits': with_('capacity', (step) => {
    const last = list(step, 'tiers').at(-1);
    if (last !== undefined) last.limits = { peak: '1000', hits: '1000' };
  }),
  'a capacity tier that is never reached': with_('capacity', (step, _, draw) => {
    list(step, 'tiers').splice(1, 0, { limits: draw.pick<Json>([null, { peak: '10', hits: '99' }, {}]), price: '5' });
  }),
  'capacity by dimension': with_('capacity', (_, each) => {
    each.perDimensions = ['account'];
  }),
  'both factors': with_('unit-conversion', (step) => {
    step.multiplyBy = '2';
    step.divideBy = '2';
  }),
  'no factor': with_('unit-conversion', (step) => {
    delete step.multiplyBy;
    delete step.divideBy;
  }),
  'windows of what is whole': price(isWhole, (each) => {
    each.windowed = windows;
  }),
  'a contract year of what is whole': price(isWhole, (each) => {
    each.accumulate = 'contract-year';
  }),
  'an allowance before what is whole': price(isWhole, (each, draw) => {
    const step = draw.pick<JsonObject>([
      { step: 'allowance', quantity: '5' },
      { step: 'unit-conversion', multiplyBy: '2', unit: 'thousand' },
    ]);
    insert(each, step, true);
  }),
  'windows and a contract year': price(isMetered, (each) => {
    each.windowed = windows;
    each.accumulate = 'contract-year';
  }),
  'windows of a fee': price(
    (each) => !isMetered(each),
    (each, draw) => {
      if (draw.onceIn(2)) each.windowed = windows;
      else each.accumulate = 'contract-year';
    },
  ),
  'windows charged ahead': price(isMetered, (each) => {
    each.windowed = windows;
    each.steps = [
      { step: 'per-unit', unitPrice: '1' },
      { step: 'minimum', amount: '5', billing: 'advance' },
    ];
  }),
  'hours that end before they begin': price(isMetered, (each, draw) => {
    each.windowed = {
      every: 'hour',
      hours: [
        draw.pick([
          { from: 9, to: 9 },
          { from: 22, to: 6 },
        ]),
      ],
    };
  }),
  'hours that overlap': price(isMetered, (each) => {
    each.windowed = {
      every: 'hour',
      hours: [
        { from: 8, to: 12 },
        { from: 11, to: 13 },
      ],
    };
  }),
  'a contract year of what does not add up': price(isMetered, (each, draw) => {
    each.meter = draw.pick(['seats', 'peak']);
    each.steps = [{ step: 'per-unit', unitPrice: '1' }];
    each.accumulate = 'contract-year';
  }),
  'days of what does not add up': price(isMetered, (each, draw) => {
    each.meter = draw.pick(['seats', 'peak']);
    each.perDimensions = [];
    each.steps = [{ step: 'per-unit', unitPrice: '1' }];
    each.windowed = windows;
  }),
  'an allowance that rolls over in windows': price(isMetered, (each, draw) => {
    const how = draw.pick<JsonObject>([{ pool: 'shared' }, { rollover: { periods: 2 } }]);
    each.steps = [
      { step: 'allowance', quantity: '5', ...how },
      { step: 'per-unit', unitPrice: '1' },
    ];
    if (draw.onceIn(2)) each.accumulate = 'contract-year';
    else each.windowed = windows;
  }),
  'a minimum above the maximum': price(isMetered, (each) => {
    insert(each, { step: 'minimum', amount: '2000' }, false);
    insert(each, { step: 'maximum', amount: '1999.99' }, false);
  }),
  'a commitment above the maximum': price(isMetered, (each) => {
    each.meter = 'hits';
    each.perDimensions = [];
    each.steps = [
      { step: 'per-unit', unitPrice: '1' },
      { step: 'commitment', amount: '500', trueUp: true },
      { step: 'maximum', amount: '499' },
    ];
    delete each.windowed;
  }),
  'a fee that is the maximum': with_('recurring-fee', (step, each) => {
    insert(each, { step: 'maximum', amount: step.amount ?? '' }, false);
  }),
  'more than all off': price(isMetered, (each) => {
    insert(each, { step: 'percentage-discount', percent: '100.01' }, false);
    each.steps = stepsOf(each).filter(({ step }) => !['amount-discount', 'minimum', 'maximum'].includes(String(step)));
  }),
  'an amount off what is nothing': price(isMetered, (each) => {
    insert(each, { step: 'percentage-discount', percent: '100' }, false);
    insert(each, { step: 'amount-discount', amount: '5' }, false);
    each.steps = stepsOf(each).filter(({ step }) => !['minimum', 'maximum'].includes(String(step)));
  }),
  'a commitment that changes nothing': with_('commitment', (step, _, draw) => {
    step.trueUp = false;
    if (draw.onceIn(2)) delete step.overageFactor;
    else step.overageFactor = '1';
  }),
  'a transaction that costs more than at most': with_('percentage', (step, each) => {
    each.meter = 'calls';
    step.transactionMinimum = '2';
    step.transactionMaximum = '1.99';
  }),
  'a fee that is used': price(
    (each) => !isMetered(each),
    (each) => {
      each.recognition = 'as-used';
    },
  ),
  'a fee by dimension': price(
    (each) => !isMetered(each),
    (each) => {
      each.perDimensions = ['region'];
    },
  ),
  'a price twice': (entries, draw) => {
    const prices = pricesOf(entries);
    prices.push({ ...draw.pick(prices) });
    return BOOK;
  },
  'a price that a contract misses': (entries, draw) => {
    const prices = pricesOf(entries);
    prices.splice(draw.int(0, prices.length - 1), 1);
    return BOOK;
  },
  'a version that it cannot supersede': (entries, draw) => {
    const body = entries[BOOK]?.body;
    if (body === undefined) return undefined;
    body.supersedes = draw.pick([1, 7]);
    return BOOK;
  },
};
