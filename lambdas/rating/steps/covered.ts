import { type Decimal, fromMinorUnits } from '../../platform/decimal.ts';
import { intervalOf } from '../../platform/period.ts';
import { type Exact, exact, share } from '../exact.ts';
import { ALL, type Fraction } from '../fraction.ts';
import { type PeriodShare, shareOfPeriod } from '../period-share.ts';
import { number } from '../wording.ts';
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

/** What something that holds for a period is worth for the covered part, and the days in words; no words: all of it. */
export type Worth = { readonly worth: Exact; readonly words: string };

/** What `amount` is worth for what the line is for: its share of the period, or all of it. */
export const worthOf = (amount: Decimal, byDay: boolean, context: Of): Worth => {
  const covered = byDay ? coveredShare(context) : WHOLE;
  return covered.part === covered.whole
    ? { worth: exact(amount), words: '' }
    : { worth: share(exact(amount), covered.part, covered.whole), words: covered.words };
};

/** A share with its words, said only when somebody asks. */
export type HeldShare = Fraction & { readonly words: () => string };

/**
 * For a change at an instant the share of its period for which it holds: from then to the end of what the line is for.
 * The instants of the period are looked up once for all changes.
 */
export const heldShares = ({ period, part, policy }: Of): ((at: string) => HeldShare) => {
  const [whole, mine] = [intervalOf(period), intervalOf(part)];
  const less = policy.prorationUnit === 'second-inclusive' ? 1000 : 0;
  const begin = Date.parse(mine.from);
  const end = Date.parse(mine.to) - (mine.to === whole.to ? less : 0);
  const all = Date.parse(whole.to) - Date.parse(whole.from) - less;
  return (at) => {
    const held = Math.max(end - Math.max(Date.parse(at), begin), 0);
    // Not in lowest terms: all changes of a period then have one denominator, and adding them up stays cheap.
    return { part: BigInt(held), whole: BigInt(all), words: () => `${seconds(held)} of ${seconds(all)} seconds` };
  };
};

/** Milliseconds said as seconds. */
const seconds = (millis: number): string => number(fromMinorUnits(BigInt(millis), 3));
