import type { Mutation } from './mutations.ts';
import { has, indexOf, insert, isMetered, price, pricesOf, stepsOf, withStep } from './spoil-price.ts';
import type { JsonObject } from './tree.ts';
import { BOOK } from './world.ts';

/** Prices whose form is right and that still cannot mean anything: their steps do not go together, or not with the meter. */

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

/** Charges that go by single levels, peaks or transactions. */
const isWhole = (each: JsonObject): boolean =>
  has('seats', 'capacity')(each) ||
  stepsOf(each).some((step) => step.by === 'changes' || (step.step === 'percentage' && step.fixed !== undefined));

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
  'a meter without transactions': withStep('percentage', (step, each, draw) => {
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
  'both factors': withStep('unit-conversion', (step) => {
    step.multiplyBy = '2';
    step.divideBy = '2';
  }),
  'no factor': withStep('unit-conversion', (step) => {
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
  'a bound of zero': price(isMetered, (each, draw) => {
    insert(each, { step: draw.pick(['minimum', 'maximum']), amount: draw.pick(['0', '0.00']) }, false);
  }),
  'an allowance of nothing': price(isMetered, (each) => {
    insert(each, { step: 'allowance', quantity: '0' }, true);
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
  'a fee that is the maximum': withStep('recurring-fee', (step, each) => {
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
  'a commitment that changes nothing': withStep('commitment', (step, _, draw) => {
    step.trueUp = false;
    if (draw.onceIn(2)) delete step.overageFactor;
    else step.overageFactor = '1';
  }),
  'a transaction that costs more than at most': withStep('percentage', (step, each) => {
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
