import { jobRoutes } from '../../lambdas/operations/job-routes.ts';
import { quarantineRoutes } from '../../lambdas/operations/quarantine-routes.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { systemIds } from '../../lambdas/platform/ids.ts';
import type { Line } from '../../lambdas/usage/events/decode.ts';
import { rejectEncoding } from '../../lambdas/usage/events/rejection.ts';
import { validate } from '../../lambdas/usage/events/validate.ts';
import type { JobFunction } from '../../lambdas/usage/jobs/job-function.ts';
import { type JobWork, runJob } from '../../lambdas/usage/jobs/run-job.ts';
import { releaseMany, writeOffMany } from '../../lambdas/usage/quarantine/decide-many.ts';
import { releaseJudge } from '../../lambdas/usage/quarantine/judge-release.ts';
import { conflictRejection, quarantineEntry } from '../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantinePorts } from '../../lambdas/usage/quarantine/release.ts';
import { memoryAuditLog } from '../twins/memory-audit-log.ts';
import { memoryJobs } from '../twins/memory-jobs.ts';
import { memoryQuarantine } from '../twins/memory-quarantine.ts';
import type { Answer, Request } from './api.ts';
import { answerByRoutes } from './real-routes.ts';

/** The real routes of the quarantine over twins. What is put on the stream is refused again or counted at once. */
export type FakeQuarantine = {
  readonly answer: (request: Request) => Promise<Answer>;
  /** Lines that were put on the stream. */
  readonly put: readonly string[];
};

const LIMITS = { horizonDays: 400 };
const MINUTE = 60_000;

const sent = (n: number, changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    specversion: '1.0',
    source: '//larkspur.example/platform',
    id: `5b1c0d7e-req-${String(n).padStart(6, '0')}`,
    type: 'com.larkspur.api.requests',
    subject: `org-${String(1 + (n % 24)).padStart(2, '0')}`,
    time: new Date(systemClock.nowMillis() - n * 7 * MINUTE).toISOString(),
    dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
    data: { count: 12, endpoint: 'search', customer: { region: 'eu', tags: ['beta', 'trial'] } },
    ...changes,
  });

/** What producers get wrong, in turn. */
const WRONGS: readonly ((n: number) => string)[] = [
  (n) => sent(n, { data: { count: -4, endpoint: 'search' } }),
  (n) => sent(n, { data: { endpoint: 'search' } }),
  (n) => sent(n, { data: { count: -1, endpoint: 'a very long name of an endpoint that nobody would choose' } }),
  (n) => sent(n).slice(0, -17),
  (n) => sent(n, { type: 'com.larkspur.video.minutes' }),
  (n) => sent(n, { dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/9' }),
  (n) => sent(n, { time: '2026-13-05 09:30' }),
  (n) => sent(n, { specversion: '0.3' }),
];

const lineAt = (n: number, text: string): Line => ({
  position: {
    stream: 'usage',
    shard: 'shardId-000000000000',
    sequence: `4965${String(n).padStart(52, '0')}`,
    index: 0,
  },
  receivedAt: new Date(systemClock.nowMillis() - n * 11 * MINUTE).toISOString(),
  encoding: 'utf8',
  line: text,
});

/** @param rows how many lines; 0 = none, else a few, or as many as were asked for when that is more. */
export const makeQuarantine = (rows: number | undefined): FakeQuarantine => {
  const audit = memoryAuditLog(systemClock);
  const quarantine = memoryQuarantine(audit);
  const jobs = memoryJobs(audit);
  const put: string[] = [];
  let number = 0;

  const refuse = async (line: Line): Promise<void> => {
    const pointer = { key: 'events/usage/2026/11/02/shardId-000000000000/4965-4966.ndjson.gz', line: number };
    number += 1;
    if (line.encoding === 'base64') {
      return quarantine.put([quarantineEntry(line, pointer, rejectEncoding(line.broken))]);
    }
    const verdict = validate(line.line, line.receivedAt, LIMITS);
    if (!verdict.ok) return quarantine.put([quarantineEntry(line, pointer, verdict.rejection)]);
  };

  const ports: QuarantinePorts = {
    quarantine,
    archive: { line: () => Promise.reject(new Error('nothing here is too large for the table')) },
    clock: systemClock,
    judge: releaseJudge({
      ledger: { slotAbove: async () => ({ appends: [], overlays: [], queries: 1, bytes: 0 }) },
      overlays: { overlays: async () => new Map() },
      clock: systemClock,
      limits: LIMITS,
    }),
    stream: {
      put: async (lines) => {
        for (const { line } of lines) {
          put.push(line);
          await refuse({ ...lineAt(0, line), position: { ...lineAt(0, '').position, sequence: `4967${number}` } });
        }
        return lines.map(() => lineAt(number, '').position);
      },
    },
  };

  const run =
    (work: JobWork): JobFunction =>
    async ({ jobId }) => {
      // As on AWS, nobody waits for it.
      setTimeout(() => void runJob({ jobs, clock: systemClock }, jobId, 15 * MINUTE, work), 300);
    };
  const functions = { 'quarantine.release': run(releaseMany(ports)), 'quarantine.write-off': run(writeOffMany(ports)) };
  const starter = { jobs, functions, clock: systemClock, ids: systemIds };
  const routes = [...quarantineRoutes({ ...ports, starter }), ...jobRoutes({ jobs, functions, clock: systemClock })];
  const filled = (async () => {
    const count = rows === 0 ? 0 : Math.max(24, rows ?? 0);
    for (let n = 1; n <= count; n += 1) await refuse(lineAt(n, WRONGS[n % WRONGS.length]?.(n) ?? ''));
    if (count === 0) return;
    const [conflict, broken] = [lineAt(9_001, sent(1)), lineAt(9_002, '')];
    const pointer = { key: 'events/usage/2026/11/01/shardId-000000000000/4960-4961.ndjson.gz', line: 7 };
    const rejection = conflictRejection('org-02', '5b1c0d7e-req-000001');
    await quarantine.put([quarantineEntry(conflict, pointer, rejection, { ...pointer, line: 3 })]);
    const bytes = { encoding: 'base64', line: 'H4sIAAAAAAAAA/8=', broken: 'its gzip cannot be unpacked' } as const;
    await refuse({ position: broken.position, receivedAt: broken.receivedAt, ...bytes });
  })();

  return {
    put,
    answer: answerByRoutes(routes, filled),
  };
};
