import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BookDiff, BookVersion, BookView } from '../../../lambdas/catalog/types.ts';
import type { ApiClient } from '../../../ops/api-client.ts';
import { approveCatalog } from '../../../ops/commands/catalog.ts';
import { diffBooks, listBooks, showBook, submitBook } from '../../../ops/commands/price-books.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const book = (version: number, more: Partial<BookVersion>): BookVersion => ({
  id: 'list-usd',
  name: 'List',
  currency: 'USD',
  version,
  hash: 'abc',
  state: 'published',
  inForce: false,
  effectiveFrom: '2027-01-01T00:00:00.000Z',
  prices: 3,
  proposedBy: 'ada',
  warnings: 0,
  ...more,
});
const old = book(1, { inForce: true, effectiveUntil: '2027-01-01T00:00:00.000Z', publishedBy: 'grace' });
const waits = book(2, { state: 'submitted', publicationId: 'pub-2' });

const api = (answers: Readonly<Record<string, unknown>>) => {
  const asked: [string, unknown][] = [];
  const answer = async <T>(path: string, body: unknown) => {
    asked.push([path, body]);
    if (!(path in answers)) throw new Error(`${path} is not answered here`);
    return answers[path] as T;
  };
  const client: ApiClient = { get: answer, post: answer, delete: () => Promise.reject(new Error('not called')) };
  return { client, asked };
};

describe('price books at the command line', () => {
  it('lists versions with their states and what names them', async () => {
    await listBooks(api({ '/catalog/price-books': { items: [waits, book(2, {}), old] } }).client);
    expect(said).toMatch(/list-usd +2 +submitted .* pub-2@2\n/);
    expect(said).toMatch(/list-usd +2 +published, from 2027-01-01 00:00 .* 2\n/);
    expect(said).toMatch(/list-usd +1 +published, in force .* ada +grace +1\n/);
    said = '';
    await listBooks(api({ '/catalog/price-books': { items: [] } }).client);
    expect(said).toContain('There is no price book yet');
  });

  it('says the prices of a version in words', async () => {
    const parts = [
      { step: 'graduated', part: '', text: 'each part at the price of its tier' },
      { step: 'graduated', part: 'tier 1', text: 'all: 0.01 USD each' },
    ];
    const price = { id: 'calls', product: 'api-calls', description: 'API calls', meter: 'api_calls', parts };
    const view: BookView = { version: old, prices: [price] };
    const { client, asked } = api({ '/catalog/price-books/list-usd': view });
    await showBook(client, 'list-usd', '1');
    expect(asked).toEqual([['/catalog/price-books/list-usd', { version: '1' }]]);
    expect(said).toContain('API calls (calls), product api-calls, by api_calls');
    expect(said).toContain('  graduated: each part at the price of its tier\n    tier 1: all: 0.01 USD each');
  });

  it('tells differences as sentences and as a table, or that there are none', async () => {
    const sentence = 'API calls (calls), per-unit: "b" instead of "a"';
    const change = { change: 'changed', price: 'calls', description: 'API calls', step: 'per-unit', part: '' } as const;
    const diff: BookDiff = {
      id: 'list-usd',
      from: old,
      to: waits,
      changes: [{ ...change, before: 'a', after: 'b', sentence }],
    };
    await diffBooks(api({ '/catalog/price-book/list-usd/diff': diff }).client, 'list-usd', '1', 'pub-2');
    expect(said).toContain('from version 1 (published, in force) to version 2 (submitted)');
    expect(said).toContain(`  ${sentence}`);
    expect(said).toMatch(/changed +calls +per-unit +a +b/);
    said = '';
    await diffBooks(api({ '/catalog/price-book/list-usd/diff': { ...diff, changes: [] } }).client, 'list-usd');
    expect(said).toContain('They say the same.');
  });

  it('submits a file or keeps it as a draft, and says how it goes on', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'book-')), 'list-usd.json');
    const entry = { kind: 'price-book', id: 'list-usd' };
    writeFileSync(file, JSON.stringify(entry));
    const warnings = [{ key: 'cliff:list-usd/x:15', kind: 'price-book', id: 'list-usd', path: '', message: 'falls' }];
    const answer = { publicationId: 'pub-2', hash: 'h', status: 'draft', changes: [entry], warnings };
    const draft = api({ '/catalog/publications': answer });
    await submitBook(draft.client, file, { draft: true });
    expect(draft.asked).toEqual([['/catalog/publications', { entries: [entry], accept: [], draft: true }]]);
    expect(said).toContain('to be mended or accepted: falls (cliff:list-usd/x:15)');
    expect(said).toContain('price-book submit pub-2 --accept cliff:list-usd/x:15');

    const accept = ['cliff:list-usd/x:15'];
    const submit = api({ '/catalog/publications/pub-2/submission': { ...answer, status: 'proposed' } });
    await submitBook(submit.client, 'pub-2', { accept });
    expect(submit.asked).toEqual([['/catalog/publications/pub-2/submission', { accept }]]);
    expect(said).toContain('Another person publishes it: npm run ops -- price-book publish pub-2');

    said = '';
    await submitBook(api({ '/catalog/publications': { ...answer, changes: [] } }).client, file, {});
    expect(said).toContain('It is published as it is.');
    await expect(submitBook(submit.client, '/tmp/no-such-file.json', {})).rejects.toThrow(/cannot be read as JSON/);
  });

  it('shows whoever publishes what was doubted and accepted, and publishes no draft', async () => {
    const warnings = [{ key: 'k', kind: 'price-book', id: 'list-usd', path: '', message: 'falls' }];
    const publication = {
      publicationId: 'pub-2',
      hash: 'abcdef01',
      proposedBy: 'ada',
      proposedAt: 'then',
      changes: [],
      warnings,
    };
    const { client, asked } = api({ '/catalog/publications/pub-2': { ...publication, status: 'draft' } });
    await approveCatalog(client, 'pub-2', 'abcdef01');
    expect(said).toContain('Doubted and accepted by ada: price-book list-usd: falls (k)');
    expect(said).toContain('ada has not submitted it yet');
    expect(asked).toHaveLength(1);
  });
});
