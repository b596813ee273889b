import { intervalOf, startOfDay } from '../../platform/period.ts';
import { contractsIn } from '../contracts-in.ts';
import { endOfDates } from '../names.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import type { CloseRecord } from '../types.ts';

/** A reason why the gate is not open (`blocking`), or something a person should know. */
type Finding = { readonly blocking: boolean; readonly text: string };

const HOUR = 3_600_000;
const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The period must be over in every zone that bills, and the grace for late events with it. */
const isOver = (ports: ClosePorts, record: CloseRecord, zones: readonly string[]): Finding[] => {
  const last = [...zones]
    .map((zone) => ({ zone, end: startOfDay(record.end, zone) }))
    .sort((a, b) => (a.end < b.end ? 1 : -1))[0];
  if (last === undefined)
    return [
      { blocking: true, text: 'No contract has a period that ends within these dates: there is nothing to bill.' },
    ];
  const opens = Date.parse(last.end) + ports.graceHours * HOUR;
  if (ports.clock.nowMillis() >= opens) return [];
  const grace = ports.graceHours === 0 ? '' : `, and ${plural(ports.graceHours, 'hour')} of grace follow`;
  const text = `The period ends ${last.end} in ${last.zone}${grace}: start again after ${new Date(opens).toISOString()}.`;
  return [{ blocking: true, text }];
};

const lateUsage = async (ports: ClosePorts, record: CloseRecord): Promise<Finding[]> => {
  const days = await ports.usage.dirtyDays(intervalOf({ ...record, zone: 'Etc/UTC' }));
  if (days === 0) return [];
  // A mark outlives the settling by the time that a writer may still rely on it, so this is no count of what is open.
  const text = `${plural(days, 'day')} had late usage a short while ago, and may have to be settled again. Nothing is missing from the bill: a close reads the ledger itself.`;
  return [{ blocking: false, text }];
};

const rejected = async (ports: ClosePorts): Promise<Finding[]> => {
  const { count, more } = await ports.quarantine.waiting();
  if (count === 0) return [];
  const text = `${more ? 'More than ' : ''}${plural(count, 'rejected event')} ${count === 1 ? 'waits' : 'wait'} in quarantine. They are not billed. Have operators release or write them off, or their producers send them again, mended: what arrives after this close is billed as a correction when these dates are closed again.`;
  return [{ blocking: false, text }];
};

const erpPeriod = async (ports: ClosePorts, record: CloseRecord): Promise<Finding[]> => {
  const day = new Date(Date.parse(`${record.end}T00:00:00Z`) - 24 * HOUR).toISOString().slice(0, 10);
  try {
    const period = await ports.erp.readPeriod(day, record.closeId);
    if (period === undefined) {
      return [{ blocking: true, text: `The ERP has no posting period for ${day}: set it up there, then start again.` }];
    }
    if (period.open) return [];
    return [{ blocking: true, text: `The ERP has closed its period ${period.name}: open it there, then start again.` }];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      { blocking: false, text: `The ERP did not say whether its period is open (${why}). Posting will show it.` },
    ];
  }
};

/** Days beside the period that are walked too: an id may come again shortly before or after it. */
const BESIDE_DAYS = 2;
const DAY = 24 * HOUR;
const dayOf = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** The walk over the ledger that the close waits for: from now on, over the UTC days that its dates have in any zone. */
const walkFor = (ports: ClosePorts, record: CloseRecord) => ({
  since: ports.clock.now(),
  from: dayOf(Date.parse(`${record.start}T00:00:00Z`) - DAY),
  through: dayOf(Date.parse(endOfDates(record)) + BESIDE_DAYS * DAY),
});

/** May this period be closed now? Blocking reasons stop it; the others are said. */
export const readiness = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  await beginStep(ports, record, 'readiness', 4);
  const contracts = await contractsIn(ports.catalog, record, ports.clock.now());
  const zones = [...new Set(contracts.map(({ period }) => period.zone))];
  const findings = [
    isOver(ports, record, zones),
    ...(await Promise.all([lateUsage(ports, record), rejected(ports), erpPeriod(ports, record)])),
  ];
  const notes = findings.flat().map(({ text }) => text);
  const blocking = findings.flat().filter((finding) => finding.blocking);
  const passed = findings.filter((some) => some.every((finding) => !finding.blocking)).length;
  const state = blocking.length > 0 ? 'failed' : 'done';
  await endStep(ports, record, 'readiness', { state, done: passed, total: findings.length, notes });
  if (blocking.length > 0) return refused('NOT_READY', blocking.map(({ text }) => text).join(' '));
  return ok({ notes: notes.length, walk: walkFor(ports, record) });
};
