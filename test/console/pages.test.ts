import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OCTOBER, SEPTEMBER } from '../console-fake/world.ts';
import { consoleInBrowser } from './console-in-browser.ts';
import { violationsOf } from './person.ts';

const INVOICE = 'mb-acct-03-20260901-invoice-2EUR-0';

const site = consoleInBrowser();

const PAGES = [
  { what: 'the closes', path: '/closes', shows: 'October 2026' },
  { what: 'a close that needs people', path: `/closes/${OCTOBER}`, shows: 'Exceptions to decide' },
  { what: 'a close that is done', path: `/closes/${SEPTEMBER}?tab=reconciliation`, shows: 'Here and in the ERP' },
  { what: 'the documents', path: '/documents?filter=account%3ABrandauer', shows: '(18.40)' },
  {
    what: 'a chosen document',
    path: `/documents?filter=account%3ABrandauer&row=${INVOICE}`,
    shows: 'Enterprise plan, platform fee',
  },
  { what: 'a document', path: `/documents/${INVOICE}`, shows: 'Sent the document: posted' },
  { what: 'the quarantine', path: '/quarantine?code=SCHEMA', shows: 'the field count is missing' },
  { what: 'a refused line', path: '/quarantine/q-bbc3de8c50e206865e115f41', shows: 'Wrong at /data/count' },
  { what: 'the price books', path: '/price-books', shows: 'waits for a second person' },
  { what: 'a price book', path: '/price-books/list-usd', shows: 'How it is priced' },
  { what: 'the publications', path: '/publications', shows: 'What it changes' },
  { what: 'nothing at an address', path: '/nowhere', shows: 'There is nothing at this address' },
];

describe('every page', () => {
  for (const { what, path, shows } of PAGES) {
    it(`shows ${what}, and axe finds nothing in light and dark`, async () => {
      const { page, errors } = await site.open('anna.approver', path);
      await page.getByText(shows).filter({ visible: true }).first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOf(page)).toEqual([]);
      expect(errors).toEqual([]);
    });
  }
});

describe('a fresh system', () => {
  it('says what a close is and where documents come from', async () => {
    const { page } = await site.open('priya.preparer', '/closes', { rows: 0 });
    await page.getByText('No close yet').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${site.fake.url}/documents`);
    await page.getByText('No document yet').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${site.fake.url}/quarantine`);
    await page.getByText('Nothing waits in quarantine').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});

describe('3,000 documents', () => {
  it('are paged, found, and kept in the address', async () => {
    const { page } = await site.open('anna.approver', '/documents?filter=account%3AStonecrop&sort=-total', {
      rows: 3_000,
    });
    await page.getByText('(3,000)').waitFor();
    await page.getByText('130 matches').first().waitFor();
    await page.getByRole('button', { name: /^Page 2 / }).click();
    await page.waitForURL(/page=2/);
    await page.reload();
    await page.getByText('130 matches').first().waitFor();
    expect(await page.getByRole('button', { name: /^Page 2 / }).getAttribute('aria-current')).toBe('true');
  });
});

describe('the first load', () => {
  it('is below 350 KB of script, gzipped', async () => {
    const { page } = await site.open('anna.approver', '/closes');
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    await page.reload();
    await page.getByRole('link', { name: 'October 2026' }).waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = (await Promise.all(scripts)).map((body) => gzipSync(body).length);
    const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1_024;
    expect(sizes.length).toBeGreaterThan(3);
    expect(kilobytes).toBeLessThan(350);
  });
});

describe('numbers', () => {
  it("are grouped, with the currency's decimals, negative in parentheses, exact on hover", async () => {
    const { page } = await site.open('anna.approver', `/documents?closeId=${OCTOBER}&sort=-total`);
    const yen = page.getByText('123,457,020,781', { exact: true });
    await yen.waitFor();
    expect(await yen.getAttribute('title')).toBe('JPY 123457020781');
    expect(await page.getByText('(18.40)', { exact: true }).getAttribute('title')).toBe('EUR -18.40');
  });
});
