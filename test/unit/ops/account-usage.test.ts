import { expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { accountUsage } from '../../../ops/commands/account-usage.ts';

const period = { start: '2026-10-01', end: '2026-10-03', zone: 'Europe/Berlin' };
const usage = [{ meter: 'api_calls', dimensions: { endpoint: 'read' }, quantity: '1234', unit: 'call' }];
const dates = { start: period.start, end: period.end };

const printed = async (answers: readonly object[], options: Parameters<typeof accountUsage>[2]): Promise<string> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const left = [...answers];
  await accountUsage({ get: async () => left.shift() } as unknown as ApiClient, 'acct-01', options);
  const text = write.mock.calls.map(([line]) => line).join('');
  write.mockRestore();
  return text;
};

it('tells the usage of windows in one table, whatever the pages', async () => {
  const page = (from: string, more: object) => ({ period, items: [{ from, to: '', usage }], ...more });
  const text = await printed([page('2026-09-30T22:00:00.000Z', { next: 'n' }), page('2026-10-01T22:00:00.000Z', {})], {
    ...dates,
    window: 'day',
  });
  expect(text.match(/quantity/g)).toHaveLength(1);
  expect(text).toContain('2026-09-30 22:00  api_calls  read           1,234  call\n2026-10-01 22:00  api_calls');
});

it('says that there is none', async () => {
  expect(await printed([{ period, items: [] }], { ...dates, window: 'hour' })).toContain('No usage.');
  expect(await printed([{ period, usage: [] }], dates)).toContain('No usage.');
});
