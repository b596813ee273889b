import { mapBounded } from '../../platform/bounded.ts';
import type { Job, JobProgress } from '../jobs/jobs.ts';
import type { JobWork } from '../jobs/run-job.ts';
import type { QuarantineEntry, QuarantineSummary } from '../types.ts';
import { composed, draftOf } from './draft.ts';
import {
  MOST_AT_ONCE,
  type QuarantineChange,
  type QuarantineFilter,
  type QuarantineOutcome,
  summaryOf,
} from './quarantine.ts';
import { isMeant } from './quarantine-places.ts';
import { type QuarantinePorts, releasing } from './release.ts';
import type { StreamLine } from './release-line.ts';

/**
 * Releases and write-offs by filter, as jobs. Entries are taken in chunks. A chunk is noted before it is touched, so that
 * a run that goes on after another one died decides again about the same entries: what that one did is found done.
 */

/** What is asked for. `preview`: nothing is changed, only said what would be. */
export type ManyParams = {
  readonly filter: QuarantineFilter;
  /** The note of a release, the reason of a write-off. */
  readonly why: string;
  readonly preview: boolean;
};

/**
 * What came of it. `passed`: released or written off, in a preview: would be. `known`: of these, as far as it was judged,
 * events that the ledger has already or that were cancelled, so that they count nothing more. `refused`: left as they
 * were, by code; which ones and why is among the job's outcomes.
 */
export type ManyTotals = {
  readonly looked: number;
  readonly passed: number;
  readonly known: number;
  readonly refused: Readonly<Record<string, number>>;
};

/** Where a run is: the entries in hand, and behind which place of the list the next ones are; `end`: there are no more. */
type Cursor = { readonly totals: ManyTotals; readonly chunk: readonly string[]; readonly after?: string };

/** What a decision says of one entry: to be changed, done before by this very job, or left as it is. */
type Verdict =
  | { readonly go: QuarantineChange; readonly put?: StreamLine; readonly known: boolean }
  | { readonly left: QuarantineOutcome }
  | 'done';

/** A kind of decision about many. */
type Decision = {
  readonly action: string;
  readonly judge: (entry: QuarantineEntry, job: Job, params: ManyParams) => Promise<Verdict>;
  /** What follows once it is decided. */
  readonly follow?: (decided: readonly QuarantineChange[], puts: readonly StreamLine[]) => Promise<void>;
};

const NONE: ManyTotals = { looked: 0, passed: 0, known: 0, refused: {} };
const JUDGED_AT_ONCE = 8;

const isJobOf = ({ release, writeOff }: QuarantineEntry, { jobId }: Job): boolean =>
  release?.job === jobId || writeOff?.job === jobId;

const changed = ({ id, state }: QuarantineEntry): Verdict => ({
  left: { id, code: 'CHANGED', path: '', message: `Somebody else decided meanwhile: it is ${state}.` },
});

const paramsOf = ({ params, startedAt }: Job): ManyParams => {
  const { filter, why, preview } = params as ManyParams;
  // What arrives while the job runs is none of what was asked for.
  const to = filter.to !== undefined && filter.to < startedAt ? filter.to : startedAt;
  return { filter: { ...filter, state: 'waiting', to }, why, preview };
};

const releaseDecision = (ports: QuarantinePorts): Decision => ({
  action: 'quarantine.release',
  judge: async (entry, job, { why }) => {
    const release = { by: job.startedBy, at: ports.clock.now(), note: why, job: job.jobId };
    if (entry.state === 'releasing') {
      const put = (await composed(ports, entry, entry.release?.body))?.put;
      return put ? { go: { entry, from: 'releasing' }, put, known: false } : 'done';
    }
    const { put, judgement } = await draftOf(ports, entry);
    if (judgement.verdict === 'refused') {
      const { code, path, message } = judgement;
      return { left: { id: entry.id, code, path, message } };
    }
    return {
      go: { entry: releasing(entry, release), from: 'waiting' },
      ...(put ? { put } : {}),
      known: judgement.verdict !== 'counted',
    };
  },
  follow: async (decided, puts) => {
    const positions = await ports.stream.put(puts);
    await mapBounded(decided, JUDGED_AT_ONCE, async ({ entry }, n) => {
      const position = positions[n];
      const release = entry.release && { ...entry.release, ...(position ? { position } : {}) };
      const released: QuarantineEntry = { ...entry, state: 'released', ...(release ? { release } : {}) };
      await ports.quarantine.finish({ entry: released, from: 'releasing' });
    });
  },
});

const writeOffDecision = (ports: QuarantinePorts): Decision => ({
  action: 'quarantine.write-off',
  judge: async (entry, job, { why }) => ({
    go: {
      entry: {
        ...entry,
        state: 'written-off',
        writeOff: { by: job.startedBy, at: ports.clock.now(), reason: why, job: job.jobId },
      },
      from: 'waiting',
    },
    known: false,
  }),
});

const verdictOn = async (
  decision: Decision,
  entry: QuarantineEntry,
  job: Job,
  params: ManyParams,
): Promise<Verdict> => {
  const { state } = entry;
  if (isJobOf(entry, job)) return state === 'releasing' ? decision.judge(entry, job, params) : 'done';
  return state === 'waiting' && isMeant(summaryOf(entry), params.filter)
    ? decision.judge(entry, job, params)
    : changed(entry);
};

type Going = Extract<Verdict, { readonly go: unknown }>;

/** Decides about entries: all at once, or one by one where somebody else decides at the same time. */
const decide = async (
  { quarantine }: QuarantinePorts,
  decision: Decision,
  going: readonly Going[],
  job: Job,
  why: string,
): Promise<{ readonly decided: readonly Going[]; readonly lost: readonly Going[] }> => {
  const fresh = going.filter(({ go }) => go.from === 'waiting');
  const before = going.filter(({ go }) => go.from !== 'waiting');
  const record = (some: readonly Going[]) => ({
    actor: job.startedBy,
    action: decision.action,
    target: job.jobId,
    details: { why, entries: some.map(({ go }) => go.entry.id) },
  });
  const change = (some: readonly Going[]) =>
    quarantine.decide(
      some.map(({ go }) => go),
      record(some),
    );
  if (fresh.length === 0 || (await change(fresh)) !== undefined) return { decided: going, lost: [] };
  const decided: Going[] = [...before];
  const lost: Going[] = [];
  for (const one of fresh) ((await change([one])) === undefined ? lost : decided).push(one);
  return { decided, lost };
};

const work = async (
  ports: QuarantinePorts,
  decision: Decision,
  job: Job,
  ids: readonly string[],
): Promise<ManyTotals> => {
  const params = paramsOf(job);
  const entries = (await mapBounded(ids, JUDGED_AT_ONCE, (id) => ports.quarantine.get(id))).flatMap((one) => one ?? []);
  const verdicts = await mapBounded(entries, JUDGED_AT_ONCE, (entry) => verdictOn(decision, entry, job, params));
  const going = verdicts.flatMap((verdict) => (verdict !== 'done' && 'go' in verdict ? [verdict] : []));
  const left = verdicts.flatMap((verdict) => (verdict !== 'done' && 'left' in verdict ? [verdict.left] : []));
  const done = verdicts.filter((verdict) => verdict === 'done').length;
  let passing = going;
  if (!params.preview) {
    const { decided, lost } = await decide(ports, decision, going, job, params.why);
    passing = [...decided];
    left.push(
      ...lost.map(({ go: { entry } }) => ({
        id: entry.id,
        code: 'CHANGED' as const,
        path: '',
        message: 'Somebody else decided at the same time.',
      })),
    );
    const puts = decided.flatMap(({ put }) => put ?? []);
    await decision.follow?.(
      decided.map(({ go }) => go),
      puts,
    );
  }
  await ports.quarantine.keepOutcomes(job.jobId, left);
  return {
    looked: entries.length,
    passed: passing.length + done,
    known: passing.filter(({ known }) => known).length,
    refused: Object.fromEntries([...Map.groupBy(left, ({ code }) => code)].map(([code, some]) => [code, some.length])),
  };
};

const sum = (a: ManyTotals, b: ManyTotals): ManyTotals => {
  const codes = new Set([...Object.keys(a.refused), ...Object.keys(b.refused)]);
  return {
    looked: a.looked + b.looked,
    passed: a.passed + b.passed,
    known: a.known + b.known,
    refused: Object.fromEntries(
      [...codes].sort().map((code) => [code, (a.refused[code] ?? 0) + (b.refused[code] ?? 0)]),
    ),
  };
};

const many =
  (ports: QuarantinePorts, decision: Decision): JobWork =>
  async ({ job, cursor, save, isTimeUp }) => {
    const { filter } = paramsOf(job);
    let at: Cursor = (cursor as Cursor | undefined) ?? { totals: NONE, chunk: [] };
    const progress = (): JobProgress => ({ done: at.totals.looked, unit: 'entries' });
    for (;;) {
      if (at.chunk.length > 0) at = { ...at, totals: sum(at.totals, await work(ports, decision, job, at.chunk)) };
      at = { ...at, chunk: [] };
      if (at.after === 'end' || isTimeUp()) {
        await save(progress(), at);
        return at.after === 'end' ? at.totals : 'later';
      }
      const { after } = at;
      const page = await ports.quarantine.list({ ...filter, ...(after === undefined ? {} : { after }) }, MOST_AT_ONCE);
      at = { totals: at.totals, chunk: page.entries.map(({ id }: QuarantineSummary) => id), after: page.next ?? 'end' };
      await save(progress(), at);
    }
  };

/** The work of the job `quarantine.release`: every waiting entry that a filter means and that would pass now. */
export const releaseMany = (ports: QuarantinePorts): JobWork => many(ports, releaseDecision(ports));

/** The work of the job `quarantine.write-off`: every waiting entry that a filter means. */
export const writeOffMany = (ports: QuarantinePorts): JobWork => many(ports, writeOffDecision(ports));
