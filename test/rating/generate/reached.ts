import type { Contract, Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { RateInput } from '../../../lambdas/rating/types.ts';
import { covered } from '../oracle/calendar.ts';
import type { Case } from './case.ts';
import {
  CHANGE,
  COMMITMENT,
  CONTRACT,
  CREDIT,
  DISCOUNT,
  GROUP,
  INPUT,
  ITEM,
  POLICY,
  PRICE,
  STATE,
  STEPS,
  TIER,
  USAGE,
  WALLET,
  WINDOWED,
  wordsIn,
  wordsOf,
} from './options.ts';
import { pairsIn } from './pairs.ts';

const ofStep = (step: PriceStep): string[] => [
  step.step,
  ...wordsOf(step.step, STEPS[step.step], step),
  ...(step.step === 'graduated' || step.step === 'volume'
    ? step.tiers.flatMap((tier) => wordsOf(`${step.step} tier`, TIER, tier))
    : []),
];

const ofPrice = (price: Price): string[] => [
  ...wordsOf('price', PRICE, price),
  ...(price.windowed === undefined ? [] : wordsOf('windowed', WINDOWED, price.windowed)),
  `dimensions ${price.perDimensions.length}`,
  ...price.steps.flatMap(ofStep),
  ...pairsIn(price),
];

const ofContract = (contract: Contract): string[] => [
  ...wordsOf('contract', CONTRACT, contract),
  ...contract.items.flatMap((item) => wordsOf('item', ITEM, item)),
  ...(contract.groups ?? []).flatMap((group) => wordsOf('group', GROUP, group)),
  ...((contract.groups ?? []).length > 1 ? ['groups 2'] : []),
  ...(contract.discounts ?? []).flatMap((discount) => wordsOf('discount', DISCOUNT, discount)),
  ...(contract.credits ?? []).flatMap((credit) => wordsOf('credit', CREDIT, credit)),
  ...(contract.minimumCommitment === undefined ? [] : wordsOf('agreed', COMMITMENT, contract.minimumCommitment)),
];

const ofOpening = ({ opening }: RateInput): string[] => [
  ...Object.values(opening.prices ?? {}).flatMap((state) => wordsOf('opened', STATE, state)),
  ...Object.values(opening.prices ?? {}).flatMap(({ ahead }) =>
    ahead?.charged === undefined ? [] : ['opened charged'],
  ),
  ...(opening.wallets ?? []).flatMap((wallet) => wordsOf('wallet', WALLET, wallet)),
  ...(opening.committed === undefined ? [] : ['opened committed']),
];

const situations = ({ contract, priceBook, period, fx, usage }: RateInput): string[] => [
  ...(contract.start > period.start ? ['begins late'] : []),
  ...(covered(contract, period) === undefined ? ['begins after the period'] : []),
  ...(contract.end !== undefined && contract.end < period.end ? ['ends early'] : []),
  ...(fx === undefined && contract.currency !== priceBook.currency ? ['fx that is missing'] : []),
  ...usage.flatMap((row) => wordsOf('usage', USAGE, row)),
  ...usage.flatMap(({ changes = [] }) => changes.flatMap((change) => wordsOf('change', CHANGE, change))),
  ...usage.flatMap(({ quantity }) => (quantity.startsWith('-') ? ['usage below 0'] : [])),
];

/** What stands for an option in a combination: what it charges, what it takes off, what is ahead. */
const featuresOf = ({ steps, accumulate, windowed }: Price): string[] => {
  const features = new Set<string>(steps.map(({ step }) => step));
  for (const step of steps) {
    if ('billing' in step && step.billing === 'advance') features.add(`${step.step} in advance`);
    if (step.step === 'graduated' && step.by === 'changes') features.add('changes');
    if (step.step === 'allowance' && step.rollover !== undefined) features.add('rollover');
    if (step.step === 'allowance' && step.pool !== undefined) features.add('pool');
  }
  if (accumulate !== undefined) features.add('accumulate');
  if (windowed !== undefined) features.add('windowed');
  return [...features];
};

const FEATURES = [
  'changes',
  'rollover',
  'pool',
  'accumulate',
  'recurring-fee in advance',
  'minimum in advance',
] as const;
const WITH_GROUPS = ['matrix', 'seats', 'windowed', 'percentage', 'volume', ...FEATURES, 'seats in advance'] as const;

/** Which features of prices meet a mode, groups that share their tiers, several accounts, or a version that follows. */
const combined = (periods: Case): string[] => {
  const [first, ...rest] = periods;
  const { contract, policy, usage, part, interim } = first;
  return first.priceBook.prices.flatMap((price) => {
    const rows = usage.filter(({ meter }) => meter === price.meter);
    const groups = new Set(
      rows.map(({ dimensions }) => JSON.stringify(price.perDimensions.map((name) => dimensions[name]))),
    );
    const accounts = new Set(rows.map(({ dimensions }) => dimensions.account));
    const places = [
      ...(part === undefined ? [] : ['in a part']),
      ...(part !== undefined && rest.length > 0 ? ['in parts of two versions'] : []),
      ...(interim === undefined ? [] : ['in a bill within the period']),
      ...(part === undefined && rest.some((next) => next.contract !== contract) ? ['over an amendment'] : []),
      ...(policy.groupedTiers === 'pooled' && groups.size > 1 ? ['shared by groups'] : []),
      ...(contract.covers !== undefined && accounts.size > 1 && groups.size === 1 ? ['of accounts together'] : []),
      ...(contract.covers !== undefined && price.perDimensions.includes('account') && groups.size > 1
        ? ['of accounts apart']
        : []),
    ];
    return featuresOf(price).flatMap((feature) => places.map((place) => `${feature} ${place}`));
  });
};

const versions = ([first, ...rest]: Case): string[] =>
  rest.flatMap(({ contract }) => [
    ...(contract.items.length < first.contract.items.length ? ['an item is dropped'] : []),
    ...(contract !== first.contract ? ['amended'] : []),
  ]);

/** Which steps, options, situations and combinations a case reaches, each once. */
export const reachedBy = (periods: Case): Set<string> => {
  const [first] = periods;
  return new Set([
    ...wordsOf('input', INPUT, first),
    ...wordsOf('policy', POLICY, first.policy),
    ...first.priceBook.prices.flatMap(ofPrice),
    ...ofContract(first.contract),
    ...ofOpening(first),
    ...situations(first),
    ...versions(periods),
    ...combined(periods),
    `periods ${periods.length}`,
  ]);
};

const TABLES = [
  ...Object.entries(STEPS).map(([name, table]) => [name, table] as const),
  ['graduated tier', TIER],
  ['volume tier', TIER],
  ['price', PRICE],
  ['windowed', WINDOWED],
  ['contract', CONTRACT],
  ['item', ITEM],
  ['group', GROUP],
  ['discount', DISCOUNT],
  ['credit', CREDIT],
  ['agreed', COMMITMENT],
  ['policy', POLICY],
  ['usage', USAGE],
  ['change', CHANGE],
  ['opened', STATE],
  ['wallet', WALLET],
  ['input', INPUT],
] as const;

/** Every option of the types, and what is looked at beside them. */
export const MUST_REACH: readonly string[] = [
  ...TABLES.flatMap(([name, table]) => wordsIn(name, table)),
  ...['dimensions 0', 'dimensions 1', 'dimensions 2', 'dimensions 3', 'groups 2'],
  ...['begins late', 'begins after the period', 'ends early', 'fx that is missing', 'usage below 0'],
  ...['opened charged', 'opened committed', 'amended', 'an item is dropped', 'periods 2', 'periods 3'],
];

const MODES = ['in a part', 'in parts of two versions', 'in a bill within the period', 'over an amendment'];

/** Combinations in which prices of one kind are rated by rules of another. */
export const MUST_COMBINE: readonly string[] = [
  ...FEATURES.flatMap((feature) => MODES.map((mode) => `${feature} ${mode}`)),
  ...WITH_GROUPS.map((feature) => `${feature} shared by groups`),
  ...WITH_GROUPS.filter((feature) => feature !== 'matrix').map((feature) => `${feature} of accounts together`),
  ...WITH_GROUPS.map((feature) => `${feature} of accounts apart`),
];
