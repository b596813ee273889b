import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OCTOBER } from '../console-fake/world.ts';
import { consoleInBrowser } from './console-in-browser.ts';
import { violationsOf } from './person.ts';

const INVOICE = 'mb-acct-03-20260901-invoice-2EUR-0';

const site = consoleInBrowser();

const open = async (name: string, path: string): Promise<Page> => {
  const { page } = await site.open(name, path);
  return page;
};

const manifest = (page: Page, entity: string) => page.getByRole('row').filter({ hasText: entity });

describe('signing in and out', () => {
  it('comes back to where one wanted to go, and forgets the person on leaving', async () => {
    const page = await open('omar.operator', `/closes/${OCTOBER}?tab=reconciliation`);
    expect(page.url()).toBe(`${site.fake.url}/closes/${OCTOBER}?tab=reconciliation`);
    await page.getByRole('button', { name: 'Signed in as omar.operator, Operator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('id_token');
  });
});

describe('approving', () => {
  it('says what it will do, does it, and tells what was done', async () => {
    const page = await open('anna.approver', `/closes/${OCTOBER}`);
    await manifest(page, 'Larkspur GmbH').getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Posts 8 documents for 7 accounts of Larkspur GmbH to the ERP').waitFor();
    await dialog.getByText('18,753.21').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Approve and post 8 documents' }).click();
    await page.getByText('Larkspur GmbH: approved 8 documents').waitFor();
    await manifest(page, 'Larkspur GmbH').getByText('Approved by anna.approver').waitFor();
  });

  it('returns only with a reason', async () => {
    const page = await open('anna.approver', `/closes/${OCTOBER}`);
    await manifest(page, 'Larkspur K.K.').getByRole('button', { name: 'Return' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Return 3 documents' }).click();
    await dialog.getByText('Say why it is returned.').waitFor();
    await dialog.getByLabel('Reason').fill('Shirakaba Printing is far too high.');
    await dialog.getByRole('button', { name: 'Return 3 documents' }).click();
    await manifest(page, 'Larkspur K.K.').getByText('“Shirakaba Printing is far too high.”').waitFor();
  });

  it('is shown disabled, with the reason, to whom it is not allowed', async () => {
    const page = await open('priya.preparer', `/closes/${OCTOBER}`);
    const approve = manifest(page, 'Larkspur GmbH').getByRole('button', { name: 'Approve' });
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    await approve.hover();
    const reason = page.getByText('You changed an input of this manifest, so someone else must decide it.');
    await reason.filter({ visible: true }).waitFor();
  });

  const refused = async (change: (page: Page) => void): Promise<Page> => {
    const page = await open('anna.approver', `/closes/${OCTOBER}`);
    await manifest(page, 'Larkspur, Inc.').getByRole('button', { name: 'Approve' }).click();
    change(page);
    await page.getByRole('button', { name: 'Approve and post 12 documents' }).click();
    return page;
  };

  it('tells a person who became a maker meanwhile why it is refused', async () => {
    const page = await refused(() => {
      const manifests = site.fake.world.manifests.get(OCTOBER) ?? [];
      site.fake.world.manifests.set(
        OCTOBER,
        manifests.map((one) => ({ ...one, makers: [...one.makers, 'anna.approver'] })),
      );
    });
    await page.getByText('You may not approve your own work').waitFor();
    await page.getByText('Ask another finance approver').waitFor();
  });

  it('refuses a manifest that changed, and shows the present one', async () => {
    const page = await refused(() => {
      const manifests = site.fake.world.manifests.get(OCTOBER) ?? [];
      site.fake.world.manifests.set(
        OCTOBER,
        manifests.map((one) => ({ ...one, hash: 'f00d'.repeat(16) })),
      );
    });
    await page.getByText('The manifest has changed since you opened it').waitFor();
    await manifest(page, 'Larkspur, Inc.').getByText('f00df00df0…').waitFor();
  });
});

describe('starting a close', () => {
  it('starts the month that is asked for and shows its progress', async () => {
    const page = await open('priya.preparer', '/closes');
    await page.getByRole('button', { name: 'Start a close' }).click();
    await page.getByLabel('First day').fill('2026/08/01');
    await page.getByLabel('Last day').fill('2026/08/31');
    await page.getByRole('button', { name: 'Close August 2026' }).click();
    await page.waitForURL(/closes\/close-20260801-20260901-1/);
    await page.getByText('Started the close of August 2026').waitFor();
    const count = page.getByText(/^\d+ of 24 accounts$/).first();
    const first = await count.textContent();
    await expect.poll(() => count.textContent(), { timeout: 10_000 }).not.toBe(first);
  });
});

describe('deciding an exception', () => {
  it('asks for decision and reason, and takes it off the list', async () => {
    const page = await open('priya.preparer', `/closes/${OCTOBER}`);
    await manifest(page, 'Same id at two times').getByRole('button', { name: 'Decide' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('evt-7f21c0').waitFor();
    await dialog.getByRole('button', { name: 'Record the decision' }).click();
    await dialog.getByText('Choose what holds.').waitFor();
    await dialog.getByText('It is right as it is').click();
    await dialog.getByLabel('Reason').fill('Two runs of the same job, both real.');
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('1 exception to decide').waitFor();
    await page.getByRole('tab', { name: 'Decided exceptions (1)' }).click();
    await page.getByText('Two runs of the same job, both real.').waitFor();
  });
});

describe('the keyboard', () => {
  it('searches, moves, opens and helps', async () => {
    const page = await open('anna.approver', '/documents');
    await page.getByText('Brandauer Maschinenwerke').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('brandauer');
    await page.keyboard.press('Enter');
    await page.waitForURL(/filter=/);
    await page.getByText('3 matches').first().waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Search the table').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.waitForURL(/row=/);
    const row = new URL(page.url()).searchParams.get('row');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.fake.url}/documents/${row}`);
  });
});

describe('a line', () => {
  it('shows its arithmetic and the very events, page by page', async () => {
    const page = await open('anna.approver', `/documents/${INVOICE}`);
    await page.getByRole('heading', { name: 'Lines' }).waitFor();
    await page.getByText('Enterprise plan, API calls above 100,000').click();
    await page.getByText('1,425,680 calls − 100,000 included = 1,325,680 calls').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('tab', { name: 'The very events' }).click();
    await page.getByText('count 38, endpoint read').waitFor();
    await page.getByRole('button', { name: 'Next page' }).last().click();
    await page.getByText(/-50$/).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('links a memo and what it corrects both ways', async () => {
    const page = await open('anna.approver', `/documents/${INVOICE}`);
    await page.getByRole('link', { name: 'mb-acct-03-20260901-credit-memo-2EUR-1' }).click();
    await page.getByRole('heading', { name: 'Credit memo for Brandauer Maschinenwerke' }).waitFor();
    await page.getByRole('link', { name: INVOICE }).waitFor();
  });
});

describe('CSV', () => {
  it('holds exactly the rows that are shown', async () => {
    const page = await open('anna.approver', `/documents?closeId=${OCTOBER}&filter=kind%3DCredit%20memo`);
    await page.getByText('1 match').first().waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).first().click();
    const csv = await readFile(await (await waiting).path(), 'utf8');
    const [header, ...rows] = csv.split('\r\n');
    expect(header).toContain('Account,State,ERP id,Kind,Period,Currency,Total');
    expect(rows).toEqual([expect.stringContaining('EUR,-18.40')]);
  });
});

describe('a part that fails', () => {
  it('says so in its place, and the rest of the page stays', async () => {
    const { page } = await site.open('anna.approver', '/closes');
    await page.route('**/accounts*', (route) =>
      route.fulfill({ status: 500, json: { code: 'INTERNAL', detail: 'x' } }),
    );
    await page.getByRole('link', { name: 'October 2026' }).click();
    await page.getByText('Accounts could not be read').waitFor();
    await page.getByRole('heading', { name: 'Manifests' }).waitFor();
  });

  it('tells a role that may not read finance what it would need', async () => {
    const page = await open('sofia.success', '/closes');
    await page.getByText('Closes cannot be shown with your role').waitFor();
  });
});
