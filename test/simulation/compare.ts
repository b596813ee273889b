import { isDeepStrictEqual } from 'node:util';
import { intervalOf, type Period } from '../../lambdas/platform/period.ts';
import { readBalance } from '../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import { STRANGER, SUBJECTS } from './company.ts';
import { Violation } from './violation.ts';
import type { House, Twins } from './wiring.ts';

/** Compares, between any two steps, what people see with what money sees. */
export const comparer = ({ dice, stage, twins, company }: House, period: Period) => {
  const { from, to } = intervalOf(period);
  const request = {
    subjects: [...SUBJECTS, STRANGER].map((subject) => ({ subject, from, to })),
    period,
    carryIn: {},
  };
  let comparisons = 0;
  return {
    comparisons: () => comparisons,
    compare: async () => {
      comparisons += 1;
      // The reader's clock differs from others too.
      const nowMillis = () => stage.clock.nowMillis() + dice.below(29_000) - dice.below(29_000);
      const clock = { nowMillis, now: () => new Date(nowMillis()).toISOString() };
      const meters = company.meters();
      const fresh = await readPeriodUsage(twins, { ...request, meters });
      const balance = await readBalance({ ...twins, clock }, { ...request, meters });
      if (!isDeepStrictEqual(balance.usage, fresh.usage)) {
        throw new Violation(
          `at ${stage.clock.now()} the balance is\n${JSON.stringify(balance.usage)}\nthe ledger says\n${JSON.stringify(fresh.usage)}`,
        );
      }
      if (!isDeepStrictEqual(balance.carryOut, fresh.carryOut)) {
        throw new Violation('the balance carries out other values than the ledger');
      }
      return balance.read.queries;
    },
  };
};

/** After some days nothing is left to settle, everybody was told, and a settled period takes few queries. */
export const checkSettled = async (
  twins: Twins,
  days: ReadonlySet<string>,
  period: Period,
  queries: number,
): Promise<void> => {
  const announced = new Set(
    twins.publisher
      .published('usage.settled')
      .flatMap(({ subject, days: own }) => own.map((day) => `${subject}#${day}`)),
  );
  for (const day of days) if (!announced.has(day)) throw new Violation(`nobody was told that ${day} is settled`);
  for (const subject of [...SUBJECTS, STRANGER]) {
    if ((await twins.marks.marksOf(subject)).length > 0) throw new Violation(`${subject} still has dirty marks`);
  }
  const partial = period.zone === 'UTC' ? 0 : 2;
  if (queries > (SUBJECTS.length + 1) * (3 + partial)) throw new Violation(`a settled period took ${queries} queries`);
};
