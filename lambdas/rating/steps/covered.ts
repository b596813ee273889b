import { grouped } from '../../platform/decimal.ts';
import { intervalOf, secondsOf } from '../../platform/period.ts';
import { ALL, fraction } from '../fraction.ts';
import { type PeriodShare, shareOfPeriod } from '../period-share.ts';
import type { StepContext } from './step.ts';

const WHOLE: PeriodShare = { ...ALL, words: 'the whole period' };

type Of = Pick<StepContext, 'period' | 'part' | 'policy' | 'anchorDay'>;

/** The share of its period that a line is for, as the policy measures it, or by the second if a step says so. */
export const coveredShare = (
  { period, part, policy, anchorDay }: Of,
  by: 'policy' | 'second' = 'policy',
): PeriodShare =>
  part.start === period.start && part.end === period.end
    ? WHOLE
    : shareOfPeriod(part, period, by === 'second' ? secondsIn(policy.prorationUnit) : policy.prorationUnit, anchorDay);

const secondsIn = (unit: StepContext['policy']['prorationUnit']): 'second' | 'second-inclusive' =>
  unit === 'second-inclusive' ? unit : 'second';

/** Whether a share is all of the period. */
export const isWhole = ({ part, whole }: PeriodShare): boolean => part === whole;

/** The share of its period for which a change at an instant holds: from then to the end of what the line is for. */
export const heldShare = (at: string, { period, part, policy }: Of): PeriodShare => {
  const [whole, mine] = [intervalOf(period), intervalOf(part)];
  const less = policy.prorationUnit === 'second-inclusive' ? 1 : 0;
  const from = at > mine.from ? at : mine.from;
  const all = secondsOf(whole) - less;
  const held = from < mine.to ? secondsOf({ from, to: mine.to }) - (mine.to === whole.to ? less : 0) : 0;
  return {
    ...fraction(BigInt(Math.round(held * 1000)), BigInt(all) * 1000n),
    words: `${grouped(`${held}`)} of ${grouped(`${all}`)} seconds`,
  };
};
