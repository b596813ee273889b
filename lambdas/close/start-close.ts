import { Temporal } from 'temporal-polyfill';
import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import type { CloseMachine } from './machine-client.ts';
import { type CloseDates, closeIdOf } from './names.ts';
import { CLOSE_STEPS, type CloseRecord, type StepProgress } from './types.ts';

export type StartPorts = {
  readonly clock: Clock;
  readonly store: Pick<CloseStore, 'createClose' | 'latestClose' | 'restartClose' | 'changeClose'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly machine: CloseMachine;
};

/** Another caller may be first so often before we give up. */
const RACES = 5;

const dateOf = (name: string, value: string): Temporal.PlainDate => {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Temporal.PlainDate.from(value);
  } catch {
    // The refusal below says what is wrong.
  }
  const message = `"${name}" must be a date like 2026-10-01`;
  throw new ProblemError(400, 'BAD_DATE', message, [{ path: `/${name}`, message }]);
};

/**
 * Dates that can be closed: a calendar month, the only cadence that contracts have. Other dates would charge a month's
 * fees for a part of one, or bill a day twice.
 * @throws {ProblemError} 400.
 */
export const closableDates = (start: string, end: string): CloseDates => {
  const [first, after] = [dateOf('start', start), dateOf('end', end)];
  if (first.day !== 1 || !first.add({ months: 1 }).equals(after)) {
    const whole = first.with({ day: 1 });
    throw new ProblemError(
      400,
      'NOT_A_BILLING_PERIOD',
      `contracts are billed by calendar month: close from ${whole} to ${whole.add({ months: 1 })}`,
    );
  }
  return { start, end };
};

/** The calendar month before the one that an instant lies in (UTC). */
export const monthBefore = (now: string): CloseDates => {
  const first = Temporal.PlainDate.from(now.slice(0, 10)).with({ day: 1 });
  return { start: first.subtract({ months: 1 }).toString(), end: first.toString() };
};

/**
 * Starts a close of some dates, or goes on with the one there is: a running one is left alone, a failed one is started
 * again where it stopped, after a finished one comes the next run. Safe to repeat: what is written names what is
 * started, so a caller that died between the two is helped by the next.
 */
export const startClose = async (
  ports: StartPorts,
  request: CloseDates & { readonly startedBy: string; readonly accounts?: readonly string[] },
): Promise<{ readonly closeId: string; readonly run: number }> => {
  const dates = closableDates(request.start, request.end);
  for (let tries = 0; tries < RACES; tries += 1) {
    const latest = await ports.store.latestClose(dates);
    const record = await recordToRun(ports, dates, latest, request);
    if (record === undefined) continue;
    const attempt = record.attempt ?? 1;
    const name = executionName(record.closeId, attempt);
    const { executionArn, started } = await ports.machine.start(name, { closeId: record.closeId });
    if (started || !(await ports.machine.hasEnded(executionArn))) {
      await ports.store.changeClose(record.closeId, { executionArn });
      return { closeId: record.closeId, run: record.run };
    }
    const now = await ports.store.latestClose(dates);
    // It came to its end while we looked: this call asked for that one, not for another run.
    if (now?.status === 'done') return { closeId: record.closeId, run: record.run };
    // Stopped from outside before it could say so: say it, and start it again.
    if (now?.closeId === record.closeId && now.status !== 'failed') {
      const failure = { step: 'done' as const, code: 'STOPPED', message: 'The execution was stopped from outside.' };
      await ports.store.changeClose(record.closeId, { status: 'failed', failure, endedAt: ports.clock.now() });
    }
  }
  throw new ProblemError(409, 'CLOSE_CONTENDED', 'others are starting a close of these dates: try again');
};

/** Who starts a close because the period before left something else. No person: nobody becomes a maker by it. */
const RATE_AGAIN = 'system:rate-again';

/** Starts another run of dates whose newest close is done. One that is open or failed looks at its opening by itself. */
export const rateAgain = async (
  ports: StartPorts,
  request: CloseDates & { readonly accounts?: readonly string[]; readonly startedBy?: string },
): Promise<void> => {
  const latest = await ports.store.latestClose(request);
  if (latest?.status === 'done') await startClose(ports, { startedBy: RATE_AGAIN, ...request });
};

/** The name of an execution: a machine takes each name once. */
const executionName = (closeId: string, attempt: number): string => (attempt === 1 ? closeId : `${closeId}-${attempt}`);

/** The record whose execution must run now; `undefined` if another caller was first. */
const recordToRun = async (
  ports: StartPorts,
  dates: CloseDates,
  latest: CloseRecord | undefined,
  { startedBy, accounts }: { readonly startedBy: string; readonly accounts?: readonly string[] },
): Promise<CloseRecord | undefined> => {
  if (latest?.status === 'running' || latest?.status === 'needs you') return latest;
  const say = (action: string, target: string, details: Record<string, unknown>) =>
    ports.audit.append({ actor: startedBy, action, target, details });
  if (latest?.status === 'failed') {
    const attempt = (latest.attempt ?? 1) + 1;
    if (!(await ports.store.restartClose(latest.closeId, attempt, startedBy))) return undefined;
    await say('close.restart', latest.closeId, { attempt, after: latest.failure?.code ?? '' });
    return { ...latest, attempt, restartedBy: [...(latest.restartedBy ?? []), startedBy] };
  }
  const run = (latest?.run ?? 0) + 1;
  const limited = accounts === undefined ? {} : { accounts };
  const record = { ...newRecord(dates, run, startedBy, ports.clock.now()), ...limited };
  if (!(await ports.store.createClose(record))) return undefined;
  await say('close.start', record.closeId, { ...dates, run, ...limited });
  return record;
};

const OPEN: StepProgress = { state: 'open', done: 0, total: 0 };

const newRecord = (dates: CloseDates, run: number, startedBy: string, now: string): CloseRecord => ({
  format: 1,
  closeId: closeIdOf(dates, run),
  ...dates,
  run,
  status: 'running',
  startedBy,
  startedAt: now,
  attempt: 1,
  steps: Object.fromEntries(CLOSE_STEPS.map((step) => [step, OPEN])) as CloseRecord['steps'],
});
