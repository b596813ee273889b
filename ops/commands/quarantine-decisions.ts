import { readFile } from 'node:fs/promises';
import type { QuarantineSummary } from '../../lambdas/usage/types.ts';
import type { ApiClient } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { grouped, say, table } from '../print.ts';
import { terminalShower } from '../shower.ts';
import { type Change, changesTable, pathOf, type QuarantineOptions, queryOf } from './quarantine.ts';

type Judgement = {
  readonly verdict: 'counted' | 'duplicate' | 'cancelled' | 'refused';
  readonly code?: string;
  readonly path?: string;
  readonly message?: string;
  readonly unknown?: readonly string[];
};
type Judged = { readonly judgement: Judgement; readonly changes: readonly Change[] };
type Decided = {
  readonly entry: QuarantineSummary;
  readonly changes?: readonly Change[];
  readonly auditSequence?: number;
};
type Totals = {
  readonly looked: number;
  readonly passed: number;
  readonly known: number;
  readonly refused: Readonly<Record<string, number>>;
};
type Outcome = { readonly id: string; readonly code: string; readonly path: string; readonly message: string };

const VERDICTS: Readonly<Record<Judgement['verdict'], string>> = {
  counted: 'It would be counted.',
  duplicate: 'The ledger has this very event already: it would be a duplicate, and count nothing more.',
  cancelled: 'Somebody has cancelled this event: it would be accepted, and count nothing.',
  refused: 'It would be refused again',
};

const judgementText = ({ verdict, code, path, message, unknown = [] }: Judgement): string =>
  verdict === 'refused'
    ? `${VERDICTS.refused}: ${code} at ${path === '' ? 'the whole line' : path}: ${message}`
    : `${VERDICTS[verdict]}${unknown.length > 0 ? ` Fields that its schema does not know: ${unknown.join(', ')}.` : ''}`;

const bodyOf = async (file: string | undefined): Promise<{ readonly body?: string }> =>
  file === undefined ? {} : { body: await readFile(file, 'utf8') };

/** What would become of a line if it was released now, as it is or as it is in a file. Changes nothing. */
export const judgeQuarantine = async (api: ApiClient, id: string, file: string | undefined): Promise<void> => {
  const { judgement, changes } = await api.post<Judged>(`${pathOf(id)}/judgement`, await bodyOf(file));
  if (changes.length > 0) say(`${changesTable(changes)}\n`);
  say(judgementText(judgement));
};

/** Puts a line on the stream again, as it is or as it is in a file. */
export const releaseQuarantine = async (
  api: ApiClient,
  id: string,
  { body: file, note, force }: { readonly body?: string; readonly note: string; readonly force?: boolean },
): Promise<void> => {
  const request = { ...(await bodyOf(file)), note, ...(force ? { force } : {}) };
  const { entry, changes = [], auditSequence } = await api.post<Decided>(`${pathOf(id)}/release`, request);
  if (changes.length > 0) say(`${changesTable(changes)}\n`);
  const { position } = entry.release ?? {};
  say(
    `${entry.id} is released${changes.length > 0 ? ' with these changes' : ' as it came'}${position ? `, as ${position.shard} ${position.sequence}` : ''}. ${auditOf(auditSequence)}`,
  );
};

const auditOf = (sequence: number | undefined): string =>
  sequence === undefined ? 'That was decided before.' : `Audit entry ${sequence}.`;

/** Says that a line will never be counted. */
export const writeOffQuarantine = async (api: ApiClient, id: string, reason: string): Promise<void> => {
  const { entry, auditSequence } = await api.post<Decided>(`${pathOf(id)}/write-off`, { reason });
  say(`${entry.id} is written off. ${auditOf(auditSequence)}`);
};

/** So many outcomes are shown; a job may have left thousands as they were. */
const MOST_OUTCOMES = 20;

const tellTotals = async (api: ApiClient, jobId: string, totals: Totals, done: string): Promise<void> => {
  const { looked, passed, known, refused } = totals;
  const left = Object.entries(refused);
  say(
    table(
      [`of ${grouped(looked)} ${looked === 1 ? 'entry' : 'entries'}`, ''],
      [
        [done, grouped(passed)],
        ...(known > 0 ? [['  of these known to the ledger already', grouped(known)]] : []),
        ...left.map(([code, count]) => [`left: ${code}`, grouped(count)]),
      ],
    ),
  );
  if (left.length === 0) return;
  const { items, next } = await api.get<{ items: Outcome[]; next?: string }>(`/quarantine/outcomes/${jobId}`);
  say('');
  say(
    table(
      ['left as it was', 'code', 'at', 'why'],
      items.slice(0, MOST_OUTCOMES).map(({ id, code, path, message }) => [id, code, path, message]),
    ),
  );
  if (next !== undefined || items.length > MOST_OUTCOMES) {
    say(`\nAnd more: GET /v1/quarantine/outcomes/${jobId} has them all.`);
  }
};

/** Releases every waiting line that is like that and would pass now; with `preview` it only says what would happen. */
export const releaseMany = async (
  api: ApiClient,
  { note, preview = false, ...options }: QuarantineOptions & { readonly note: string; readonly preview?: boolean },
): Promise<void> => {
  const job = await api.post<Job<Totals>>('/quarantine/releases', { filter: queryOf(options), note, preview });
  const totals = await waitForJob(api, job, terminalShower());
  await tellTotals(api, job.jobId, totals, preview ? 'would pass now' : 'released');
  if (preview) say('\nThis was a preview: nothing was changed. Repeat it without --preview to release.');
};

/** Writes off every waiting line that is like that; with `preview` it only counts. */
export const writeOffMany = async (
  api: ApiClient,
  { reason, preview = false, ...options }: QuarantineOptions & { readonly reason: string; readonly preview?: boolean },
): Promise<void> => {
  const job = await api.post<Job<Totals>>('/quarantine/write-offs', { filter: queryOf(options), reason, preview });
  const totals = await waitForJob(api, job, terminalShower());
  await tellTotals(api, job.jobId, totals, preview ? 'would be written off' : 'written off');
  if (preview) say('\nThis was a preview: nothing was changed. Repeat it without --preview to write off.');
};
