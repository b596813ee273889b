import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { consoleInBrowser } from './console-in-browser.ts';
import { violationsOf } from './person.ts';

const site = consoleInBrowser();

const open = async (path: string, name: string, rows?: number): Promise<Page> => {
  const { page } = await site.open(name, path, rows === undefined ? {} : { rows });
  return page;
};

describe('price books', () => {
  it('say which version holds, which waits and for whom', async () => {
    const page = await open('/price-books', 'anna.approver');
    await page.getByText('1 publication waits for a second person').waitFor();
    const dollars = page.getByRole('row', { name: /Larkspur price list, USD/ });
    await dollars.first().waitFor();
    expect(await dollars.count()).toBe(2);
    await page.getByRole('row', { name: /list-usd 2 submitted/ }).waitFor();
    await page.getByRole('row', { name: /list-usd 1 published, in force/ }).waitFor();
    await page.getByRole('row', { name: /list-eur 2 draft/ }).waitFor();
  });

  it('are readable, and compared with another version', async () => {
    const page = await open('/price-books/list-usd', 'anna.approver');
    await page.getByText('each part at the price of its tier').first().waitFor();
    await page.getByText('to 50,000: 0.002 USD each').first().waitFor();
    await page.getByRole('button', { name: /^Version/ }).click();
    await page.getByRole('option', { name: /version 2 \(submitted\)/ }).click();
    await page.getByRole('heading', { name: 'Larkspur price list, USD, version 2' }).waitFor();
    await page.getByRole('button', { name: /^Compared with/ }).click();
    await page.getByRole('option', { name: /version 1 \(published, in force\)/ }).click();
    await page.waitForURL(/against=1/);
    await page.getByRole('row', { name: /changed allowance 20,000 included 25,000 included/ }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('say so when there is none', async () => {
    const page = await open('/price-books', 'priya.preparer', 0);
    await page.getByText('No price book yet').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${site.fake.url}/publications`);
    await page.getByText('No publication yet').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('are paged when there are 3,000 versions', async () => {
    const page = await open('/price-books?sort=version', 'anna.approver', 3_000);
    await page.getByText('(3,005)').waitFor();
    await page.getByRole('button', { name: /^Page 2 / }).click();
    await page.waitForURL(/page=2/);
  });
});

describe('a publication', () => {
  it('is published by a second person, who sees what was doubted', async () => {
    const page = await open('/publications', 'anna.approver');
    await page
      .getByRole('row', { name: /submitted list-usd/ })
      .getByRole('link')
      .click();
    await page.getByText('The checks doubted this; priya.preparer accepted it').waitFor();
    await page
      .getByText(/16 .* cost 80.00 USD, 15 cost 150.00 USD: more usage costs less/)
      .first()
      .waitFor();
    await page
      .getByRole('row', { name: /added price, product/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    const question = page.getByRole('dialog', { name: 'Publish list-usd' });
    await question.getByText('Doubted by the checks, accepted by priya.preparer').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await question.getByRole('button', { name: 'Publish 1 entry' }).click();
    await page.getByText('Published 1 entry').first().waitFor();
    await page.getByText('It is published.').count();
    await page.goto(`${site.fake.url}/price-books/list-usd?version=2`);
    await page.getByText('published, not yet in force').first().waitFor();
  });

  it('is not published by whoever proposed it', async () => {
    const page = await open('/publications', 'priya.preparer');
    await page
      .getByRole('row', { name: /submitted list-usd/ })
      .getByRole('link')
      .click();
    const publish = page.getByRole('button', { name: 'Publish' });
    await publish.waitFor();
    expect(await publish.getAttribute('aria-disabled')).toBe('true');
    await publish.hover();
    await page.getByText('You proposed this, so someone else must publish it.').filter({ visible: true }).waitFor();
  });

  it('is submitted by its author, once what is doubted is accepted', async () => {
    const page = await open('/publications', 'priya.preparer');
    await page
      .getByRole('row', { name: /draft list-eur/ })
      .getByRole('link')
      .click();
    await page.getByText('The checks doubt this').waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('button', { name: 'Submit 1 entry' }).click();
    await page.getByText('Accept each of them, or mend it.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('checkbox').check();
    // Without the error the dialog is lower, and its button stands elsewhere.
    await page.getByText('Accept each of them, or mend it.').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Submit 1 entry' }).click();
    await page.getByText('Submitted 1 entry').first().waitFor();
    await page.getByText('submitted', { exact: true }).first().waitFor();
  });
});
