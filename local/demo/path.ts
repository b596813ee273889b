import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogFiles } from '../../ops/catalog-files.ts';
import { publishCatalog } from '../../ops/commands/catalog.ts';
import { settleUsage } from '../../ops/commands/ledger.ts';
import { grouped } from '../../ops/print.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';
import { connectCloud } from '../cloud.ts';
import { monthEdges } from '../generator/calendar.ts';
import { type GeneratedMonth, generateMonth } from '../generator/generate.ts';
import type { System } from '../system.ts';
import { makeChecks } from './checks.ts';
import { breakErp, checkAmounts, checkBooks, runClose, totalsByCurrency } from './close-part.ts';
import { whatIsOwed } from './invoice-oracle.ts';
import { type People, signEverybodyIn } from './people.ts';
import { type Progress, until } from './progress.ts';
import { recomputeAll, verify } from './proof-part.ts';
import type { DemoReport } from './report.ts';
import { packLines, putRecords } from './send.ts';
import { breakGainsight, redriveSignal } from './success-part.ts';
import {
  checkTotals,
  checkUsage,
  readTotals,
  readUsage,
  sendMonth,
  sumsPerMeter,
  waitForLedger,
} from './usage-part.ts';

export type DemoOptions = {
  readonly month: string;
  readonly seed: number;
  readonly events: number;
  /** Where `report.json`, `events.ndjson` and `erp.json` are written. */
  readonly directory: string;
  readonly catalogFolder: string;
};

const DECISION = 'count-both';

/** The main job of Meterbridge on a system that is up and empty: a month of usage to reconciled documents and a CTA. */
export const runDemoPath = async (system: System, options: DemoOptions, progress: Progress): Promise<DemoReport> => {
  const { month, seed, events, directory, catalogFolder } = options;
  const { first: start, end } = monthEdges(month);
  const checks = makeChecks();
  const catalog = readCatalogFiles(catalogFolder, month);
  mkdirSync(directory, { recursive: true });
  const people = await signEverybodyIn(system);

  await progress.step('Publish the catalog: one proposes, another approves', async (note) => {
    await publishCatalog(people.preparer, people.approver, catalogFolder, month, note);
  });
  const generated = await progress.step(`Make the usage of ${month} (seed ${seed})`, async (note) => {
    const made = generateMonth({ month, seed, events, catalog });
    writeEvents(directory, made);
    note(`${grouped(made.expected.sent)} events of ${Object.keys(made.expected.usage).length} accounts`);
    return made;
  });
  const sent = await progress.step('Send it', (note) => sendMonth(system, people, generated.sends, note));
  const totals = await progress.step('Every event into the ledger, once', () =>
    waitForLedger(people, start, end, generated.expected.sent),
  );
  checkTotals(checks, generated, totals);

  breakGainsight(system);
  const settledDays = await progress.step('Settle the days, look for signals', async (note) => {
    const days = await settleUsage(people.operator);
    note(`${grouped(days)} days settled, one subject's day each`);
    return days;
  });
  const usage = await progress.step("Compare every account's usage with the generator's", () =>
    readUsage(people, generated),
  );
  checkUsage(checks, generated, usage);
  const meters = sumsPerMeter(generated, usage);

  const success = await progress.step(
    'The usage drop becomes a call to action, by way of the dead-letter queue',
    (note) => redriveSignal(system, people, checks, note),
  );
  const called = catalog.find((file) => file.kind === 'account' && file.id === generated.expected.drop)?.body.success;
  const companyId =
    typeof called === 'object' && called !== null && 'companyId' in called ? String(called.companyId) : '';
  checks.equal('the company called about', companyId, success.callsToAction[0]?.companyId);

  const firstClose = await progress.step('Close the month, with an ERP outage in mid-posting', (note) =>
    runClose(people, checks, { start, end }, () => breakErp(system), note),
  );
  const twice = firstClose.exceptions.find((exception) => exception.kind === 'same-id-at-two-times');
  checks.equal('exception: the id at two times', generated.expected.sameIdAtTwoTimes.account, twice?.about);
  checks.equal(
    'exception: unattributed usage',
    1,
    firstClose.exceptions.filter((e) => e.kind === 'unattributed-usage').length,
  );
  checks.equal(
    'the held account is not billed',
    0,
    firstClose.documents.filter((d) => d.account === generated.expected.sameIdAtTwoTimes.account).length,
  );
  const answersLost = system.sandboxes.netsuite
    .requests()
    .filter(
      ({ method, path, fate }) => method === 'POST' && path.endsWith('/invoice') && (fate === 'cut' || fate === 500),
    ).length;
  checks.equal('answers of the ERP lost after the effect', 3, answersLost);

  await progress.step('An event after the close, and a decision on the exception', async (note) => {
    await sendLate(system, people, generated, start, end, totals.accepted);
    note(`${grouped(generated.expected.afterClose.calls)} calls of ${generated.expected.afterClose.account} came late`);
    if (twice) {
      await people.operator.post(`/exceptions/${encodeURIComponent(twice.exceptionId)}/resolution`, {
        decision: DECISION,
        reason: 'The product team confirms two separate exports under one id.',
      });
      note(`${twice.about}: ${DECISION}`);
    }
    await settleUsage(people.operator);
  });
  const secondClose = await progress.step('Close again: the correction and the account that waited', (note) =>
    runClose(people, checks, { start, end }, () => undefined, note),
  );
  const correction = secondClose.documents.find(
    (document) => document.account === generated.expected.afterClose.account,
  );
  checks.equal('the late event is corrected by a', 'debit-memo', correction?.kind);
  checks.equal(
    'the account that waited gets its',
    'invoice',
    secondClose.documents.find((d) => d.account === generated.expected.sameIdAtTwoTimes.account)?.kind,
  );
  checks.equal('documents of the second close', 2, secondClose.documents.length);
  checkBooks(system, checks, [firstClose, secondClose]);
  checkAmounts(
    checks,
    whatIsOwed(catalog, generated.expected.usage, start, end),
    whatIsOwed(catalog, usageWithLate(generated), start, end),
    [firstClose, secondClose],
  );

  const proof = await progress.step('Verify the chains of the ledger and of the audit log', () =>
    verify(people, start, end),
  );
  checks.equal('broken ledger chains', 0, proof.ledger.broken);
  checks.equal('audit chain whole', true, proof.audit.whole);
  const recomputed = await progress.step('Compute every daily figure again from the archive, in SQL', (note) =>
    recomputeAll(system, people, { start, end, directory }, note),
  );
  checks.equal('figures of SQL over the archive that differ', 0, recomputed.different);

  const booked = system.sandboxes.netsuite.books().map((document) => document.externalId);
  const report: DemoReport = {
    format: 1,
    month,
    seed,
    period: { start, end },
    sent: { events: generated.expected.sent, ...sent },
    totals,
    upcast: generated.expected.upcast,
    meters,
    settledDays,
    success,
    closes: [firstClose, secondClose],
    invoices: totalsByCurrency(firstClose.documents),
    correction: correction ?? null,
    sameIdAtTwoTimes: {
      account: generated.expected.sameIdAtTwoTimes.account,
      exceptionId: twice?.exceptionId ?? '',
      decision: DECISION,
    },
    outage: { answersLost, duplicates: booked.length - new Set(booked).size },
    ...proof,
    recomputed,
    timings: progress.timings,
    checks: checks.all,
    agrees: checks.failed.length === 0,
  };
  writeFileSync(join(directory, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, 'erp.json'), `${JSON.stringify(system.sandboxes.netsuite.books(), null, 2)}\n`);
  return report;
};

/** What was sent, in order, with what the generator meant by it. */
const writeEvents = (directory: string, generated: GeneratedMonth): void => {
  const line = (send: GeneratedMonth['afterClose']): string =>
    JSON.stringify({
      intent: send.intent,
      subject: send.subject,
      ...(typeof send.line === 'string'
        ? { line: send.line }
        : { lineBase64: Buffer.from(send.line).toString('base64') }),
    });
  writeFileSync(
    join(directory, 'events.ndjson'),
    `${[...generated.sends, generated.afterClose].map(line).join('\n')}\n`,
  );
};

/** Sends the event that comes after the close and waits until the ledger has it. */
const sendLate = async (
  system: System,
  people: People,
  generated: GeneratedMonth,
  start: string,
  end: string,
  before: number,
): Promise<void> => {
  const { kinesis } = connectCloud(system);
  await putRecords(kinesis, outputOf(system.outputs, 'StreamName'), packLines([generated.afterClose]), () => undefined);
  await until('the late event in the ledger', 60, async () =>
    (await readTotals(people.operator, start, end)).accepted > before ? true : undefined,
  );
};

/** The generator's usage with the event that came after the close. */
const usageWithLate = ({ expected }: GeneratedMonth): GeneratedMonth['expected']['usage'] => {
  const { account, calls } = expected.afterClose;
  const before = expected.usage[account];
  if (before === undefined) throw new Error(`the generator made no usage for ${account}`);
  const apiCalls = { ...before.apiCalls, read: (before.apiCalls.read ?? 0) + calls };
  return { ...expected.usage, [account]: { ...before, apiCalls } };
};
