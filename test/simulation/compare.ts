import { isDeepStrictEqual } from 'node:util';
import { addDays, intervalOf, type Period } from '../../lambdas/platform/period.ts';
import type { CarryIn } from '../../lambdas/usage/read/aggregate.ts';
import { readBalance } from '../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import { FIRST_DAY, STRANGER, SUBJECTS } from './company.ts';
import { fail } from './violation.ts';
import type { House, Twins } from './wiring.ts';

/** Compares, between any two steps, what people see with what money sees. */
export const comparer = ({ dice, stage, twins, company }: House, period: Period) => {
  /** What both see of a period; without `carryIn` people look for it, and money takes it from the days before. */
  const both = async (of: Period, carryIn: CarryIn | undefined) => {
    const meters = company.meters();
    const inPeriod = (interval: Period) => {
      const { from, to } = intervalOf(interval);
      return { subjects: [...SUBJECTS, STRANGER].map((subject) => ({ subject, from, to })), period: interval, meters };
    };
    const before = { start: addDays(FIRST_DAY, -1), end: of.start, zone: of.zone };
    const carried = carryIn ?? (await readPeriodUsage(twins, { ...inPeriod(before), carryIn: {} })).carryOut;
    // The reader's clock differs from others too.
    const nowMillis = () => stage.clock.nowMillis() + dice.below(29_000) - dice.below(29_000);
    const clock = { nowMillis, now: () => new Date(nowMillis()).toISOString() };
    const fresh = await readPeriodUsage(twins, { ...inPeriod(of), carryIn: carried });
    const balance = await readBalance(
      { ...twins, clock },
      { ...inPeriod(of), ...(carryIn === undefined ? {} : { carryIn }) },
    );
    const what = `${of.start} to ${of.end} in ${of.zone}`;
    if (!isDeepStrictEqual(balance.usage, fresh.usage)) {
      const [seen, there] = [JSON.stringify(balance.usage), JSON.stringify(fresh.usage)];
      fail(`at ${stage.clock.now()} the balance of ${what} is\n${seen}\nthe ledger says\n${there}`);
    }
    if (!isDeepStrictEqual(balance.carryOut, fresh.carryOut)) {
      fail(`at ${stage.clock.now()} the balance of ${what} carries out other values than the ledger`);
    }
    return balance.read.queries;
  };
  let comparisons = 0;
  return {
    comparisons: () => comparisons,
    /** Answers how many queries the balance of the whole period took. */
    compare: async (): Promise<number> => {
      comparisons += 1;
      const start = addDays(FIRST_DAY, dice.pick([1, 2, 3, 4, 5, 36]));
      await both({ start, end: addDays(start, 1 + dice.below(3)), zone: period.zone }, undefined);
      return both(period, {});
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
  for (const day of days) if (!announced.has(day)) fail(`nobody was told that ${day} is settled`);
  for (const subject of [...SUBJECTS, STRANGER]) {
    if ((await twins.marks.marksOf(subject)).length > 0) fail(`${subject} still has dirty marks`);
  }
  const partial = period.zone === 'UTC' ? 0 : 2;
  if (queries > (SUBJECTS.length + 1) * (3 + partial)) fail(`a settled period took ${queries} queries`);
};
