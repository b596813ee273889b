import type { JobDetails } from '../jobs/jobs.ts';
import type { JobWork } from '../jobs/run-job.ts';
import { utcDay } from '../ledger/slot.ts';
import { type WalkPorts, walkLedger } from './walk.ts';
import type { Stage, WalkResult, WalkState } from './walk-state.ts';

/** What a close asks for: a walk that began at `since` or later and took all days up to `through`, for its days from `from` on. */
export type CloseWalk = { readonly since: string; readonly from: string; readonly through: string };

/** What a close is answered: to go on, to ask again, or why it must not go on. */
export type ClosesAnswer =
  | { readonly ok: true; readonly done: boolean }
  | { readonly ok: false; readonly code: 'LEDGER_BROKEN'; readonly message: string };

/** What a walk is at, in words. */
const UNITS: Readonly<Record<Stage, string>> = {
  read: 'days of subjects read',
  match: 'of 256 parts of ids matched',
  heads: 'days put together',
  root: 'root to be signed',
};

/** What came of a walk, as a job tells it. */
const summaryOf = ({ walkId, number, through, counts, broken, root }: WalkResult): JobDetails => ({
  walkId,
  root: { number, hash: root },
  ...(through === undefined ? {} : { through }),
  ...counts,
  brokenChains: broken,
});

/** A walk that a person asked for, as the work of a job. */
export const walkJob =
  (ports: WalkPorts, remainingMillis: number): JobWork =>
  async ({ job, save }) => {
    const { through } = job.params as { readonly through?: string };
    const onProgress = async ({ stage, cursor, tasks }: WalkState): Promise<void> =>
      save({ done: cursor, ...(stage === 'read' ? { of: tasks } : {}), unit: UNITS[stage] }, null);
    const request = { since: job.startedAt, ...(through === undefined ? {} : { through }) };
    const result = await walkLedger(ports, request, { remainingMillis, onProgress });
    return result === 'later' ? 'later' : summaryOf(result);
  };

/** The walk that a close waits for. Money does not move over a chain of its days that is not what it was. */
export const walkForClose = async (
  ports: WalkPorts,
  { since, from, through }: CloseWalk,
  remainingMillis: number,
): Promise<ClosesAnswer> => {
  const result = await walkLedger(ports, { since, through }, { remainingMillis });
  if (result === 'later') return { ok: true, done: false };
  const broken = result.broken.filter(({ start }) => utcDay(start) >= from && utcDay(start) <= through);
  const [first] = broken;
  if (first === undefined) return { ok: true, done: true };
  return {
    ok: false,
    code: 'LEDGER_BROKEN',
    message: `${broken.length} chains of the ledger are broken on these days, the first that of ${first.subject} at ${first.start}: ${first.message}. Mend them (docs/runbook.md, "Broken chains"), then start again.`,
  };
};
