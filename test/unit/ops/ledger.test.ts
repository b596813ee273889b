import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ApiClient, ApiError } from '../../../ops/api-client.ts';
import { explainEvent } from '../../../ops/commands/events.ts';
import { explainNumber } from '../../../ops/commands/explain-number.ts';
import { rebuildLedger, usageTotals, verifyLedger } from '../../../ops/commands/ledger.ts';
import { exactSum } from '../../../ops/exact-sum.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What a command prints, over an API that answers by path and query. */
const printed = async (
  answer: (path: string, query: Record<string, string | undefined>) => unknown,
  work: (api: ApiClient) => Promise<void>,
): Promise<string> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const api = {
    get: async (path: string, query: Record<string, string | undefined> = {}) => answer(path, query),
    post: async (path: string) => answer(path, {}),
  } as unknown as ApiClient;
  await work(api);
  return write.mock.calls.map(([text]) => text).join('');
};

it('adds decimals up exactly', () => {
  expect(exactSum(['0.1', '0.2', '-0.3'])).toBe('0');
  expect(exactSum(['12345678901234567890.5', '-1', '0.25'])).toBe('12345678901234567889.75');
  expect(exactSum(['-0.5', '0.25'])).toBe('-0.25');
  expect(exactSum([])).toBe('0');
});

describe('ledger verify', () => {
  const whole = { entries: 12, whole: true };
  it('goes on page by page, and says what is whole', async () => {
    const text = await printed(
      (path, { after }) =>
        path === '/audit/verification'
          ? whole
          : path === '/ledger/roots/verification'
            ? { roots: 2, faults: [], newest: { number: 2, at: '2026-11-02T03:00:00.000Z' } }
            : {
                slots: 1_000,
                appends: 2_000,
                broken: [],
                ...(after === undefined ? { next: '2026-10-05#org-01' } : {}),
              },
      (api) => verifyLedger(api, '2026-10-01', '2026-11-01'),
    );
    expect(text).toContain('4,000 appends in 2,000 slots verified: every chain is whole.');
    expect(text).toContain('2 signed roots verified; the newest, number 2, is of 2026-11-02T03:00:00.000Z.');
    expect(text).toContain('The audit chain is whole: 12 entries.');
    expect(process.exitCode).toBeUndefined();
  });

  it('fails and says what is broken', async () => {
    const broken = {
      subject: 'org-01',
      start: '2026-10-01T00:00:00.000Z',
      version: 2,
      reason: 'CUT',
      message: 'it ends at 1',
    };
    const text = await printed(
      (path) =>
        path === '/audit/verification'
          ? { entries: 3, whole: false, broken: { sequence: 4 } }
          : path === '/ledger/roots/verification'
            ? { roots: 2, faults: ['root 2 does not follow root 1'] }
            : { slots: 1, appends: 1, broken: [broken] },
      (api) => verifyLedger(api, '2026-10-01', '2026-11-01'),
    );
    expect(text).toMatch(/org-01 +2026-10-01T00:00:00.000Z +2 +CUT +it ends at 1/);
    expect(text).toContain('1 FAULTS:\n  root 2 does not follow root 1');
    expect(text).toContain('BROKEN at entry 4');
    expect(process.exitCode).toBe(1);
  });
});

describe('ledger rebuild', () => {
  const found = {
    settledDays: 31,
    stale: 1,
    balances: 4,
    lines: 1_000,
    refused: 0,
    slots: 40,
    ids: 990,
    moving: 2,
    different: 0,
    differences: [],
  };
  const done = (result: object) => ({ jobId: 'job-1', kind: 'ledger.rebuild', state: 'done', params: {}, result });

  it('says what was made again, and that it is the same', async () => {
    const text = await printed(
      () => done(found),
      (api) => rebuildLedger(api, '2026-10-01', '2026-11-01'),
    );
    expect(text).toContain('31 settled days made again from the ledger, 1 of them older than the ledger');
    expect(text).toContain('1,000 lines of the archive made 990 ids in 40 slots again; 2 slots moved meanwhile');
    expect(text).toContain('Everything is the same, to the last digit.');
    expect(process.exitCode).toBeUndefined();
  });

  it('fails and says where it is not', async () => {
    const difference = {
      what: 'IDS',
      subject: 'org-01',
      day: '2026-10-01',
      chain: '2026-10-01T00:00:00.000Z',
      message: 'lost',
    };
    const text = await printed(
      () => done({ ...found, different: 7, differences: [difference] }),
      (api) => rebuildLedger(api, '2026-10-01', '2026-11-01', 'org-01'),
    );
    expect(text).toContain('7 DIFFERENCES; the first 1:');
    expect(text).toMatch(/IDS +org-01 +2026-10-01T00:00:00.000Z +lost/);
    expect(process.exitCode).toBe(1);
  });
});

describe('ledger explain', () => {
  const base = {
    aggregation: 'SUM',
    unit: 'call',
    how: 'The values are added up: parts add up.',
    dimensions: { endpoint: 'read' },
  };
  const levels: Record<string, object> = {
    days: {
      ...base,
      level: 'days',
      quantity: '1234.5',
      parts: [{ name: '2026-10-01', at: '2026-10-01', quantity: '1234.5', adds: '1234.5' }],
    },
    lines: {
      ...base,
      level: 'lines',
      quantity: '1234.5',
      parts: [
        {
          name: 'e-1',
          quantity: '1234.5',
          adds: '1234.5',
          about: { role: 'counted', time: '2026-10-01T00:00:00.000Z', archive: 'k', line: 3, event: '{"id":"e-1"}' },
        },
      ],
    },
  };
  const october = { start: '2026-10-01', end: '2026-11-01' };

  it('goes down to the event as it was sent', async () => {
    const text = await printed(
      (_, { at }) => (at === undefined ? levels.days : levels.lines),
      (api) => explainNumber(api, 'acct-01', 'calls', october, { down: true }),
    );
    expect(text).toContain('1,234.5 call, endpoint=read. The values are added up');
    expect(text).toContain('1,234.5 in all');
    expect(text).toContain('e-1, as it was sent:\n{"id":"e-1"}');
  });

  it('says where to go on, and fails where parts do not make the number', async () => {
    const text = await printed(
      () => ({ ...levels.days, quantity: '1' }),
      (api) => explainNumber(api, 'acct-01', 'calls', october, {}),
    );
    expect(text).toContain('1,234.5 in all, NOT 1');
    expect(text).toContain('Go on with --dimension endpoint=read --at 2026-10-01, or with --down.');
    expect(process.exitCode).toBe(1);
    await expect(explainNumber({} as ApiClient, 'a', 'm', october, { dimension: ['read'] })).rejects.toThrow(
      '<name>=<value>',
    );
  });
});

it('tells where an event went', async () => {
  const pointer = { key: 'events/a.ndjson.gz', line: 3 };
  const told = {
    verdict: 'It was accepted and counts nothing: cancelled by x-1.',
    idHash: 'h',
    places: [
      {
        slot: '2026-10-01T00:00:00.000Z',
        version: 1,
        appendedAt: '2026-10-01T00:01:00.000Z',
        pointer,
        correlationId: 'ingest-1',
        state: 'cancelled',
      },
    ],
    cancelledBy: [{ kind: 'cancellation', id: 'x-1', version: 2, appendedAt: '2026-10-02T00:00:00.000Z' }],
    quarantine: [
      {
        id: 'q-1',
        code: 'CONFLICT',
        state: 'waiting',
        receivedAt: '2026-10-01T00:02:00.000Z',
        message: 'another body',
      },
    ],
    deliveries: {
      from: '2026-09-30T23:00:00.000Z',
      to: '2026-10-01T01:00:00.000Z',
      complete: false,
      found: [{ position: { shard: 's-0', sequence: '7', index: 0 }, receivedAt: '2026-10-01T00:00:30.000Z', pointer }],
    },
  };
  const text = await printed(
    () => told,
    (api) => explainEvent(api, 'e-1', { source: 's', subject: 'org-01', time: 't' }),
  );
  expect(text).toMatch(/^It was accepted and counts nothing: cancelled by x-1\./);
  expect(text).toMatch(/cancelled +2026-10-01T00:00:00.000Z +1 +2026-10-01 00:01:00 +ingest-1 +\[1\]:3/);
  expect(text).toMatch(/\n\[1\] events\/a.ndjson.gz\n$/);
  expect(text).toMatch(/x-1 +cancellation +2/);
  expect(text).toMatch(/q-1 +CONFLICT +waiting/);
  expect(text).toContain(
    'Delivered once between 2026-09-30 23:00:00 and 2026-10-01 01:00:00 (not all of the archive was looked at).',
  );
});

describe('usage totals', () => {
  const totals = {
    received: 3,
    accepted: 2,
    cancelled: 0,
    backfilled: 0,
    late: 0,
    cancellations: 0,
    duplicate: 0,
    quarantined: { SCHEMA: 1 },
    released: 0,
    writtenOff: 0,
    waiting: 0,
    unattributed: [],
  };

  it('asks again when the time of one request was up before all was read', async () => {
    let asked = 0;
    const text = await printed(
      () => {
        asked += 1;
        if (asked < 3) throw new ApiError(503, 'NOT_COUNTED_YET', 'send it again');
        return totals;
      },
      (api) => usageTotals(api, '2026-10-01', '2026-11-01'),
    );
    expect(asked).toBe(3);
    expect(text).toMatch(/quarantined SCHEMA +1/);
  });

  it('gives up when it never ends, and at once when something else is wrong', async () => {
    let asked = 0;
    const refusing = (code: string) => () => {
      asked += 1;
      throw new ApiError(503, code, 'not now');
    };
    const ask = (api: ApiClient) => usageTotals(api, '2026-10-01', '2026-11-01');
    await expect(printed(refusing('NOT_COUNTED_YET'), ask)).rejects.toThrow('not now');
    expect(asked).toBe(15);
    await expect(printed(refusing('BUSY'), ask)).rejects.toThrow('not now');
    expect(asked).toBe(16);
  });
});
