import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { consoleInBrowser } from './console-in-browser.ts';
import { violationsOf } from './person.ts';

const ENTRY = '/quarantine/q-bbc3de8c50e206865e115f41';

const site = consoleInBrowser();

const open = async (path: string, name = 'omar.operator', rows?: number): Promise<Page> => {
  const { page } = await site.open(name, path, rows === undefined ? {} : { rows });
  return page;
};

const line = (page: Page) => page.getByLabel('The line', { exact: true });
/** Puts another text into the line. */
const edit = async (page: Page, from: string, to: string): Promise<void> =>
  line(page).fill((await line(page).inputValue()).replace(from, to));

describe('the quarantine', () => {
  it('tells how many lines wait for which reason, and narrows down to one', async () => {
    const page = await open('/quarantine');
    await page.getByText('Waiting (26)').first().waitFor();
    await page.getByRole('button', { name: 'Show only SCHEMA' }).click();
    await page.waitForURL(/code=SCHEMA/);
    await page.getByText('(9)', { exact: true }).waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^SCHEMA of org-/ }).waitFor();
  });

  it('says where there is more than one can look through, and asks for what is searched', async () => {
    const page = await open('/quarantine', 'omar.operator', 3_000);
    await page.getByText('The first 1,000 of those that wait').waitFor();
    await page.goto(`${site.fake.url}/quarantine?filter=subject%3Dorg-07`);
    await page.getByText('(125)').waitFor();
    expect(await page.getByText('The first 1,000').count()).toBe(0);
  });

  it('lets finance look, and nobody but operators decide', async () => {
    const page = await open(ENTRY, 'priya.preparer');
    const release = page.getByRole('button', { name: 'Edit and release' });
    expect(await release.getAttribute('aria-disabled')).toBe('true');
    await release.hover();
    await page.getByText('This needs the role Operator').filter({ visible: true }).waitFor();
  });
});

describe('a refused line', () => {
  it('is edited while it is judged, released, and keeps what it was', async () => {
    const page = await open(ENTRY);
    await page.getByRole('region', { name: 'The line as it came' }).getByText('-4 must be at least 1').waitFor();
    await page.getByRole('button', { name: 'Edit and release' }).click();
    await page.getByText('It would be refused again: SCHEMA at /data/count.').waitFor();
    await edit(page, '-4', '4');
    await page.getByText('It would be counted.').waitFor();
    await page.getByRole('row', { name: '/data/count -4 4' }).waitFor();
    await page.getByRole('button', { name: 'Release with these changes' }).click();
    await page.getByText('Say why.').waitFor();
    await page.getByLabel('Note').fill('The producer had the sign wrong.');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Release with these changes' }).click();
    await page.getByText('It is entry 1 of the audit log.').waitFor();
    await page.getByText('Released by omar.operator').waitFor();
    await page.getByText('The producer had the sign wrong.').waitFor();
    await page.getByRole('region', { name: 'The line as it came' }).getByText('"count": -4').waitFor();
    expect(site.fake.world.quarantine.put).toHaveLength(1);
    expect(site.fake.world.quarantine.put[0]).toContain('"count":4,');
    expect(await violationsOf(page)).toEqual([]);
  });

  it('goes all the same only when that is said, and comes back as an entry of its own', async () => {
    const page = await open(ENTRY);
    await page.getByRole('button', { name: 'Edit and release' }).click();
    await page.getByLabel('Note').fill('A newer schema is on its way.');
    await page.getByText('It would be refused again: SCHEMA').waitFor();
    await page.getByRole('button', { name: 'Release as it came' }).click();
    await page.getByText('or say that it should go all the same').waitFor();
    await page.getByText('Release it all the same').click();
    await page.getByRole('button', { name: 'Release as it came' }).click();
    await page.getByText('Refused again: SCHEMA, waiting').waitFor();
    await page.getByRole('link', { name: /^q-/ }).last().click();
    await page.getByText('Released from an earlier entry').waitFor();
  });

  it('is written off with a reason', async () => {
    const page = await open(ENTRY);
    await page.getByRole('button', { name: 'Write off' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Write the line off' }).click();
    await dialog.getByText('Say why it will never be counted.').waitFor();
    await dialog.getByLabel('Reason').fill('A test of the producer.');
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Write the line off' }).click();
    await page.getByText('Written off by omar.operator').waitFor();
    await page.getByText('A test of the producer.').waitFor();
  });
});

describe('many lines', () => {
  it('are looked at first, and then decided, as a job', async () => {
    const page = await open('/quarantine');
    expect(await page.getByRole('button', { name: 'Release these' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Show only SCHEMA' }).click();
    await page.getByRole('button', { name: 'Release these' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Note').fill('The schema was mended.');
    await dialog.getByRole('button', { name: 'Look what would happen' }).click();
    await dialog.getByText('Of 9 lines, 0 would be released.').waitFor();
    await dialog.getByText('9 would stay: SCHEMA').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Write these off' }).click();
    await dialog.getByLabel('Reason').fill('All of them were a test.');
    await dialog.getByRole('button', { name: 'Look what would happen' }).click();
    await dialog.getByRole('button', { name: 'Write 9 lines off' }).click();
    await dialog.getByText('Of 9 lines, 9 are written off.').waitFor();
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('Written off (9)').first().waitFor();
  });
});
