import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { Backfill, MeteredUsage } from '../../lambdas/usage/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { nowMillis } from '../clock.ts';
import { grouped, say, table } from '../print.ts';
import { copyArchive } from '../recompute/archive-copy.ts';
import { goesOn, type MeterVersion } from '../recompute/meters.ts';
import { dimensionText, type LedgerFigure, type Recomputation, recompute } from '../recompute/recompute.ts';
import { localArchive, remoteApi } from '../session.ts';
import { terminalShower } from '../shower.ts';

/** Where the archive is, if not in the local system, where its copy is kept, and from when on it is read. */
export type RecomputeOptions = { readonly bucket?: string; readonly folder: string; readonly since?: string };

type Figures = {
  readonly subject: string;
  readonly day: string;
  readonly usage: readonly (MeteredUsage & { readonly aggregation: string })[];
  readonly overflow: number;
};
type Quarantined = {
  readonly position: Readonly<Record<'stream' | 'shard' | 'sequence', string>> & { readonly index: number };
};

/** Before every event: the last value of a meter that goes on is looked for without limit, as a balance does. */
const BEGINNING = '1970-01-01';
const DAY = 86_400_000;
const GOES_ON = new Set(['LATEST', 'TIME_WEIGHTED']);

const dateOf = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** The archive's bucket and a client for it: the local system's, or that of an account whose credentials are at hand. */
const archiveOf = ({ bucket }: RecomputeOptions): { readonly s3: S3Client; readonly bucket: string } => {
  if (remoteApi() === undefined) {
    const local = localArchive();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const s3 = new S3Client({ endpoint: local.endpoint, region: local.region, credentials, forcePathStyle: true });
    return { s3, bucket: bucket ?? local.bucket };
  }
  if (bucket === undefined) {
    throw new Error('say where the archive is: --bucket <name>, the output ArchiveBucket of the stack Foundation');
  }
  return { s3: new S3Client({}), bucket };
};

/** Writes every page of a list into a file of JSON lines, so that nothing is held. */
const writePages = async <T>(
  api: ApiClient,
  from: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  file: string,
  rows: (item: T) => readonly object[],
  told: (count: number) => void,
): Promise<number> => {
  writeFileSync(file, '');
  let count = 0;
  let after: string | undefined;
  do {
    const page: { items: T[]; next?: string } = await api.get(from.path, { ...from.query, after });
    const written = page.items.flatMap(rows);
    appendFileSync(file, written.map((row) => `${JSON.stringify(row)}\n`).join(''));
    count += written.length;
    told(count);
    after = page.next;
  } while (after !== undefined);
  return count;
};

/** Ids of the closed backfills, in the order in which they were closed. */
const closedOnes = async (api: ApiClient): Promise<string[]> =>
  (await allItems<Backfill>(api, '/backfills'))
    .filter(({ state }) => state === 'closed')
    .map(({ backfillId, closed }) => ({ backfillId, order: `${closed?.at}#${backfillId}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ backfillId }) => backfillId);

const figuresOf = ({ subject, day, usage }: Figures): LedgerFigure[] =>
  usage.map(({ meter, aggregation, unit, dimensions, quantity }) => ({
    subject,
    day,
    meter,
    aggregation,
    unit: GOES_ON.has(aggregation) ? '' : unit,
    dimensions: dimensionText(dimensions),
    quantity,
  }));

const differencesTitle = (different: number, shown: number): string =>
  `\n${grouped(different)} figures are DIFFERENT${different > shown ? `; the first ${shown}:` : ':'}\n`;

const tell = (found: Recomputation, seconds: number): void => {
  const { lines, quarantined, events, counted, notHeld, meters, differences } = found;
  say(
    `${grouped(lines)} lines of the archive: ${grouped(quarantined)} in quarantine, ${grouped(events)} distinct events,`,
  );
  say(`${grouped(counted)} of these count. Recomputed by DuckDB in ${seconds} s.\n`);
  say(
    table(
      ['meter', 'how', 'subjects', 'daily figures', 'different'],
      meters.map((m) => [m.meter, m.aggregation, m.subjects, grouped(m.figures), grouped(m.different)]),
    ),
  );
  if (notHeld > 0)
    say(`\n${grouped(notHeld)} events have values that cannot be held here: this proves nothing of theirs.`);
  const different = meters.reduce((sum, meter) => sum + meter.different, 0);
  say(
    different === 0
      ? '\nEvery figure is the same, to the last digit.'
      : differencesTitle(different, differences.length),
  );
  if (different === 0) return;
  say(
    table(
      ['subject', 'day', 'meter', 'how', 'archive', 'ledger', 'dimensions'],
      differences.map((d) => [
        d.subject,
        d.day,
        d.meter,
        d.aggregation,
        d.archive === undefined ? 'none' : grouped(d.archive),
        d.ledger === undefined ? 'none' : grouped(d.ledger),
        d.dimensions.join(' '),
      ]),
    ),
  );
};

/** What was recomputed, in how many seconds, and how many events lie under overflow in the ledger. */
export type Recomputed = { readonly found: Recomputation; readonly seconds: number; readonly overflow: number };

/**
 * Recomputes every daily figure of UTC dates (half open) from the archive alone, in SQL, and compares it with what the
 * ledger says. Copies and intermediate files go below `folder`. Where a meter goes on, the whole archive is read, or what
 * arrived from `since` on: then a value that was set before shows as a difference. @throws if the archive holds no line that may belong there.
 */
export const recomputeFigures = async (
  api: ApiClient,
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
  {
    start,
    end,
    folder,
    since,
  }: Pick<RecomputeOptions, 'folder' | 'since'> & { readonly start: string; readonly end: string },
  line: (text: string) => void,
): Promise<Recomputed> => {
  mkdirSync(folder, { recursive: true });
  const { items: meters } = await api.get<{ items: MeterVersion[] }>('/catalog/meter/history');
  const first = since ?? (meters.some(goesOn) ? undefined : start);
  const days = { ...(first === undefined ? {} : { first }), last: dateOf(nowMillis() + DAY) };
  const archive = await copyArchive(s3, bucket, folder, days, line);
  if (archive.length === 0) throw new Error(`${bucket} holds no lines that may belong to these days`);
  const [quarantined, ledger] = [path.join(folder, 'quarantined.ndjson'), path.join(folder, 'ledger.ndjson')];
  await writePages<Quarantined>(
    api,
    { path: '/quarantine', query: {} },
    quarantined,
    ({ position: { index, ...position } }) => [{ ...position, at_index: index }],
    (count) => line(`${grouped(count)} quarantined lines read`),
  );
  let overflow = 0;
  await writePages<Figures>(
    api,
    { path: '/ledger/figures', query: { start, end } },
    ledger,
    (item) => {
      overflow += item.overflow;
      return figuresOf(item);
    },
    (count) => line(`${grouped(count)} figures of the ledger read`),
  );
  const closedBackfills = await closedOnes(api);
  const begun = nowMillis();
  const range = { start, end, early: first ?? BEGINNING };
  const input = { range, archive, quarantined, closedBackfills, meters, ledger, scratch: folder };
  const found = await recompute(input, line);
  return { found, seconds: Math.round((nowMillis() - begun) / 100) / 10, overflow };
};

/** `recomputeFigures`, told to a person; a difference makes the command fail. What is not settled shows as one: settle first. */
export const recomputeLedger = async (
  api: ApiClient,
  start: string,
  end: string,
  options: RecomputeOptions,
): Promise<void> => {
  const archive = archiveOf(options);
  const folder = path.resolve(options.folder, archive.bucket);
  const show = terminalShower();
  try {
    const { found, seconds, overflow } = await recomputeFigures(
      api,
      archive,
      { ...options, start, end, folder },
      show.line,
    );
    show.end();
    tell(found, seconds);
    if (overflow > 0) {
      say(
        `\n${grouped(overflow)} events lie under overflow in the ledger: their keys differ until a person has decided.`,
      );
    }
    if (found.notHeld > 0 || found.meters.some(({ different }) => different > 0)) process.exitCode = 1;
  } finally {
    show.end();
    archive.s3.destroy();
  }
};
