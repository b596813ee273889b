import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountPreview, PreviewReport } from '../../../lambdas/preview/types.ts';
import type { ApiClient } from '../../../ops/api-client.ts';
import { previewPrices, wantedOf } from '../../../ops/commands/price-previews.ts';
import { exportPreview, previewCsv } from '../../../ops/preview-export.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const sum = { currency: 'USD', before: '1150.00', after: '1100.00', difference: '-50.00', percent: '-4.35' };
const REPORT: PreviewReport = {
  format: 1,
  of: 'list-usd version 4 in place of list-usd',
  changeHash: 'c',
  dates: { start: '2026-10-01', end: '2026-11-01' },
  running: { start: '2026-11-01', end: '2026-12-01' },
  accounts: 2,
  totals: [sum],
  runningTotals: [],
  winners: [{ account: 'a1', name: 'Quill', ...sum }],
  losers: [],
  counts: { winners: 1, losers: 0, same: 1, problems: 1, cliffs: 0 },
  atRisk: { percent: 10, accounts: 0, amounts: [] },
  problems: [{ account: 'a2', contract: 'c2', start: '2026-10-01', message: 'there is no price "fee"' }],
  cliffs: [],
  accountsHash: 'h',
};
const ACCOUNTS: readonly AccountPreview[] = [
  {
    format: 1,
    account: 'a1',
    name: '=Quill, Inc',
    cliffs: [],
    periods: [
      {
        contract: 'c1',
        start: '2026-10-01',
        end: '2026-11-01',
        currency: 'USD',
        before: '1150.00',
        after: '1100.00',
        difference: '-50.00',
        usageHash: 'u',
      },
      {
        contract: 'c1',
        start: '2026-11-01',
        end: '2026-12-01',
        running: true,
        currency: 'USD',
        before: '3.00',
        problem: 'no "fee"',
        usageHash: 'u',
      },
    ],
  },
];

const api = () => {
  const posted: unknown[] = [];
  const client: ApiClient = {
    get: async <T>(asked: string) =>
      (asked.endsWith('/accounts') ? { items: ACCOUNTS } : { report: REPORT, job: {} }) as T,
    post: async <T>(asked: string, body: unknown) => {
      posted.push([asked, JSON.parse(JSON.stringify(body))]);
      return { jobId: 'job-1', state: 'done', result: {} } as T;
    },
    delete: () => Promise.reject(new Error('not called')),
  };
  return { client, posted };
};
const folder = () => mkdtempSync(path.join(tmpdir(), 'preview-'));

describe('a price preview at the command line', () => {
  it('asks for what is meant, and shows the report', async () => {
    const { client, posted } = api();
    await previewPrices(client, { book: 'list-usd@4', months: '3', risk: '0', account: ['a1'] });
    expect(posted).toEqual([
      ['/price-previews', { book: { id: 'list-usd', version: 4 }, months: 3, accounts: ['a1'], riskPercent: 0 }],
    ]);
    for (const text of ['list-usd version 4', '1,150.00', '-4.35 %', 'Pay less: 1', 'there is no price "fee"']) {
      expect(said).toContain(text);
    }
  });

  it('takes an id, a version, a publication or a file', () => {
    const file = path.join(folder(), 'book.json');
    writeFileSync(file, JSON.stringify({ kind: 'price-book', body: { id: 'list-usd' } }));
    expect(wantedOf('--book', 'list-usd')).toEqual({ id: 'list-usd' });
    expect(wantedOf('--book', 'list-usd@pub-1')).toEqual({ id: 'list-usd', publication: 'pub-1' });
    expect(wantedOf('--book', 'pub-1')).toEqual({ publication: 'pub-1' });
    expect(wantedOf('--book', file)).toEqual({ body: { id: 'list-usd' } });
    expect(() => wantedOf('--book', './none.json')).toThrow('there is no file ./none.json');
    expect(() => wantedOf('--book', 'list-usd@x')).toThrow('--book takes a whole number');
  });

  it('wants something to be changed', async () => {
    await expect(previewPrices(api().client, { months: '1' })).rejects.toThrow('--book, --contract, or both');
  });
});

describe('the export of a price preview', () => {
  it('is CSV that a spreadsheet reads and runs nothing of', () => {
    expect(previewCsv(ACCOUNTS)).toBe(
      [
        'account,name,contract,period_start,period_end,running,currency,before,after,difference,problem,usage_hash',
        'a1,"\'=Quill, Inc",c1,2026-10-01,2026-11-01,false,USD,1150.00,1100.00,-50.00,,u',
        'a1,"\'=Quill, Inc",c1,2026-11-01,2026-12-01,true,USD,3.00,,,"no ""fee""",u',
        '',
      ].join('\r\n'),
    );
  });

  it('is Parquet with exact decimals, the same bytes each time', async () => {
    const [first, second] = [path.join(folder(), 'a.parquet'), path.join(folder(), 'b.parquet')];
    await exportPreview(first, ACCOUNTS);
    await exportPreview(second, ACCOUNTS);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll(
      `SELECT name, running, CAST(before AS VARCHAR) AS before, typeof(before) AS type, after IS NULL AS none, CAST(period_start AS VARCHAR) AS day FROM '${first}'`,
    );
    connection.closeSync();
    expect(rows.getRowObjectsJS()).toEqual([
      {
        name: '=Quill, Inc',
        running: false,
        before: '1150.0000',
        type: 'DECIMAL(38,4)',
        none: false,
        day: '2026-10-01',
      },
      { name: '=Quill, Inc', running: true, before: '3.0000', type: 'DECIMAL(38,4)', none: true, day: '2026-11-01' },
    ]);
  });

  it('writes through the command, and knows no other ending', async () => {
    const file = path.join(folder(), 'out.csv');
    await previewPrices(api().client, { book: 'list-usd', months: '0', export: [file] });
    expect(readFileSync(file, 'utf8')).toBe(previewCsv(ACCOUNTS));
    await expect(exportPreview('out.xlsx', [])).rejects.toThrow('.csv or .parquet');
  });
});
