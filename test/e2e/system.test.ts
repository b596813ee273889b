import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clock } from '../../local/clock.ts';
import { signEverybodyIn } from '../../local/demo/people.ts';
import { until } from '../../local/demo/progress.ts';
import type { DemoReport } from '../../local/demo/report.ts';
import { type System, startSystem } from '../../local/system.ts';
import { launchBrowser } from '../browser.ts';
import { disagreements, runPath } from './demo-path.ts';
import { backfill, type Care, cancelAndReplace, makeCare, prove, release } from './ledger-care.ts';
import { askEntitlement, previewDearerFee } from './price-care.ts';
import { sendTooFast } from './too-fast.ts';

/**
 * The demo's path on the deployed app with every figure asserted, then the console in a browser on the same system: one
 * start of the system carries both.
 */

let system: System;
let report: DemoReport;

beforeAll(async () => {
  system = await startSystem({ log: (line) => process.stdout.write(`      ${line}\n`) });
  report = await runPath(system, clock.now(), 'path');
});
afterAll(() => system?.stop());

describe("the demo's path", () => {
  it('agrees on every figure', () => {
    expect(disagreements(report)).toEqual([]);
    expect(report.checks.length).toBeGreaterThan(300);
  });

  it('accounts for every line that was sent', () => {
    const { totals } = report;
    const quarantined = Object.values(totals.quarantined).reduce((sum, count) => sum + count, 0);
    expect(totals.received).toBe(report.sent.events);
    expect(totals.accepted + totals.duplicate + quarantined).toBe(report.sent.events);
    expect(Object.keys(totals.quarantined)).toHaveLength(11);
  });

  it('bills every payer once, in one manifest per entity, and corrects what came late', () => {
    const [first, second] = report.closes;
    expect(first?.manifests).toBe(3);
    expect(first?.documents).toHaveLength(22);
    expect(new Set(first?.documents.map(({ account }) => account)).has('acct-21')).toBe(false);
    expect(second?.documents.map(({ account, kind }) => `${account} ${kind}`).sort()).toEqual([
      'acct-03 debit-memo',
      'acct-18 invoice',
    ]);
  });

  it('refuses the own approval, survives the outage without a duplicate, and redrives the dead letter', () => {
    expect(report.closes.map(({ ownApproval }) => ownApproval)).toEqual(['MAKER_IS_CHECKER', 'MAKER_IS_CHECKER']);
    expect(report.outage).toEqual({ answersLost: 3, duplicates: 0 });
    expect(report.success).toMatchObject({ deadLettered: 1, redriven: 1 });
    expect(report.success.callsToAction).toHaveLength(1);
  });

  it('keeps both chains whole and reconciles to no break', () => {
    expect(report.ledger.broken).toBe(0);
    expect(report.audit.whole).toBe(true);
    expect(report.closes.map(({ breaks, status }) => `${status} ${breaks}`)).toEqual(['done 0', 'done 0']);
  });
});

describe('the care of the ledger', () => {
  let care: Care;
  beforeAll(async () => {
    care = await makeCare(system);
  });

  it('cancels an event and replaces another, told to who sent them', () => cancelAndReplace(care));
  it('shows what a backfill would change, counts it as a whole when it closes, and takes it back', () =>
    backfill(care));
  it('releases an edited line from quarantine', () => release(care));
  it('walks and signs the ledger, and makes a day again from the archive', () => prove(care));
});

describe('prices and entitlements', () => {
  it('rates the closed month again under a dearer book, by hand 100.00 more', async () =>
    previewDearerFee({ system, people: await signEverybodyIn(system) }));
  it('tells people and the keys that may ask what an account may use', async () =>
    askEntitlement({ system, people: await signEverybodyIn(system) }));
});

describe('the events API', () => {
  it('tells a key that sends too fast when to try again', () => sendTooFast(system));
});

/** The two calendar months before the present one: the path closed the later, the browser closes the earlier. */
const monthBefore = (now: string, months: number): string => {
  const first = new Date(`${now.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() - months);
  return first.toISOString().slice(0, 10);
};

describe('the console in a browser', () => {
  let browser: Browser;
  let closeId: string;
  const errors: string[] = [];

  const openAs = async (person: 'preparer' | 'approver', path: string): Promise<Page> => {
    const { name, password } = system.users[person];
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${system.consoleUrl}${path}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('input[name="username"]').fill(name);
    await page.locator('input[name="password"]').fill(password);
    await page.locator('button[type="submit"], input[type="submit"]').click();
    await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    const { preparer } = await signEverybodyIn(system);
    const now = clock.now();
    const period = { start: monthBefore(now, 2), end: monthBefore(now, 1) };
    ({ closeId } = await preparer.post<{ closeId: string }>('/closes', period));
    await until('a close that needs a person', 120, async () => {
      const { close } = await preparer.get<{ close: { steps: { approve: { state: string } } } }>(`/closes/${closeId}`);
      return close.steps.approve.state === 'needs you' ? true : undefined;
    });
  });
  afterAll(() => browser?.close());

  it('shows the preparer that her own close is not hers to approve', async () => {
    const page = await openAs('preparer', `/closes/${closeId}`);
    const approve = page.getByRole('button', { name: 'Approve', exact: true }).first();
    await approve.waitFor();
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    await approve.hover();
    await page.getByText('You changed an input of this manifest').filter({ visible: true }).first().waitFor();
  });

  it('lets the approver approve every manifest and see the documents in the ERP', async () => {
    const page = await openAs('approver', `/closes/${closeId}`);
    for (const entity of ['Larkspur, Inc.', 'Larkspur GmbH', 'Larkspur K.K.']) {
      await page
        .getByRole('row')
        .filter({ hasText: entity })
        .getByRole('button', { name: 'Approve', exact: true })
        .click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Approve and post/ })
        .click();
      await page.getByRole('row').filter({ hasText: entity }).getByText('Approved by approver').waitFor();
    }
    const books = await until('the documents in the ERP', 60, async () => {
      const booked = system.sandboxes.netsuite.books().filter(({ tranDate }) => tranDate < monthBefore(clock.now(), 1));
      return booked.length >= 22 ? booked : undefined;
    });
    const [document] = books;
    await page.goto(`${system.consoleUrl}/documents/${document?.externalId}`);
    await page
      .getByText(document?.externalId ?? '')
      .first()
      .waitFor();
    await page
      .getByText(document?.id ?? '')
      .first()
      .waitFor();
    await page.getByText('posted').first().waitFor();
    expect(errors).toEqual([]);
  });
});
