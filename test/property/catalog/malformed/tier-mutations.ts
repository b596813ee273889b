import type { Draw } from '../../../rating/generate/draw.ts';
import type { Mutation } from './mutations.ts';
import { has, insert, list, price, stepsOf, withStep } from './spoil-price.ts';
import type { Json, JsonObject } from './tree.ts';

/** Tiers, matrices and capacities whose form is right and that still cannot mean anything. */

const tiered = (spoil: (tiers: JsonObject[], draw: Draw) => void): Mutation =>
  price(has('graduated', 'volume', 'stairstep'), (each, draw) => {
    const step = stepsOf(each).find(({ tiers }) => tiers !== undefined);
    if (step !== undefined) spoil(list(step, 'tiers'), draw);
  });

export const TIERS: Readonly<Record<string, Mutation>> = {
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
  'a block of changes': price(
    (each) => stepsOf(each).some((step) => step.by === 'changes'),
    (each, draw) => {
      const step = stepsOf(each).find(({ by }) => by === 'changes');
      const [first] = step === undefined ? [] : list(step, 'tiers');
      if (first !== undefined) first[draw.pick(['per', 'cap'])] = '5';
    },
  ),
  'a tier that ends at zero': tiered((tiers) => tiers.unshift({ ...tiers[0], upTo: '0' })),
  'a matrix of four dimensions': withStep('matrix', (step, each) => {
    step.dimensions = ['region', 'size', 'tone', 'mode'];
    step.cells = [{ values: ['a', 'b', 'c', 'd'], unitPrice: '1' }];
    each.perDimensions = [];
  }),
  'a matrix of one dimension twice': withStep('matrix', (step) => {
    step.dimensions = ['region', 'region'];
    step.cells = [{ values: ['a', 'b'], unitPrice: '1' }];
  }),
  'a matrix of an unknown dimension': withStep('matrix', (step) => {
    step.dimensions = ['planet'];
    step.cells = [{ values: ['mars'], unitPrice: '1' }];
  }),
  'a cell of another size': withStep('matrix', (step) => {
    const [first] = list(step, 'cells');
    if (first !== undefined) first.values = [...(first.values as Json[]), 'more'];
  }),
  'a cell twice': withStep('matrix', (step) => {
    const cells = list(step, 'cells');
    step.cells = [...cells, { ...cells[0] }];
  }),
  'a matrix that pools what it converts': withStep('matrix', (_, each, draw) => {
    each.perDimensions = [];
    const step = draw.pick<JsonObject>([
      { step: 'allowance', quantity: '5' },
      { step: 'unit-conversion', multiplyBy: '2', unit: 'thousand' },
    ]);
    insert(each, step, true);
  }),
  'a capacity of an unknown meter': withStep('capacity', (step) => {
    const [first] = list(step, 'tiers');
    if (first !== undefined) first.limits = { heat: '5' };
  }),
  'a capacity that not everything fits': withStep('capacity', (step) => {
    const last = list(step, 'tiers').at(-1);
    if (last !== undefined) last.limits = { peak: '1000', hits: '1000' };
  }),
  'a capacity tier that is never reached': withStep('capacity', (step, _, draw) => {
    list(step, 'tiers').splice(1, 0, { limits: draw.pick<Json>([null, { peak: '10', hits: '99' }, {}]), price: '5' });
  }),
  'capacity by dimension': withStep('capacity', (_, each) => {
    each.perDimensions = ['account'];
  }),
};
