import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { forecastOf } from '../../../lambdas/usage/entitlements/forecast.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { ENTITLEMENTS, october } from './entitlements-world.ts';
import { api, METERS } from './usage-fixtures.ts';

describe('an entitlement', () => {
  it('says what is used, what is left, when it begins anew, and when it will be used up', async () => {
    const { ask } = await october();
    expect((await ask('acct-01', 'calls'))?.entitlements).toEqual([
      {
        account: 'acct-01',
        feature: 'calls',
        contract: 'contract-01',
        description: 'API calls',
        allowed: true,
        enforcement: 'hard',
        meter: 'calls',
        unit: 'unit',
        used: '950',
        limit: '2000',
        left: '1050',
        resetsAt: '2026-11-01T00:00:00.000Z',
        period: { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' },
        forecast: {
          perDay: '100',
          // 21.5 days are left.
          atReset: '3100',
          // 1050 at 100 a day: 10.5 days from noon of the 10th.
          exhaustedAt: '2026-10-21T00:00:00.000Z',
          restsOn: { days: 9, from: '2026-10-01', to: '2026-10-09', quantity: '900' },
        },
      },
    ]);
  });

  it('takes three reads where the function is warm: marks, settled days, the open end of today', async () => {
    const { ask, reads } = await october();
    expect((await ask('acct-01', 'calls'))?.read.queries).toBe(4);
    const before = reads();
    expect((await ask('acct-01', 'calls'))?.read.queries).toBe(3);
    expect(reads() - before).toBe(3);
  });

  it('takes no more in a zone whose midnight divides a UTC day, and sees what is appended to that day late', async () => {
    const { ask, append, clock, reads, ports } = await october({ zone: 'Asia/Kolkata' });
    await append(api('edge', '2026-09-30T20:00:00.000Z', 7));
    // The first of October in India begins at 18:30 UTC of the day before.
    expect((await ask('acct-01', 'calls'))?.entitlements[0]?.used).toBe('957');
    clock.advance(60 * 60_000);
    await settleSweep(ports, METERS);
    clock.advance(60 * 60_000);
    await settleSweep(ports, METERS);
    expect((await ask('acct-01', 'calls'))?.read.queries).toBe(4);
    const before = reads();
    expect(await ask('acct-01', 'calls')).toMatchObject({ entitlements: [{ used: '957' }], read: { queries: 3 } });
    expect(reads() - before).toBe(3);
    await append(api('later', '2026-09-30T21:00:00.000Z', 5));
    expect((await ask('acct-01', 'calls'))?.entitlements[0]?.used).toBe('962');
    clock.advance(60 * 60_000);
    await settleSweep(ports, METERS);
    clock.advance(60 * 60_000);
    await settleSweep(ports, METERS);
    for (const queries of [4, 3]) {
      expect(await ask('acct-01', 'calls')).toMatchObject({ entitlements: [{ used: '962' }], read: { queries } });
    }
  });

  it('reads once for all features of a contract that add up, and nothing for those without a meter', async () => {
    const adding = ENTITLEMENTS.filter(({ feature }) => feature !== 'seats');
    const { ask, reads } = await october({ entitlements: adding });
    await ask('acct-01');
    const before = reads();
    expect((await ask('acct-01'))?.entitlements.map(({ feature, used }) => [feature, used])).toEqual([
      ['calls', '950'],
      ['extra', '950'],
      ['requests', '10'],
      ['sso', undefined],
    ]);
    expect(reads() - before).toBe(3);
    expect(await ask('acct-01', 'sso')).toMatchObject({ entitlements: [{ allowed: true }], read: { queries: 0 } });
    expect(reads() - before).toBe(3);
  });

  it('is allowed above a soft limit, and not from a hard one on', async () => {
    const { ask, append, clock } = await october();
    expect((await ask('acct-01', 'extra'))?.entitlements[0]).toMatchObject({
      allowed: true,
      enforcement: 'soft',
      left: '0',
    });
    await append(api('last', clock.now(), 1049));
    expect((await ask('acct-01', 'calls'))?.entitlements[0]).toMatchObject({ allowed: true, left: '1' });
    await append(api('edge', clock.now(), 1));
    const full = (await ask('acct-01', 'calls'))?.entitlements[0];
    expect(full).toMatchObject({ allowed: false, reason: 'limit-reached', used: '2000', left: '0' });
    expect(full?.forecast).not.toHaveProperty('exhaustedAt');
  });

  it('forecasts nothing from fewer than three settled days, nor for meters that do not add up', async () => {
    const { ask } = await october({ days: 2 });
    const answers = (await ask('acct-01'))?.entitlements ?? [];
    expect(answers.map(({ forecast }) => forecast)).toEqual(answers.map(() => undefined));
    const { ask: later } = await october();
    expect((await later('acct-01', 'seats'))?.entitlements[0]).toMatchObject({ used: '9', left: '1', allowed: true });
    expect((await later('acct-01', 'seats'))?.entitlements[0]).not.toHaveProperty('forecast');
  });

  it('counts in the period and zone of its contract', async () => {
    const quarterly = await october({ cadence: 'quarterly', zone: 'Asia/Kolkata' });
    expect((await quarterly.ask('acct-01', 'calls'))?.entitlements[0]).toMatchObject({
      used: '950',
      resetsAt: '2026-12-31T18:30:00.000Z',
      period: { start: '2026-10-01', end: '2027-01-01', zone: 'Asia/Kolkata' },
    });
    const ending = await october({ end: '2026-10-15' });
    expect((await ending.ask('acct-01', 'calls'))?.entitlements[0]?.resetsAt).toBe('2026-10-15T00:00:00.000Z');
  });

  it('is not there for what no contract agrees, and for a contract that has ended', async () => {
    const { ask } = await october();
    expect(await ask('acct-09')).toBeUndefined();
    expect((await ask('acct-02', 'calls'))?.entitlements).toEqual([
      { account: 'acct-02', feature: 'calls', allowed: false, reason: 'no-contract' },
    ]);
    expect((await ask('acct-01', 'teleport'))?.entitlements).toEqual([
      { account: 'acct-01', feature: 'teleport', allowed: false, reason: 'not-in-contract' },
    ]);
    expect((await ask('acct-02'))?.entitlements).toEqual([]);
    const ended = await october({ end: '2026-10-05' });
    expect((await ended.ask('acct-01', 'sso'))?.entitlements[0]).toMatchObject({ reason: 'no-contract' });
  });

  it('holds for a covered account too, whose usage counts with that of the others', async () => {
    const { ask, append, clock } = await october({ covers: ['acct-02'] });
    await append(api('child', clock.now(), 7, 'read', 'org-02'));
    for (const account of ['acct-01', 'acct-02']) {
      expect((await ask(account, 'calls'))?.entitlements).toMatchObject([{ account, used: '957' }]);
    }
  });
});

describe('a forecast', () => {
  const run = { days: 3, from: '2026-10-01', to: '2026-10-03', quantity: parseDecimal('10') };
  const [now, reset] = [Date.parse('2026-10-04T00:00:00.000Z'), Date.parse('2026-11-01T00:00:00.000Z')];

  it('divides once, at the end, and never says a later instant than the exact one', () => {
    const forecast = forecastOf(run, { used: parseDecimal('10'), limit: parseDecimal('20') }, now, reset);
    // 10 at 10 / 3 a day: exactly 3 days.
    expect(forecast?.exhaustedAt).toBe('2026-10-07T00:00:00.000Z');
    expect(forecast?.perDay).toBe('3.333333333333');
    // 10 + 28 × 10 / 3
    expect(forecast?.atReset).toBe('103.333333333333');
  });

  it('names no instant where the limit begins anew before it is used up', () => {
    const forecast = forecastOf(run, { used: parseDecimal('10'), limit: parseDecimal('1000') }, now, reset);
    expect(forecast).not.toHaveProperty('exhaustedAt');
  });

  it('says nothing where nothing was used', () => {
    const idle = { ...run, quantity: parseDecimal('0') };
    expect(forecastOf(idle, { used: parseDecimal('0'), limit: parseDecimal('1') }, now, reset)).toBeUndefined();
  });
});
