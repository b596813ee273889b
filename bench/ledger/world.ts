import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import { shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import { causeWatcher } from './causes.ts';
import { zipf } from './chance.ts';
import { countedAws } from './counted-aws/endpoint.ts';
import type { PutRecord } from './counted-aws/services.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { prepareProcess } from './functions.ts';
import { type Detail, makeHistory } from './history.ts';
import { lambdaService } from './lambda.ts';
import { publishEntries, registerSubjects } from './preparation.ts';
import { readingCosts } from './reading-costs.ts';
import { referenceCatalog } from './reference-catalog.ts';
import type { Workload } from './traffic.ts';

/** Where the sampled time lies: the middle of a day in the middle of a month, which stands for the mean of both. */
export const BEGIN = Date.parse('2026-11-15T12:00:00.000Z');
/** History reaches back so far: the period so far, and what late events reach. */
const HISTORY_DAYS = 15;

/** Who judges events needs every id; who looks at a limit needs numbers only, and looks often. */
const DETAILS: Readonly<Record<string, Detail>> = { append: 'whole', thresholds: 'sparse' };

/** What a month is simulated in: AWS in memory with a past, time, and the counter of it all. */
export type World = Awaited<ReturnType<typeof makeWorld>>;

/** Makes it, and the process that the functions run in. Once per process. */
export const makeWorld = async (
  workload: Workload,
  batchSeconds: number,
  onRecords: (records: readonly PutRecord[]) => void,
) => {
  const time = virtualTime(BEGIN);
  prepareProcess(time);
  const usage = usageCounter();
  const { share } = zipf(workload.accounts, workload.zipf);
  const catalog = referenceCatalog(workload, share);
  let isBlind = false;
  /** Lets looks at limits see nothing of the past from now on. */
  const blind = (): void => {
    isBlind = true;
  };
  const history = makeHistory({
    workload,
    share,
    meters: catalog.filter(({ kind }) => kind === 'meter') as CatalogEntry<Meter>[],
    batchSeconds,
    begin: BEGIN,
    days: HISTORY_DAYS,
    detail: () => (isBlind && usage.cause() === 'thresholds' ? 'nothing' : (DETAILS[usage.cause()] ?? 'short')),
  });
  const aws = countedAws({
    usage,
    time,
    watch: causeWatcher(time.now),
    pasts: { ledger: history.ledger, projection: history.projection },
    objects: history.objects,
    onRecords,
  });
  publishEntries(aws, catalog);
  registerSubjects(aws, workload, shiftDay(utcDay(new Date(BEGIN).toISOString()), -1));
  const reading = await readingCosts(usage, time, aws);
  const lambda = lambdaService(usage, time, aws, () => {
    const { rows, bytes } = history.unread();
    return rows * reading.perRow + bytes * reading.perByte;
  });
  return { workload, share, catalog, batchSeconds, time, usage, aws, history, lambda, blind };
};
