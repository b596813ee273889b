import { addDays } from '../../lambdas/platform/period.ts';
import type { CanonicalUsage } from '../../lambdas/usage/types.ts';
import { usage } from '../unit/usage/usage-fixtures.ts';
import type { Chance } from './chance.ts';

/** The subjects of the one account, and the UTC days on which their events happen. */
export const SUBJECTS = ['org-01', 'org-02'];
export const FIRST_DAY = '2026-10-24';
export const LAST_DAY = '2026-10-28';

const DAYS = Array.from({ length: 5 }, (_, n) => addDays(FIRST_DAY, n));
/** Few quarter hours, so that events meet; some at the edges of days in other zones. */
const QUARTERS = ['00:00', '00:15', '02:30', '03:30', '15:00', '18:15', '18:30', '22:45', '23:45'];

const dataOf = (dice: Chance, type: string): Readonly<Record<string, unknown>> => {
  switch (type) {
    case 'api':
      return { count: dice.below(1000), endpoint: dice.pick(['read', 'write', 'search']) };
    case 'storage':
      return { gb: String(dice.below(500)) };
    case 'user':
      return { userId: `user-${dice.below(12)}` };
    default:
      return { seats: dice.below(40) };
  }
};

/** Some dozens of events; a few ids come twice with different bodies. */
export const makeEvents = (dice: Chance): CanonicalUsage[] => {
  const quarters = Array.from({ length: 4 }, () => `${dice.pick(DAYS)}T${dice.pick(QUARTERS)}`);
  return Array.from({ length: 20 + dice.below(30) }, (_, n) => {
    const type = dice.pick(['api', 'api', 'storage', 'user', 'seats']);
    const quarter = dice.pick(quarters);
    const minute = Number(quarter.slice(14, 16)) + dice.below(15);
    // Few seconds, so that samples of the same time happen too.
    const time = `${quarter.slice(0, 14)}${String(minute).padStart(2, '0')}:0${dice.below(3)}.000Z`;
    const spec = { id: `e${n}`, subject: dice.pick(SUBJECTS), time, type };
    const first = usage({ ...spec, data: dataOf(dice, type) }, n, dice.happens(0.1));
    const second = dice.happens(0.05) ? [usage({ ...spec, data: { ...dataOf(dice, type), note: 'other' } }, n)] : [];
    return [first, ...second];
  }).flat();
};
