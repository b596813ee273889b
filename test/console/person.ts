import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { FakeConsole } from '../console-fake/server.ts';

/** A person at the console: signs in through the hosted page and looks. */

/** Opens a path as this person; what the page logs as an error is collected in `errors`. */
export const openAs = async (
  browser: Browser,
  fake: FakeConsole,
  name: string,
  path: string,
): Promise<{ page: Page; errors: string[] }> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${fake.url}${path}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password').fill('anything');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, errors };
};

/** What axe finds, as `rule: element` lines; empty is clean. */
export const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => `${impact} ${id}: ${html.slice(0, 160)}`),
  );
};
