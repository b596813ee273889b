import type { Contract } from '../catalog/types.ts';
import { compare, formatDecimal, isZero, negate, ONE, parseDecimal, sum, ZERO } from '../platform/decimal.ts';
import { exact, roundExact } from './exact.ts';
import type { LineDraft } from './rated-line.ts';
import { minimumFor } from './steps/minimum.ts';
import type { StepContext } from './steps/step.ts';
import type { RatedLine } from './types.ts';
import { money } from './wording.ts';

/**
 * The item and product of the true-up line. It shares the commitment with every covered line of its contract, so they
 * are one coupled group: holding one holds all.
 */
export const COMMITMENT_ITEM = 'minimum-commitment';

/**
 * The line that lifts a contract to its minimum commitment: commitment − what the covered lines come to, never below
 * 0. Example: 5,000.00 USD committed, lines of 3,200.00 USD, true-up 1,800.00 USD. `undefined` if there is nothing
 * to show: no commitment, or it is reached and the policy omits zero lines.
 */
export const commitmentDraft = (
  contract: Contract,
  lines: readonly RatedLine[],
  context: StepContext,
): LineDraft | undefined => {
  const { minimumCommitment } = contract;
  if (minimumCommitment === undefined) return undefined;
  const { currency, policy, coveredDays, periodDays } = context;
  const covered = lines.filter((line) => policy.commitmentCovers === 'all' || line.meter !== undefined);
  const charged = sum(covered.map((line) => parseDecimal(line.amount)));
  const committed = minimumFor(minimumCommitment.amount, context);
  // Rounded before the difference is taken, so that lines + true-up are the commitment to the cent.
  const least = roundExact(committed, currency.exponent, policy.lineRounding);
  const missing = compare(least, charged) > 0;
  const amount = missing ? sum([least, negate(charged)]) : ZERO;
  if (isZero(amount) && policy.zeroUsageLine === 'omit') return undefined;
  const days = coveredDays < periodDays ? ` (${coveredDays} of ${periodDays} days)` : '';
  const commitment = `${money(least, currency)} committed${days}`;
  return {
    item: COMMITMENT_ITEM,
    product: COMMITMENT_ITEM,
    description: minimumCommitment.description,
    dimensions: {},
    quantity: ONE,
    unit: 'period',
    amount: exact(amount),
    nodes: [
      {
        step: 'minimum-commitment',
        text: missing
          ? `${commitment} − ${money(charged, currency)} charged for usage = ${money(amount, currency)}`
          : `${money(charged, currency)} charged for usage reaches the ${commitment}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: covered.map((line) => ({
          step: 'covered-line',
          text: `${line.description}: ${money(parseDecimal(line.amount), currency)}`,
          result: line.amount,
          unit: currency.code,
          children: [],
        })),
      },
    ],
    madeFrom: covered.map((line) => ({ id: line.id, amount: line.amount, inputsHash: line.inputsHash })),
  };
};
