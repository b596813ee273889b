import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_PLACES, observed, type SeenPlace } from '../../../lambdas/usage/walk/same-id.ts';
import { api, cancellation } from '../usage/usage-fixtures.ts';
import { makeWalkWorld } from './walk-world.ts';

let world: ReturnType<typeof makeWalkWorld>;
beforeEach(() => {
  world = makeWalkWorld();
});

const DAY = 24 * 3_600_000;
const walked = async () => {
  await world.settle();
  return world.walk();
};
const shown = () =>
  world.findings
    .all()
    .map(({ state, places }) => [
      state,
      ...places.map(({ subject, start, cancelled }) => `${subject} ${start}${cancelled ? ' cancelled' : ''}`),
    ]);

describe('ids that were accepted more than once', () => {
  it('are found in one walk and across walks, whatever slot, subject or month, with where the events lie', async () => {
    await world.append(
      api('twice', '2026-10-31T23:50:00.000Z', 1),
      api('shared', '2026-10-05T00:00:00.000Z', 1),
      api('shared', '2026-10-05T00:00:00.000Z', 1, 'read', 'org-02'),
      api('once', '2026-10-05T00:00:00.000Z', 1),
    );
    expect((await walked()).counts.findings).toBe(1);
    await world.append({ ...api('twice', '2026-11-01T00:10:00.000Z', 1), pointer: { key: 'events/x', line: 7 } });
    expect((await walked()).counts.findings).toBe(1);
    expect(shown()).toEqual([
      ['open', 'org-01 2026-10-05T00:00:00.000Z', 'org-02 2026-10-05T00:00:00.000Z'],
      ['open', 'org-01 2026-10-31T23:45:00.000Z', 'org-01 2026-11-01T00:00:00.000Z'],
    ]);
    expect(world.findings.all()[1]?.places[1]?.pointer).toEqual({ key: 'events/x', line: 7 });
  });

  it('are not found further apart than the horizon', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('b', '2026-10-05T00:00:00.000Z', 1));
    await walked();
    world.clock.advance(34 * DAY);
    await world.append(api('a', '2026-10-06T00:00:00.000Z', 1));
    await walked();
    world.clock.advance(2 * DAY);
    await world.append(api('b', '2026-10-06T00:00:00.000Z', 1));
    await walked();
    expect(shown()).toHaveLength(1);
  });

  it('are settled when all but one are seen to be cancelled, also beyond the horizon; a cancellation is no usage', async () => {
    const [first, again] = ['2026-10-05T00:00:00.000Z', '2026-10-06T00:00:00.000Z'];
    await world.append(api('a', first, 1), api('a', again, 1));
    await walked();
    world.clock.advance(40 * DAY);
    await world.append(cancellation(api('a', again, 1), 'c'));
    expect((await walked()).counts.findings).toBe(1);
    expect(shown()).toEqual([
      ['settled', 'org-01 2026-10-05T00:00:00.000Z', 'org-01 2026-10-06T00:00:00.000Z cancelled'],
    ]);
  });

  it('are none when the other was cancelled before', async () => {
    const [first, again] = ['2026-10-05T00:00:00.000Z', '2026-10-06T00:00:00.000Z'];
    await world.append(api('a', first, 1));
    await world.append(cancellation(api('a', first, 1), 'c'));
    await world.append(api('a', again, 1));
    expect((await walked()).counts.findings).toBe(0);
  });
});

describe('a finding', () => {
  const place = (n: number, over: Partial<SeenPlace> = {}): SeenPlace => ({
    subject: 'org-01',
    start: new Date(Date.parse('2026-10-05T00:00:00.000Z') + n * 900_000).toISOString(),
    version: 1,
    appendedAt: new Date(Date.parse('2026-10-06T00:00:00.000Z') + n * 1000).toISOString(),
    ...over,
  });
  const sighting = (accepted: readonly SeenPlace[], ...cancelled: string[]) => ({
    idHash: 'aa',
    accepted,
    cancelled: new Set(cancelled),
  });
  const known = (...places: readonly SeenPlace[]) => {
    const draft = observed(undefined, sighting(places), 'now');
    if (draft === undefined) throw new Error('nothing was found');
    const located = draft.places.map((each) => ({ ...each, pointer: { key: 'k', line: 0 } }));
    return { ...draft, places: located };
  };

  it('stands by who was accepted first, ties by place', () => {
    const at = place(0).appendedAt;
    const tied = [
      place(1, { appendedAt: at }),
      place(0, { subject: 'org-02', appendedAt: at }),
      place(2, { appendedAt: at }),
    ];
    expect(known(...tied).places.map(({ subject, start }) => `${subject} ${start.slice(11, 16)}`)).toEqual([
      'org-01 00:15',
      'org-01 00:30',
      'org-02 00:00',
    ]);
  });

  it('is none within one slot, whichever of its chains have the id', () => {
    expect(observed(undefined, sighting([place(0), place(0, { overlay: 'b-1' })]), 'now')).toBeUndefined();
    const both = known(place(0, { overlay: 'b-1', appendedAt: '2026-01-01T00:00:00.000Z' }), place(0), place(1));
    expect(both.places.map(({ overlay }) => overlay)).toEqual([undefined, undefined]);
  });

  it('is open again when a place is seen that nobody decided about, and unchanged when there is nothing new', () => {
    const decided = { ...known(place(0), place(1)), state: 'settled' as const };
    expect(observed(decided, sighting([place(0), place(1)]), 'now')).toBeUndefined();
    expect(observed(decided, sighting([place(2)]), 'now')).toMatchObject({ state: 'open', revision: 2 });
  });

  it('keeps so many places, and the next ones when those are cancelled', () => {
    const all = Array.from({ length: MAX_PLACES + 3 }, (_, n) => place(n));
    const first = known(...all);
    expect(first).toMatchObject({ cut: true, state: 'open' });
    expect(first.places).toHaveLength(MAX_PLACES);
    const cancelled = first.places.slice(1).map(({ subject, start }) => `${subject}#${start}`);
    const next = observed({ ...first, state: 'cancelling' }, sighting(all, ...cancelled), 'now');
    expect(next).toMatchObject({ state: 'open' });
    expect(next?.places.filter((each) => !each.cancelled).map(({ start }) => start)).toEqual(
      [0, 100, 101, 102].map((n) => place(n).start),
    );
  });
});
