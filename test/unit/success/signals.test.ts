import { describe, expect, it } from 'vitest';
import { signalIdOf } from '../../../lambdas/success/signal-of.ts';
import { raiseSignals } from '../../../lambdas/success/signals.ts';
import { successHouse } from './success-fixtures.ts';

const NORMAL = Array.from({ length: 14 }, () => 4000);
const settledEvent = (subject: string, days: readonly string[]) => ({
  id: 'e',
  subject,
  days,
  correlationId: 'settle-1',
});

describe('raising signals', () => {
  it('tells of a drop once, with what its reader needs', async () => {
    const { ports, settle, raised } = successHouse();
    const days = await settle('org-05', '2026-10-05', [...NORMAL, 1100, 1000, 900, 800]);
    const told = await raiseSignals(ports, settledEvent('org-05', days));
    expect(told).toEqual([signalIdOf('api-usage-drop', 'acct-05', '2026-10-19')]);
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({
      id: told[0],
      correlationId: 'settle-1',
      signal: {
        signalId: told[0],
        ruleVersion: 1,
        account: 'acct-05',
        companyId: '1P02A',
        ownerEmail: 'csm@larkspur.example',
        since: '2026-10-19',
        day: '2026-10-21',
        value: '900',
        baseline: '4000',
        changePercent: '-78',
        priority: 'High',
        text:
          'API calls of Quill & Finch dropped on 2026-10-19 and stayed low for 3 days: 900 (call) on Wednesday ' +
          '2026-10-21, where 4,000 is usual (median of the last 2 Wednesdays in normal use), a change of -78%. ' +
          'Plan business, sales region us.',
      },
    });
    expect(await raiseSignals(ports, settledEvent('org-05', days))).toEqual([]);
    expect(raised).toHaveLength(1);
  });

  it('adds up the subjects of an account before it judges', async () => {
    const { ports, settle, raised } = successHouse();
    const days = await settle('org-05', '2026-10-05', [...NORMAL, 100, 100, 100]);
    await settle('org-55', '2026-10-05', [...NORMAL, 6000, 6000, 6000]);
    await raiseSignals(ports, settledEvent('org-05', days));
    expect(raised).toEqual([]);
  });

  it('tells again what was recorded and not told', async () => {
    const { ports, settle, raised, bus } = successHouse();
    const days = await settle('org-05', '2026-10-05', [...NORMAL, 900, 900, 900]);
    bus.failing = true;
    await expect(raiseSignals(ports, settledEvent('org-05', days))).rejects.toThrow('the bus is not there');
    expect(await ports.signals.list('acct-05')).toMatchObject([{ published: false }]);
    bus.failing = false;
    expect(await raiseSignals(ports, settledEvent('org-05', days))).toHaveLength(1);
    expect(raised).toHaveLength(1);
    expect(await ports.signals.list('acct-05')).toMatchObject([{ published: true }]);
  });

  it('comes to the same signals day by day as all at once', async () => {
    const values = [...NORMAL, 900, 900, 900, ...Array.from({ length: 25 }, () => 900)];
    const { ports, settle, raised } = successHouse();
    for (const [n, value] of values.entries()) {
      const day = new Date(Date.parse('2026-10-05T00:00:00Z') + n * 86_400_000).toISOString().slice(0, 10);
      await settle('org-05', day, [value]);
      await raiseSignals(ports, settledEvent('org-05', [day]));
    }
    // The window has long left the first day behind, and still it is the same episode.
    expect(raised.map(({ id }) => id)).toEqual([signalIdOf('api-usage-drop', 'acct-05', '2026-10-19')]);
  });

  it('leaves alone: days that are not over, unknown subjects, accounts without customer success', async () => {
    const { ports, settle, raised, clock } = successHouse();
    const days = await settle('org-05', '2026-10-05', [...NORMAL, 900, 900, 900]);
    await settle('org-06', '2026-10-05', [...NORMAL, 900, 900, 900]);
    expect(await raiseSignals(ports, settledEvent('org-06', days))).toEqual([]);
    expect(await raiseSignals(ports, settledEvent('org-99', days))).toEqual([]);
    clock.set('2026-10-21T12:00:00.000Z');
    expect(await raiseSignals(ports, settledEvent('org-05', days))).toEqual([]);
    expect(raised).toEqual([]);
  });
});
