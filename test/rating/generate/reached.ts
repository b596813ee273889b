import type { ContractItem, Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import type { RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import type { Case } from './case.ts';

/** Options of a step as words: which fields it has, and the values of those that choose. */
const ofStep = (step: PriceStep): string[] => {
  const words: string[] = [step.step];
  for (const [field, value] of Object.entries(step)) {
    if (field === 'step' || field === 'unit') continue;
    const chooses = ['rounding', 'proration', 'decreases', 'billing', 'by', 'trueUp'].includes(field);
    words.push(`${step.step} ${field}${chooses ? ` ${value}` : ''}`);
  }
  if (step.step === 'graduated' || step.step === 'volume') {
    for (const tier of step.tiers) words.push(...Object.keys(tier).map((field) => `${step.step} tier ${field}`));
  }
  return words;
};

const ofPrice = (price: Price): string[] => [
  ...(price.windowed === undefined ? [] : [`windowed ${price.windowed.every}`]),
  ...(price.windowed?.hours === undefined ? [] : ['windowed hours']),
  ...(price.accumulate === undefined ? [] : [`accumulate ${price.accumulate}`]),
  `dimensions ${price.perDimensions.length}`,
];

const ofItem = (item: ContractItem): string[] => [
  ...(item.steps === undefined ? [] : ['custom steps']),
  ...(item.ramp === undefined ? [] : ['ramp']),
  ...(item.quantity === undefined ? [] : ['item quantity']),
];

const ofContract = ({ contract, priceBook, period, opening, fx, part, interim }: RateInput): string[] => [
  `cadence ${contract.cadence}`,
  `anchor ${contract.anchorDay}`,
  ...(contract.start > period.start ? ['begins late'] : []),
  ...(contract.start >= period.end ? ['begins after the period'] : []),
  ...(contract.end !== undefined && contract.end < period.end ? ['ends early'] : []),
  ...(contract.trialUntil === undefined ? [] : ['trial']),
  ...(contract.groups ?? []).map((group) => `group ${group.minimum === undefined ? 'maximum' : 'minimum'}`),
  ...(contract.minimumCommitment === undefined
    ? []
    : [`commitment over ${contract.minimumCommitment.over ?? 'absent'}`]),
  ...(contract.minimumCommitment?.overageFactor === undefined ? [] : ['commitment overage']),
  ...(contract.maximum === undefined ? [] : ['contract maximum']),
  ...(contract.discounts ?? []).map((each) => `contract discount ${each.percent === undefined ? 'amount' : 'percent'}`),
  ...(contract.discounts ?? []).flatMap((each) => (each.items === undefined ? [] : ['contract discount of items'])),
  ...(contract.credits ?? []).map((credit) => `credit ${credit.kind}`),
  ...(contract.credits ?? []).flatMap((each) => (each.items === undefined ? [] : ['credit of items'])),
  ...(fx === undefined ? [] : ['fx']),
  ...(fx === undefined && contract.currency !== priceBook.currency ? ['fx that is missing'] : []),
  ...(part === undefined ? [] : ['part']),
  ...(interim === undefined ? [] : ['interim']),
  ...(opening.wallets === undefined ? [] : ['wallets opened']),
  ...(opening.committed === undefined ? [] : ['commitment opened']),
  ...Object.values(opening.prices ?? {}).flatMap((state) => Object.keys(state).map((field) => `${field} opened`)),
];

const ofPolicy = (policy: RatingPolicy): string[] =>
  Object.entries(policy).flatMap(([option, value]) => (option === 'id' ? [] : [`${option}: ${value}`]));

/** Which steps, options and situations a case reaches, each once. */
export const reachedBy = (periods: Case): Set<string> => {
  const [first] = periods;
  return new Set([
    ...ofPolicy(first.policy),
    ...first.priceBook.prices.flatMap((price) => [...ofPrice(price), ...price.steps.flatMap(ofStep)]),
    ...first.contract.items.flatMap(ofItem),
    ...ofContract(first),
    ...first.usage.flatMap((row) => (row.slices === undefined ? [] : ['slices'])),
    `periods ${periods.length}`,
  ]);
};

/** Everything that must be reached: written down, so that an option that the generators forget shows. */
export const MUST_REACH: readonly string[] = [
  ...['multiplyBy', 'divideBy', 'rounding up', 'rounding down', 'rounding half-up'].map(
    (each) => `unit-conversion ${each}`,
  ),
  ...['quantity', 'pool', 'rollover'].map((each) => `allowance ${each}`),
  ...['per-unit', 'volume', 'stairstep', 'dynamic', 'capacity', 'percentage-discount', 'amount-discount', 'maximum'],
  ...['by changes', 'by quantity', 'tier unitPrice', 'tier per', 'tier percent', 'tier flatFee', 'tier cap'].map(
    (each) => `graduated ${each}`,
  ),
  ...['tier unitPrice', 'tier per', 'tier percent', 'tier flatFee', 'tier cap'].map((each) => `volume ${each}`),
  ...['up', 'down', 'half-up'].map((each) => `package rounding ${each}`),
  ...['fixed', 'transactionMinimum', 'transactionMaximum', 'freeTransactions'].map((each) => `percentage ${each}`),
  ...['dimensions', 'otherwise'].map((each) => `matrix ${each}`),
  ...['proration day', 'proration second', 'proration month', 'decreases keep', 'billing advance'].map(
    (each) => `seats ${each}`,
  ),
  ...['proration day', 'proration second', 'proration none', 'billing advance'].map((each) => `recurring-fee ${each}`),
  ...['one-time-fee on', 'commitment overageFactor', 'commitment trueUp true', 'commitment trueUp false'],
  ...['minimum', 'minimum billing advance', 'windowed hour', 'windowed day', 'windowed hours'],
  ...[
    'accumulate contract-year',
    'dimensions 0',
    'dimensions 1',
    'dimensions 2',
    'custom steps',
    'ramp',
    'item quantity',
  ],
  ...['monthly', 'quarterly', 'annual'].map((each) => `cadence ${each}`),
  ...[
    'begins late',
    'begins after the period',
    'ends early',
    'trial',
    'part',
    'interim',
    'fx',
    'fx that is missing',
    'periods 2',
    'periods 3',
  ],
  ...[
    'group minimum',
    'group maximum',
    'commitment over contract-year',
    'commitment over period',
    'commitment overage',
  ],
  ...['contract maximum', 'contract discount amount', 'contract discount percent', 'contract discount of items'],
  ...['credit promotional', 'credit prepaid', 'credit of items', 'wallets opened', 'commitment opened'],
  ...['accumulated opened', 'rollover opened', 'ahead opened'],
  ...['zeroUsageFlatFee: charge', 'zeroUsageFlatFee: none', 'tierEdge: inclusive', 'tierEdge: exclusive'],
  ...['tierGap: next', 'tierGap: lower', 'discountOrder: before-bounds', 'discountOrder: after-bounds'],
  ...['day', 'day-inclusive', 'second', 'second-inclusive', 'calendar-month'].map((each) => `prorationUnit: ${each}`),
  ...['interimConversion: slice', 'slices'],
  ...['prorationRounding: net', 'prorationRounding: each', 'groupedTiers: per-group', 'groupedTiers: pooled'],
  ...['half-up', 'half-even', 'up', 'down'].map((each) => `lineRounding: ${each}`),
  ...['roundingStage: line', 'roundingStage: none', 'zeroUsageLine: omit', 'zeroUsageLine: show'],
  ...[
    'partPeriodAllowance: whole',
    'partPeriodAllowance: by-day',
    'partPeriodMinimum: whole',
    'partPeriodMinimum: by-day',
  ],
  ...['commitmentCovers: metered', 'commitmentCovers: all'],
];
