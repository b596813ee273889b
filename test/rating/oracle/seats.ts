import { daysFrom, shareLeft } from './calendar.ts';
import type { Given, Named, Span, Usage } from './given.ts';
import { most, NOTHING, Rational, total } from './rational.ts';
import { roundEach } from './rounding.ts';

type Scene = { readonly given: Given; readonly part: Span; readonly rows: readonly Usage[] };

/** The seats of each covered day, in order. */
const daily = ({ rows, part }: Scene): Rational[] => {
  const days = new Map<string, Rational>();
  for (const { day, value } of rows.flatMap((row) => row.daily ?? [])) {
    if (day >= part.start && day < part.end) days.set(day, (days.get(day) ?? NOTHING).plus(Rational.of(value)));
  }
  return [...days.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
};

type Stretch = { readonly at: string; readonly seats: Rational };

/** The number of seats from each moment on. */
const stretches = ({ rows }: Scene): Stretch[] => {
  let seats = NOTHING;
  return rows
    .flatMap((row) => row.changes ?? [])
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ at, by }) => {
      seats = seats.plus(Rational.of(by));
      return { at, seats };
    });
};

/** Where fewer seats do not count before the next period, each number is at least the ones before it. */
const kept = (numbers: readonly Rational[], step: Named<'seats'>): Rational[] => {
  let highest: Rational | undefined;
  return numbers.map((number) => {
    highest = step.decreases === 'keep' && highest !== undefined ? most(highest, number) : number;
    return highest;
  });
};

/** What seats cost in the covered part. */
export const seatsOf = (step: Named<'seats'>, scene: Scene): Rational => {
  const { period } = scene.given;
  const price = Rational.of(step.unitPrice);
  const changes = stretches(scene);
  if (step.proration === 'month') {
    const numbers = scene.rows.some((row) => row.daily !== undefined)
      ? daily(scene)
      : changes.map((each) => each.seats);
    return numbers.reduce(most, NOTHING).times(price);
  }
  if (step.proration === 'day') {
    const days = Rational.whole(daysFrom(period.start, period.end));
    return total(kept(daily(scene), step))
      .times(price)
      .over(days);
  }
  const numbers = kept(
    changes.map((each) => each.seats),
    step,
  );
  // Each change is charged for the rest of the part; where charge and credit are rounded each, so is every one of them.
  const charged = changes.map(({ at }, n) => {
    const more = (numbers[n] as Rational).minus(numbers[n - 1] ?? NOTHING);
    const amount = more.times(price).times(shareLeft(at, scene.part, period, scene.given.policy.prorationUnit));
    return scene.given.policy.prorationRounding === 'each' ? roundEach(amount, scene.given) : amount;
  });
  return total(charged);
};

/** The seats in force when the covered part ends: as many are expected in the next period. */
export const lastSeats = (scene: Scene): Rational =>
  daily(scene).at(-1) ?? stretches(scene).at(-1)?.seats ?? total(scene.rows.map((row) => Rational.of(row.quantity)));
