import { describe, expect, it } from 'vitest';
import type { DirtyMarks } from '../../lambdas/usage/ledger/dirty-marks.ts';
import type { Subjects } from '../../lambdas/usage/ledger/subjects.ts';
import type { SettledDay } from '../../lambdas/usage/settle/settled-item.ts';
import type { SettledStore } from '../../lambdas/usage/settle/settled-store.ts';

/** The stores of one projection table. */
export type ProjectionStores = {
  readonly marks: DirtyMarks;
  readonly subjects: Subjects;
  readonly settled: SettledStore;
};

const NOW = '2026-10-05T00:00:00.000Z';
const mark = (day: string, token: string) => ({ subject: 'org-01', day, at: NOW, token });

const settledDay = (day: string, revision: number, values: readonly string[] = ['ada']): SettledDay => ({
  format: 1,
  subject: 'org-01',
  day,
  revision,
  beganAt: NOW,
  versions: { [`${day}T00:15:00.000Z`]: 2, [`${day}T23:45:00.000Z`]: 1 },
  accepted: 3,
  late: 1,
  states: { '["users",1,{}]': { class: 'set', values } },
});

/** What every projection must do. `make` answers empty stores over one table. */
export const projectionStoresContract = (name: string, make: () => Promise<ProjectionStores>): void => {
  describe(`projection stores: ${name}`, () => {
    it('clears a mark only as it was seen', async () => {
      const { marks } = await make();
      await marks.mark(mark('2026-10-01', 'a'));
      await marks.mark(mark('2026-10-02', 'b'));
      await marks.mark(mark('2026-10-01', 'c'));
      expect(await marks.clear(mark('2026-10-01', 'a'))).toBe(false);
      expect(await marks.clear(mark('2026-10-02', 'b'))).toBe(true);
      expect(await marks.clear(mark('2026-10-02', 'b'))).toBe(false);
      expect(await marks.marksOf('org-01')).toEqual([mark('2026-10-01', 'c')]);
      expect(await marks.marksOf('org-02')).toEqual([]);
    });

    it('gathers the slots that marks of a day name, and takes off it those that were not named again', async () => {
      const { marks } = await make();
      const [first, second, third] = ['00:15', '00:30', '00:45'].map((time) => `2026-10-01T${time}:00.000Z`);
      const later = '2026-10-05T00:01:00.000Z';
      if (first === undefined || second === undefined || third === undefined) throw new Error('no slots');
      await marks.mark({ ...mark('2026-10-01', 'a'), slots: [first, second] });
      await marks.mark({ ...mark('2026-10-01', 'b'), at: later, slots: [second, third] });
      const seen = { ...mark('2026-10-01', 'b'), at: later, slots: { [first]: NOW, [second]: later, [third]: later } };
      expect(await marks.marksOf('org-01')).toEqual([seen]);
      expect(await marks.clear({ ...seen, slots: { ...seen.slots, [second]: NOW } }, [first, second])).toBe(false);
      expect(await marks.clear(seen, [first, second])).toBe(true);
      const left = { ...seen, slots: { [third]: later } };
      expect(await marks.marksOf('org-01')).toEqual([left]);
      expect(await marks.clear(seen, [first])).toBe(false);
      // A mark of the whole day says nothing of slots, and stays one.
      await marks.mark(mark('2026-10-01', 'c'));
      await marks.mark({ ...mark('2026-10-01', 'd'), slots: [first] });
      expect(await marks.marksOf('org-01')).toEqual([mark('2026-10-01', 'd')]);
      expect(await marks.clear(mark('2026-10-01', 'd'))).toBe(true);
      expect(await marks.marksOf('org-01')).toEqual([]);
    });

    it('registers a subject once', async () => {
      const { subjects } = await make();
      await subjects.register({ subject: 'org-02', firstSeenAt: NOW, watchedFrom: '2026-10-04' });
      await subjects.register({ subject: 'org-01', firstSeenAt: NOW, watchedFrom: '2026-10-04' });
      await subjects.register({ subject: 'org-01', firstSeenAt: 'later', watchedFrom: '2026-12-01' });
      expect((await subjects.list()).map(({ subject }) => subject)).toEqual(['org-01', 'org-02']);
      expect(await subjects.get('org-01')).toEqual({
        subject: 'org-01',
        firstSeenAt: NOW,
        watchedFrom: '2026-10-04',
      });
      expect(await subjects.get('org-99')).toBeUndefined();
    });

    it('keeps an announcement until its own sweep ends, and moves forward only', async () => {
      const { subjects } = await make();
      await subjects.register({ subject: 'org-01', firstSeenAt: NOW, watchedFrom: '2026-10-04' });
      const note = (token: string, ...days: string[]) => ({ token, at: NOW, days });
      expect(await subjects.announce('org-01', note('a', '2026-10-01'), 'z')).toBe(false);
      expect(await subjects.announce('org-01', note('a', '2026-10-01'), undefined)).toBe(true);
      expect(await subjects.announce('org-01', note('b', '2026-10-02'), undefined)).toBe(false);
      expect(await subjects.announce('org-01', note('b', '2026-10-01', '2026-10-02'), 'a')).toBe(true);
      expect(await subjects.announce('org-77', note('a', '2026-10-01'), undefined)).toBe(false);
      await subjects.announced('org-01', 'a', '2026-10-04', ['2026-10-01']);
      expect(await subjects.get('org-01')).toMatchObject({ announcing: { token: 'b' }, settledThrough: '2026-10-04' });
      await subjects.announced('org-01', 'b', '2026-10-03', []);
      const record = await subjects.get('org-01');
      expect(record?.announcing).toBeUndefined();
      expect(record?.settledThrough).toBe('2026-10-04');
    });

    it('leaves the days that changed to the walk, each until it is walked as it was seen', async () => {
      const { subjects } = await make();
      await subjects.register({ subject: 'org-01', firstSeenAt: NOW, watchedFrom: '2026-10-04' });
      const sweep = async (token: string, ...days: string[]) => {
        await subjects.announce('org-01', { token, at: NOW, days }, undefined);
        // Another sweep's end changes nothing.
        await subjects.announced('org-01', `not-${token}`, undefined, ['2026-10-09']);
        await subjects.announced('org-01', token, undefined, days);
      };
      await sweep('a', '2026-10-01', '2026-10-02');
      await sweep('b', '2026-10-02', '2026-10-03');
      const all = { '2026-10-01': 'a', '2026-10-02': 'b', '2026-10-03': 'b' };
      expect((await subjects.get('org-01'))?.unwalked).toEqual(all);
      expect((await subjects.list())[0]?.unwalked).toEqual(all);
      await subjects.walked('org-01', { '2026-10-01': 'a', '2026-10-02': 'a', '2026-10-09': 'a' });
      expect((await subjects.get('org-01'))?.unwalked).toEqual({ '2026-10-02': 'b', '2026-10-03': 'b' });
      await subjects.walked('org-01', { '2026-10-02': 'b', '2026-10-03': 'b' });
      expect(await subjects.get('org-01')).toEqual({ subject: 'org-01', firstSeenAt: NOW, watchedFrom: '2026-10-04' });
    });

    it('writes a settled day under its own revision', async () => {
      const { settled } = await make();
      expect(await settled.put(settledDay('2026-10-01', 1))).toBe(true);
      expect(await settled.put(settledDay('2026-10-01', 1))).toBe(false);
      expect(await settled.put(settledDay('2026-10-01', 3))).toBe(false);
      expect(await settled.put(settledDay('2026-10-01', 2, ['ada', 'grace']))).toBe(true);
      const { days } = await settled.days('org-01', '2026-10-01', '2026-10-02');
      expect(days).toEqual([settledDay('2026-10-01', 2, ['ada', 'grace'])]);
    });

    it('reads a range of days, without the day after it, whole or by heads', async () => {
      const { settled } = await make();
      for (const day of ['2026-09-30', '2026-10-01', '2026-10-02', '2026-10-03']) {
        await settled.put(settledDay(day, 1));
      }
      const read = await settled.days('org-01', '2026-10-01', '2026-10-03');
      expect(read.days.map(({ day }) => day)).toEqual(['2026-10-01', '2026-10-02']);
      const { states: _, ...head } = settledDay('2026-10-01', 1);
      expect((await settled.heads('org-01', '2026-10-01', '2026-10-02')).days).toEqual([head]);
    });

    it('keeps the last points of each month under their revision', async () => {
      const { settled } = await make();
      const point = { time: '2026-09-30T10:00:00.000Z', value: '7', idHash: 'a'.repeat(32) };
      const september = { subject: 'org-01', month: '2026-09', revision: 1, points: { '["seats",{}]': point } };
      expect(await settled.putLasts(september)).toBe(true);
      expect(await settled.putLasts(september)).toBe(false);
      expect(await settled.putLasts({ ...september, revision: 3 })).toBe(false);
      const next = { ...september, revision: 2, points: {} };
      expect(await settled.putLasts(next)).toBe(true);
      expect(await settled.putLasts({ ...september, month: '2026-10' })).toBe(true);
      expect(await settled.lasts('org-01', '2026-09', '2026-10')).toMatchObject({ days: [next], queries: 1 });
      expect((await settled.lasts('org-01', '0000-00', '2027-01')).days.map(({ month }) => month)).toEqual([
        '2026-09',
        '2026-10',
      ]);
      expect((await settled.lasts('org-02', '0000-00', '2027-01')).days).toEqual([]);
    });

    it('keeps sets that are too big for an item whole', async () => {
      const { settled } = await make();
      const many = Array.from({ length: 6_000 }, (_, n) => `user-${(n * 7919) % 100_003}`).sort();
      await settled.put(settledDay('2026-10-01', 1, many));
      const { days, bytes } = await settled.days('org-01', '2026-10-01', '2026-10-02');
      expect(days[0]?.states).toEqual({ '["users",1,{}]': { class: 'set', values: many } });
      expect(bytes).toBeLessThan(1024);
      // Who wants scalars only does not fetch them.
      expect((await settled.days('org-01', '2026-10-01', '2026-10-02', 'scalars')).days[0]?.states).toEqual({});
    });
  });
};
