import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Backfill, BackfillChange, BackfillContent } from '../../lambdas/usage/types.ts';
import type { ApiClient } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { grouped, say, table } from '../print.ts';
import { terminalShower } from '../shower.ts';

type Change = BackfillChange & { readonly closedBy: readonly string[] };
type LineResult = {
  readonly index: number;
  readonly id: string;
  readonly status: 'received' | 'rejected';
  readonly code?: string;
  readonly path?: string;
  readonly message?: string;
};

/** Lines and bytes of one request. */
const LINES = 500;
const BYTES = 1024 * 1024;
/** Changes, and refused lines, that are shown; there may be thousands. */
const SHOWN = 200;
const REFUSED_SHOWN = 20;

const pathOf = (id: string): string => `/backfills/${encodeURIComponent(id)}`;

const deedsOf = ({ opened, sealed, closed, reverted }: Backfill): string =>
  [
    `opened by ${opened.by} at ${opened.at}`,
    sealed && `sealed by ${sealed.by} at ${sealed.at}`,
    closed && `closed by ${closed.by} at ${closed.at}`,
    reverted && `reverted by ${reverted.by} at ${reverted.at}: ${reverted.reason}`,
  ]
    .filter((deed) => deed !== undefined)
    .join('\n');

const contentText = ({ lines, slots, days, subjects, changes, accounts }: BackfillContent): string =>
  `${grouped(lines)} lines in ${grouped(slots)} slots of ${grouped(days)} days of ${grouped(subjects)} subjects; ` +
  `closing changes ${grouped(changes)} figures of ${grouped(accounts)} accounts.`;

/** Opens a backfill and tells its name. */
export const openBackfill = async (api: ApiClient, reason: string): Promise<void> => {
  const { backfillId } = await api.post<Backfill>('/backfills', { reason });
  say(`${backfillId} is open. Load events into it: backfill load ${backfillId} <file>`);
};

/** All backfills, the newest first. */
export const listBackfills = async (api: ApiClient): Promise<void> => {
  const items: Backfill[] = [];
  let after: string | undefined;
  do {
    const page: { items: Backfill[]; next?: string } = await api.get('/backfills', { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  if (items.length === 0) return say('There is no backfill.');
  say(
    table(
      ['backfill', 'state', 'opened', 'by', 'lines', 'why'],
      items.map((each) => [
        each.backfillId,
        each.state,
        each.opened.at.slice(0, 16),
        each.opened.by,
        each.content === undefined ? '' : grouped(each.content.lines),
        each.reason,
      ]),
    ),
  );
};

/** One backfill: how it stands and what is in it. */
export const showBackfill = async (api: ApiClient, id: string): Promise<void> => {
  const backfill = await api.get<Backfill>(pathOf(id));
  say(`${backfill.backfillId} is ${backfill.state}: ${backfill.reason}\n${deedsOf(backfill)}`);
  if (backfill.content !== undefined) say(contentText(backfill.content));
  else if (backfill.state === 'open') say('What is in it is counted when it is sealed: backfill seal.');
};

/** The lines of a file in portions that fit into a request. Empty lines are left out. */
async function* portions(file: string): AsyncGenerator<string[]> {
  let [portion, bytes]: [string[], number] = [[], 0];
  for await (const line of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.trim() === '') continue;
    const size = Buffer.byteLength(line);
    if (portion.length > 0 && (portion.length === LINES || bytes + size > BYTES)) {
      yield portion;
      [portion, bytes] = [[], 0];
    }
    portion.push(line);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}

/** Loads a file of one CloudEvent per line. A line that was loaded before counts once, so a broken load is repeated. */
export const loadBackfill = async (api: ApiClient, id: string, file: string): Promise<void> => {
  const show = terminalShower();
  const refused: [number, LineResult][] = [];
  let lines = 0;
  for await (const portion of portions(file)) {
    const { results } = await api.post<{ results: LineResult[] }>(`${pathOf(id)}/lines`, { lines: portion });
    for (const result of results) if (result.status === 'rejected') refused.push([lines + result.index + 1, result]);
    lines += portion.length;
    show.line(`${grouped(lines)} lines`);
  }
  show.end();
  say(`${grouped(lines - refused.length)} of ${grouped(lines)} lines are on their way into ${id}.`);
  if (refused.length === 0) return;
  say(
    table(
      ['line', 'event', 'code', 'at', 'why'],
      refused.slice(0, REFUSED_SHOWN).map(([n, each]) => [String(n), each.id, each.code, each.path, each.message]),
    ),
  );
  process.exitCode = 1;
};

const stepOf = async <Result>(api: ApiClient, id: string, step: string, body: unknown = {}): Promise<Result> =>
  waitForJob(api, await api.post<Job<Result>>(`${pathOf(id)}/${step}`, body), terminalShower());

/** Fixes the content of a backfill and tells what closing it would change. */
export const sealBackfill = async (api: ApiClient, id: string): Promise<void> => {
  const content = await stepOf<BackfillContent>(api, id, 'seal');
  say(`${id} is sealed: ${contentText(content)}\nSee what: backfill preview ${id}`);
};

/** What closing changes, figure by figure; of those that were billed the close that did. */
export const previewBackfill = async (api: ApiClient, id: string): Promise<void> => {
  const rows: Change[] = [];
  let after: string | undefined;
  do {
    const page: { items: Change[]; next?: string } = await api.get(`${pathOf(id)}/changes`, { after });
    rows.push(...page.items);
    after = page.next;
  } while (after !== undefined && rows.length < SHOWN);
  if (rows.length === 0) return say('Closing it changes no figure.');
  say(
    table(
      ['account', 'from', 'meter', 'dimensions', 'before', 'after', 'days', 'billed by'],
      rows
        .slice(0, SHOWN)
        .map((row) => [
          row.account ?? `nobody's ${row.subject}`,
          row.period.start,
          row.meter,
          Object.values(row.dimensions).join(', '),
          grouped(row.before ?? '-'),
          grouped(row.after ?? '-'),
          row.days === undefined ? '' : String(row.days),
          row.closedBy.join(', '),
        ]),
    ),
  );
  if (rows.length > SHOWN || after !== undefined) say(`These are the first ${SHOWN}.`);
};

/** Makes a backfill count. */
export const closeBackfill = async (api: ApiClient, id: string): Promise<void> => {
  const { days } = await stepOf<{ days: number }>(api, id, 'close');
  say(`${id} counts now, on ${grouped(days)} days.`);
};

/** Takes a backfill back, whatever it was. */
export const revertBackfill = async (api: ApiClient, id: string, reason: string): Promise<void> => {
  const { days } = await stepOf<{ days: number }>(api, id, 'revert', { reason });
  say(days === 0 ? `${id} is reverted; it never counted.` : `${id} is reverted, on ${grouped(days)} days.`);
};
