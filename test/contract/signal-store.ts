import { describe, expect, it } from 'vitest';
import type { SignalStore } from '../../lambdas/success/signal-store.ts';
import type { Signal } from '../../lambdas/success/types.ts';

const signal = (account: string, since: string): Signal => ({
  format: 1,
  signalId: `sig-${account}-${since}`,
  rule: 'api-usage-drop',
  ruleVersion: 1,
  signal: 'usage-drop',
  account,
  accountName: 'Quill & Finch',
  companyId: '1P02',
  ownerEmail: 'a@larkspur.example',
  salesRegion: 'us',
  meter: 'api_calls',
  since,
  day: since,
  value: '12.5',
  baseline: '4400',
  changePercent: '-72',
  priority: 'High',
  text: 'it dropped',
});
const AT = '2026-11-01T00:00:00.000Z';

/** What every signal store must do. `makeStore` gives an empty one. */
export const signalStoreContract = (name: string, makeStore: () => Promise<SignalStore>): void => {
  describe(`signal store: ${name}`, () => {
    it('records a signal once and never changes it', async () => {
      const store = await makeStore();
      const first = signal('acct-05', '2026-10-20');
      expect(await store.record(first, AT)).toBe(true);
      expect(await store.record({ ...first, value: '0' }, '2026-11-02T00:00:00.000Z')).toBe(false);
      expect(await store.list('acct-05')).toEqual([{ signal: first, recordedAt: AT, published: false }]);
    });

    it('remembers what was told', async () => {
      const store = await makeStore();
      const first = signal('acct-05', '2026-10-20');
      await expect(store.published(first)).rejects.toThrow();
      await store.record(first, AT);
      await store.published(first);
      expect(await store.list('acct-05')).toEqual([{ signal: first, recordedAt: AT, published: true }]);
    });

    it('lists one account, oldest episode first', async () => {
      const store = await makeStore();
      await store.record(signal('acct-05', '2026-10-20'), AT);
      await store.record(signal('acct-05', '2026-09-02'), AT);
      await store.record(signal('acct-06', '2026-10-01'), AT);
      expect((await store.list('acct-05')).map((each) => each.signal.since)).toEqual(['2026-09-02', '2026-10-20']);
      expect(await store.list('acct-07')).toEqual([]);
    });
  });
};
