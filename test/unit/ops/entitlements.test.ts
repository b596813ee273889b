import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { showEntitlements } from '../../../ops/commands/entitlements.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const CALLS = {
  feature: 'calls',
  allowed: true,
  enforcement: 'hard',
  used: '950',
  limit: '2000',
  left: '1050',
  resetsAt: '2026-11-01T00:00:00.000Z',
  forecast: { exhaustedAt: '2026-10-21T00:00:00.000Z', restsOn: { days: 9 } },
};

const api = (items: readonly object[]): ApiClient => ({
  get: async <T>(path: string) => (path.endsWith('/entitlements') ? { items } : items[0]) as T,
  post: () => Promise.reject(new Error('not called')),
  delete: () => Promise.reject(new Error('not called')),
});

describe('entitlements at the command line', () => {
  it('are a table of what may be used', async () => {
    const full = { ...CALLS, feature: 'full', allowed: false, reason: 'limit-reached', left: '0' };
    const { forecast: _, ...young } = CALLS;
    const slow = { ...CALLS, feature: 'slow', forecast: { restsOn: { days: 5 } } };
    await showEntitlements(
      api([CALLS, full, { ...young, feature: 'young' }, slow, { feature: 'sso', allowed: true }]),
      'a',
    );
    const row = (feature: string) => said.split('\n').find((line) => line.startsWith(feature));
    expect(row('calls')).toMatch(/yes +hard +950 +2,000 +1,050 +2026-11-01 00:00 +2026-10-21 00:00 \(by 9 days\)$/);
    expect(row('full')).toContain('no: limit-reached');
    expect(row('young')).toContain('nobody can say yet');
    expect(row('slow')).toContain('not before (by 5 days)');
    expect(row('sso')).toMatch(/^sso +yes$/);
  });

  it('are one row for one feature, and a sentence for none', async () => {
    await showEntitlements(api([CALLS]), 'a', 'calls');
    expect(said.split('\n').filter((line) => line.startsWith('calls'))).toHaveLength(1);
    await expect(showEntitlements(api([]), 'acct-09')).rejects.toThrow('no contract in force of acct-09');
  });
});
