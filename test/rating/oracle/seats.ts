import { daysFrom, midnight, shareLeft } from './calendar.ts';
import type { Given, Named, Span, Usage } from './given.ts';
import { changesOf, levelsOf } from './levels.ts';
import { most, NOTHING, Rational, total } from './rational.ts';
import { roundEach } from './rounding.ts';
import { Unratable } from './unratable.ts';
import { sharedByVersions } from './versions.ts';

type Scene = { readonly given: Given; readonly part: Span; readonly rows: readonly Usage[] };

/** The seats of each covered day, in order. */
const daily = ({ rows, part }: Scene): Rational[] => {
  const days = new Map<string, Rational>();
  for (const { day, value } of rows.flatMap((row) => row.daily ?? [])) {
    if (day >= part.start && day < part.end) days.set(day, (days.get(day) ?? NOTHING).plus(Rational.of(value)));
  }
  return [...days.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
};

/** Where fewer seats do not count before the next period, each number is at least the ones before it. */
const kept = (numbers: readonly Rational[], step: Named<'seats'>): Rational[] => {
  let highest: Rational | undefined;
  return numbers.map((number) => {
    highest = step.decreases === 'keep' && highest !== undefined ? most(highest, number) : number;
    return highest;
  });
};

/** By the second: the number of seats from one change to the next for the share of the period that lies between them. */
const byStretch = (step: Named<'seats'>, { rows, part, given }: Scene): Rational => {
  const { period, policy } = given;
  const changes = changesOf(rows);
  const left = changes.map(({ at }) => shareLeft(at, part, period, policy.prorationUnit));
  const seats = kept(levelsOf(changes), step);
  const held = seats.map((number, n) => number.times((left[n] ?? NOTHING).minus(left[n + 1] ?? NOTHING)));
  return total(held).times(Rational.of(step.unitPrice));
};

/**
 * By the second, change by change, each charged for the rest of the part: where every one of them is rounded, or says what
 * of it is charged. Of one that counts only in part, as much of its charged share counts.
 */
const byChange = (step: Named<'seats'>, { rows, part, given }: Scene): Rational => {
  const { period, policy } = given;
  const changes = changesOf(rows);
  const seats = kept(levelsOf(changes), step);
  const charged = changes.map(({ at, by, prorated }, n) => {
    const more = (seats[n] ?? NOTHING).minus(seats[n - 1] ?? NOTHING);
    if (more.isZero()) return NOTHING;
    const share = prorated === undefined ? shareLeft(at, part, period, policy.prorationUnit) : prorated.over(by);
    const amount = more.times(share).times(Rational.of(step.unitPrice));
    return policy.prorationRounding === 'each' ? roundEach(amount, given) : amount;
  });
  return total(charged);
};

/** What seats cost in the covered part. */
export const seatsOf = (step: Named<'seats'>, scene: Scene): Rational => {
  const { rows, given } = scene;
  const [days, changes] = [
    rows.every((row) => row.daily !== undefined),
    rows.every((row) => row.changes !== undefined),
  ];
  const known = { day: days, second: changes, month: days || changes }[step.proration];
  if (!known) throw new Unratable('when were there how many seats?');
  const price = Rational.of(step.unitPrice);
  if (step.proration === 'month') {
    const highest = (days ? daily(scene) : levelsOf(changesOf(rows))).reduce(most, NOTHING);
    return sharedByVersions(highest.times(price), scene);
  }
  if (step.proration === 'day') {
    const all = Rational.whole(daysFrom(given.period.start, given.period.end));
    return total(kept(daily(scene), step))
      .times(price)
      .over(all);
  }
  const alone = given.policy.prorationRounding === 'each' || changesOf(rows).some(({ prorated }) => prorated);
  return alone ? byChange(step, scene) : byStretch(step, scene);
};

/** The seats in force when the covered part ends: as many are expected in the next period. */
export const lastSeats = (scene: Scene): Rational => {
  const { rows, part } = scene;
  if (rows.some((row) => row.daily !== undefined)) return daily(scene).at(-1) ?? NOTHING;
  if (rows.every((row) => row.changes === undefined)) return total(rows.map((row) => Rational.of(row.quantity)));
  const end = midnight(part.end, part.zone);
  return levelsOf(changesOf(rows).filter(({ at }) => Date.parse(at) < end)).at(-1) ?? NOTHING;
};
