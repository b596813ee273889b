import type { PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import { runPreviewStep, type StepPorts } from '../../../lambdas/preview/preview-steps.ts';
import type {
  AccountPreview,
  PreviewChange,
  PreviewParams,
  PreviewReport,
  PreviewResult,
} from '../../../lambdas/preview/types.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { priceBook } from '../close/close-catalog.ts';
import type { World } from '../close/close-world.ts';

/** The book of the example company with other steps for calls. */
export const bookWith = (steps: readonly PriceStep[], currency = 'USD'): PriceBook => {
  const body = priceBook(currency).body as PriceBook;
  return { ...body, prices: body.prices.map((price) => (price.id === 'calls' ? { ...price, steps } : price)) };
};

/** Changes the price of a call above 100 included. */
export const callsAt = (unitPrice: string): PreviewChange => ({
  book: {
    replaces: 'list-usd',
    source: 'a test',
    body: bookWith([
      { step: 'allowance', quantity: '100' },
      { step: 'per-unit', unitPrice },
    ]),
  },
});

type Options = Partial<Omit<PreviewParams, 'change'>>;

/** Asks for a preview over the house of a close, a second after the one before. */
export const askPreview = async (world: World, change: PreviewChange, options: Options = {}) => {
  const { clock, files, catalog, store, audit, ports: close } = world;
  clock.advance(1_000);
  const jobs = memoryJobs(audit);
  const key = `previews/changes/change-${contentHash(change)}.json`;
  await files.putText(key, JSON.stringify(change));
  const jobId = `job-${clock.nowMillis()}`;
  const params: PreviewParams = {
    change: { key, hash: contentHash(change) },
    of: 'a test',
    months: 1,
    riskPercent: 10,
    nearPercent: 10,
    ...options,
  };
  const now = clock.now();
  await jobs.create({
    jobId,
    kind: 'price.preview',
    state: 'waiting',
    startedBy: 'pia',
    startedAt: now,
    params,
    revision: 1,
    aliveAt: now,
  });
  const ports: StepPorts = { clock, files, catalog, jobs, results: store, usage: close.usage };
  return { ports, jobs, jobId };
};

/** Runs a preview as its machine would. */
export const runPreview = async (world: World, change: PreviewChange, options: Options = {}) => {
  const { ports, jobs, jobId } = await askPreview(world, change, options);
  const planned = await runPreviewStep(ports, { step: 'plan', jobId });
  if (!planned.ok) throw new Error(planned.code);
  const read = async <T>(key: string | undefined): Promise<T> =>
    JSON.parse((await world.files.getText(key ?? '')) ?? 'null') as T;
  for (const { chunk } of await read<{ chunk: number }[]>(String(planned.chunkKey))) {
    await runPreviewStep(ports, { step: 'rate', jobId, chunk });
  }
  await runPreviewStep(ports, { step: 'report', jobId });
  const result = (await jobs.get(jobId))?.result as PreviewResult | undefined;
  const index = await read<{ key: string }[]>(result?.index.key);
  return {
    jobId,
    result,
    report: await read<PreviewReport>(result?.report.key),
    accounts: await Promise.all(index.map((file) => read<AccountPreview>(file.key))),
  };
};
