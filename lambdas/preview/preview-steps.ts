import { cachedCatalog } from '../catalog/cached-catalog.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { AccountStore } from '../close/close-store.ts';
import { type DataFiles, getPinned, putByHash, type StoredValue } from '../close/data-files.ts';
import { ok, refused, type StepResult, type UsagePort } from '../close/ports.ts';
import { mapBounded } from '../platform/bounded.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import type { Clock } from '../platform/clock.ts';
import type { JobRecord, Jobs } from '../usage/jobs/jobs.ts';
import { monthsBefore } from './months.ts';
import { type AccountPlan, planAccounts } from './plan.ts';
import { previewAccount } from './preview-account.ts';
import { reportOf } from './report.ts';
import type { AccountPreview, PreviewChange, PreviewParams, PreviewResult } from './types.ts';

export type StepPorts = {
  readonly catalog: CatalogReader;
  readonly usage: Pick<UsagePort, 'read' | 'readPinned' | 'lastValues'>;
  readonly results: Pick<AccountStore, 'account' | 'resultEndingAt'>;
  readonly files: DataFiles;
  readonly jobs: Pick<Jobs, 'get' | 'save'>;
  readonly clock: Clock;
};

/** A step of the machine; `rate` is an item of its distributed map. */
export type PreviewStep =
  | { readonly step: 'plan' | 'report'; readonly jobId: string }
  | { readonly step: 'rate'; readonly jobId: string; readonly chunk: number }
  | { readonly step: 'record-failure'; readonly jobId: string; readonly code: string; readonly message: string };

/** Where an account's preview lies. */
export type AccountFile = StoredValue & { readonly account: string };

/** Accounts per item of the map, as of a close. */
const CHUNK = 6;
const AT_ONCE = 32;
const RACES = 20;
/** A cause of Step Functions may be a whole stack. */
const LONGEST_MESSAGE = 500;

const folderOf = (jobId: string): string => `previews/${jobId}`;
const chunksKey = (jobId: string): string => `${folderOf(jobId)}/chunks.json`;
const planKey = (jobId: string, chunk: number): string => `${folderOf(jobId)}/plans/${chunk}.json`;
const doneKey = (jobId: string, chunk: number): string => `${folderOf(jobId)}/done/${chunk}.json`;

const jobOf = async ({ jobs }: StepPorts, jobId: string): Promise<JobRecord> => {
  const job = await jobs.get(jobId);
  if (job === undefined) throw new Error(`there is no job ${jobId}`);
  return job;
};

/**
 * Writes how the job stands; chunks do it side by side, so each writes over what it has just read.
 * @returns false if others were faster each time.
 */
const tryNote = async (
  ports: StepPorts,
  jobId: string,
  change: (job: JobRecord) => Partial<JobRecord>,
): Promise<boolean> => {
  for (let race = 0; race < RACES; race += 1) {
    const job = await jobOf(ports, jobId);
    if (job.state === 'done') return true;
    const { message: _, endedAt: __, ...rest } = job;
    const next = { ...rest, ...change(job), revision: job.revision + 1, aliveAt: ports.clock.now() };
    if (await ports.jobs.save(next)) return true;
  }
  return false;
};

const note = async (...args: Parameters<typeof tryNote>): Promise<void> => {
  if (!(await tryNote(...args))) throw new Error(`${args[1]} is written by too many at once`);
};

const readJson = async <T>(files: DataFiles, key: string): Promise<T | undefined> => {
  const text = await files.getText(key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

const paramsOf = (job: JobRecord): PreviewParams => job.params as unknown as PreviewParams;

/** What is known is what was published when the preview was asked for. */
const knownAtOf = (job: JobRecord): string => job.startedAt;

/** A catalog for thousands of look-ups of one moment: the clock stands, so each kind is read once. */
const readOnce = (catalog: CatalogReader, knownAt: string): CatalogReader =>
  cachedCatalog(
    { ...catalog, revision: async () => undefined },
    { now: () => knownAt, nowMillis: () => Date.parse(knownAt) },
  );

/** Chooses the periods and versions of every account, once, and writes them in chunks: one that is resumed keeps them. */
const plan = async (ports: StepPorts, jobId: string): Promise<StepResult> => {
  if ((await ports.files.getText(chunksKey(jobId))) !== undefined) {
    await note(ports, jobId, () => ({ state: 'running' }));
    return ok({ chunkKey: chunksKey(jobId) });
  }
  const job = await jobOf(ports, jobId);
  const { change: stored, months, accounts } = paramsOf(job);
  const change = await getPinned<PreviewChange>(ports.files, stored);
  const knownAt = knownAtOf(job);
  const { over, running } = monthsBefore(knownAt, months);
  const plans = await planAccounts(
    { ...ports, catalog: readOnce(ports.catalog, knownAt) },
    { change, months: [...over, running], knownAt, ...(accounts === undefined ? {} : { accounts }) },
  );
  if (plans.length === 0) {
    return refused('NOTHING_TO_PREVIEW', 'No contract has a billing period that ends within these months.');
  }
  const chunks = Array.from({ length: Math.ceil(plans.length / CHUNK) }, (_, n) => ({
    chunk: n + 1,
    plans: plans.slice(n * CHUNK, (n + 1) * CHUNK),
  }));
  await mapBounded(chunks, AT_ONCE, ({ chunk, plans: own }) =>
    ports.files.putText(planKey(jobId, chunk), canonicalJson(own)),
  );
  await ports.files.putText(chunksKey(jobId), canonicalJson(chunks.map(({ chunk }) => ({ chunk }))));
  await note(ports, jobId, () => ({
    state: 'running',
    progress: { done: 0, of: plans.length, unit: 'accounts' },
  }));
  return ok({ chunkKey: chunksKey(jobId), accounts: plans.length });
};

/** Rates the accounts of a chunk both ways. A chunk that is done is left as it is. */
const rateChunk = async (ports: StepPorts, jobId: string, chunk: number): Promise<StepResult> => {
  if ((await ports.files.getText(doneKey(jobId, chunk))) !== undefined) return ok({ chunk });
  const job = await jobOf(ports, jobId);
  const { change: stored, nearPercent } = paramsOf(job);
  const change = await getPinned<PreviewChange>(ports.files, stored);
  const plans = await readJson<AccountPlan[]>(ports.files, planKey(jobId, chunk));
  if (plans === undefined) throw new Error(`chunk ${chunk} of ${jobId} has no plan`);
  const knownAt = knownAtOf(job);
  const meters = (await ports.catalog.history('meter')).filter(({ publishedAt }) => publishedAt <= knownAt);
  const done: AccountFile[] = [];
  for (const each of plans) {
    const preview = await previewAccount(ports, each, { change, meters, nearPercent });
    const file = await putByHash(ports.files, `${folderOf(jobId)}/accounts/${each.account}`, preview);
    done.push({ account: each.account, ...file });
  }
  await ports.files.putText(doneKey(jobId, chunk), canonicalJson(done));
  // How far it is may be told too low; what is rated lies there.
  await tryNote(ports, jobId, ({ progress = { done: 0, unit: 'accounts' } }) => ({
    progress: { ...progress, done: progress.done + done.length },
  }));
  return ok({ chunk });
};

/** Puts the accounts together, and ends the job. */
const report = async (ports: StepPorts, jobId: string): Promise<StepResult> => {
  const job = await jobOf(ports, jobId);
  const params = paramsOf(job);
  const chunks = (await readJson<{ readonly chunk: number }[]>(ports.files, chunksKey(jobId))) ?? [];
  const lists = await mapBounded(chunks, AT_ONCE, ({ chunk }) =>
    readJson<AccountFile[]>(ports.files, doneKey(jobId, chunk)),
  );
  const missing = lists.filter((list) => list === undefined).length;
  if (missing > 0) {
    return refused(
      'NOT_ALL_RATED',
      `${missing} of ${chunks.length} chunks of accounts were not rated: resume the job.`,
    );
  }
  const index = lists.flatMap((list) => list ?? []);
  const accounts = await mapBounded(index, AT_ONCE, (file) => getPinned<AccountPreview>(ports.files, file));
  const { over, running } = monthsBefore(knownAtOf(job), params.months);
  const dates = { start: over[0]?.start ?? running.start, end: running.start };
  const made = reportOf(accounts, params, dates, running);
  const result: PreviewResult = {
    report: await putByHash(ports.files, `${folderOf(jobId)}/report`, made),
    index: await putByHash(ports.files, `${folderOf(jobId)}/index`, index),
    accounts: made.accounts,
    winners: made.counts.winners,
    losers: made.counts.losers,
    problems: made.counts.problems,
  };
  await note(ports, jobId, () => ({ state: 'done', result, endedAt: ports.clock.now() }));
  return ok({ jobId });
};

/** Runs one step. A refusal is a value; what is thrown is wrong with the house and is tried again. */
export const runPreviewStep = async (ports: StepPorts, event: PreviewStep): Promise<StepResult> => {
  switch (event.step) {
    case 'plan':
      return plan(ports, event.jobId);
    case 'rate':
      return rateChunk(ports, event.jobId, event.chunk);
    case 'report':
      return report(ports, event.jobId);
    default: {
      const { code, message } = event;
      await note(ports, event.jobId, () => ({
        state: 'failed',
        message: `${message.slice(0, LONGEST_MESSAGE)} (${code})`,
        endedAt: ports.clock.now(),
      }));
      return ok();
    }
  }
};
