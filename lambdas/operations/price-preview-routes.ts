import { type DataFiles, getPinned, putByHash, type StoredValue } from '../close/data-files.ts';
import { mapBounded } from '../platform/bounded.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { MOST_MONTHS } from '../preview/months.ts';
import {
  type ChangeRequest,
  changeText,
  type ResolvePorts,
  resolveChange,
  type Wanted,
} from '../preview/resolve-change.ts';
import type { AccountPreview, PreviewParams, PreviewReport, PreviewResult } from '../preview/types.ts';
import { type JobRecord, type Jobs, jobAt } from '../usage/jobs/jobs.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import { object, optionalText, READERS, wholeNumber } from './requests.ts';

/** What the routes need. */
export type PreviewRoutePorts = {
  readonly catalog: ResolvePorts['catalog'];
  readonly known: ResolvePorts['known'];
  readonly files: DataFiles;
  readonly jobs: Pick<Jobs, 'get'>;
  readonly starter: StartPorts;
  readonly clock: Clock;
};

/** The kind of a preview's job, and its action in the audit log. */
const PREVIEW = 'price.preview';
const PAGE = 200;
const AT_ONCE = 16;

const wanted = (path: string, value: unknown): (Wanted & { readonly replaces?: string }) | undefined => {
  if (value === undefined) return undefined;
  const { id, version, publication, body, replaces } = object(value);
  const texts = { id, publication, replaces };
  const given = Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      const found = optionalText(`${path}/${name}`, text);
      return found === undefined ? [] : [[name, found]];
    }),
  );
  if (version === undefined) return body === undefined ? given : { ...given, body };
  const number = wholeNumber(`${path}/version`, version, { least: 1, most: 1_000_000, otherwise: 1 });
  return { ...given, version: number };
};

const accountsOf = (value: unknown): readonly string[] | undefined => {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0 && value.every((each): each is string => typeof each === 'string')) {
    return value;
  }
  const message = 'must be a list of accounts, or left out for all';
  throw new ProblemError(400, 'BAD_REQUEST', `/accounts ${message}`, [{ path: '/accounts', message }]);
};

const previewOf = async (jobs: PreviewRoutePorts['jobs'], jobId: string): Promise<JobRecord> => {
  const job = await jobs.get(jobId);
  if (job?.kind !== PREVIEW) throw new ProblemError(404, 'NO_SUCH_PREVIEW', `there is no price preview ${jobId}`);
  return job;
};

const resultOf = (job: JobRecord): PreviewResult | undefined => job.result as PreviewResult | undefined;

/**
 * `POST /v1/price-previews` (a job): what accounts would have paid under another price book or contract;
 * `GET /v1/price-previews/{jobId}`: how it stands, and the report when it is done;
 * `GET /v1/price-previews/{jobId}/accounts?after=`: every account with its periods, in pages.
 */
export const pricePreviewRoutes = (ports: PreviewRoutePorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/price-previews',
    roles: READERS,
    run: async ({ body, caller }) => {
      const fields = object(body);
      const book = wanted('/book', fields.book);
      const contract = wanted('/contract', fields.contract);
      const request: ChangeRequest = {
        ...(book === undefined ? {} : { book }),
        ...(contract === undefined ? {} : { contract }),
      };
      const accounts = accountsOf(fields.accounts);
      const percent = { least: 0, most: 100, otherwise: 10 };
      const options = {
        months: wholeNumber('/months', fields.months, { least: 0, most: MOST_MONTHS, otherwise: 3 }),
        riskPercent: wholeNumber('/riskPercent', fields.riskPercent, percent),
        nearPercent: wholeNumber('/nearPercent', fields.nearPercent, percent),
        ...(accounts === undefined ? {} : { accounts }),
      };
      const change = await resolveChange({ ...ports, now: ports.clock.now() }, request);
      const params: PreviewParams = {
        change: await putByHash(ports.files, 'previews/changes/change', change),
        of: changeText(change),
        ...options,
      };
      return { status: 202, body: await startJob(ports.starter, { kind: PREVIEW, params, startedBy: caller.name }) };
    },
  },
  {
    method: 'GET',
    path: '/v1/price-previews/{jobId}',
    roles: READERS,
    run: async ({ path: { jobId = '' } }) => {
      const job = await previewOf(ports.jobs, jobId);
      const result = resultOf(job);
      const report = result && (await getPinned<PreviewReport>(ports.files, result.report));
      return {
        status: 200,
        body: { job: jobAt(job, ports.clock.nowMillis()), ...(report === undefined ? {} : { report }) },
      };
    },
  },
  {
    method: 'GET',
    path: '/v1/price-previews/{jobId}/accounts',
    roles: READERS,
    run: async ({ path: { jobId = '' }, query }) => {
      const result = resultOf(await previewOf(ports.jobs, jobId));
      if (result === undefined) throw new ProblemError(409, 'NOT_DONE', `${jobId} is not done yet`);
      const index = await getPinned<(StoredValue & { readonly account: string })[]>(ports.files, result.index);
      const rest = index.filter(({ account }) => query.after === undefined || account > query.after);
      const page = rest.slice(0, PAGE);
      const items = await mapBounded(page, AT_ONCE, (file) => getPinned<AccountPreview>(ports.files, file));
      const last = page.at(-1);
      return { status: 200, body: { items, ...(rest.length > PAGE && last ? { next: last.account } : {}) } };
    },
  },
];
