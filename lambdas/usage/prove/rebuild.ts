import type { CatalogReader } from '../../catalog/types.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Archive } from '../archive/archive.ts';
import type { IngestSettings } from '../ingest/ingest.ts';
import type { JobProgress } from '../jobs/jobs.ts';
import type { JobRun, JobWork } from '../jobs/run-job.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { shiftDay } from '../ledger/slot.ts';
import { CLOCK_SKEW_MILLIS } from '../ledger/writer-memory.ts';
import type { QuarantineStore } from '../quarantine/quarantine.ts';
import { quarantinedFrom } from '../quarantine/quarantined-positions.ts';
import { latestMeters } from '../settle/settled-day.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import { compareDay } from './compare-chains.ts';
import { compareBalance, compareSettledDay } from './compare-settled.ts';
import type { Difference } from './difference.ts';
import { nothingBeside, type ReplayPlace, replayArchive } from './replay.ts';
import type { ShadowLedger } from './shadow-ledger.ts';
import { type DayPlace, stretches } from './stretches.ts';

/** What rebuilding needs. */
export type RebuildPorts = {
  readonly usage: BalancePorts;
  readonly catalog: Pick<CatalogReader, 'history'>;
  readonly archive: Pick<Archive, 'shards' | 'read' | 'lines'>;
  readonly quarantine: Pick<QuarantineStore, 'list'>;
  /** The shadow of a job. */
  readonly shadow: (jobId: string) => ShadowLedger;
  readonly settings: IngestSettings;
  readonly ids: Ids;
};

/** What is rebuilt: UTC dates, half open; one subject or all. */
export type RebuildParams = { readonly start: string; readonly end: string; readonly subject?: string };

/** What a rebuild looked at and found. */
export type RebuildResult = {
  /** Settled days that were made again; `stale` ones are older than the ledger and wait for the next sweep. */
  readonly settledDays: number;
  readonly stale: number;
  readonly balances: number;
  /** Lines of the archive that were replayed; `refused`: that ingest would refuse today, though they are not in quarantine. */
  readonly lines: number;
  readonly refused: number;
  /** Chains and their ids that were compared; `moving`: by their ids only, since they were appended to meanwhile. */
  readonly slots: number;
  readonly ids: number;
  readonly moving: number;
  readonly different: number;
  /** The first ones. */
  readonly differences: readonly Difference[];
};

type Cursor = {
  readonly found: RebuildResult;
  readonly phase: 'settled' | 'replay' | 'chains';
  readonly after?: DayPlace;
  readonly replayed?: ReplayPlace;
  /** Subjects that only the archive knows. */
  readonly unknown: readonly string[];
};

const NOTHING: Cursor = {
  phase: 'settled',
  unknown: [],
  found: {
    settledDays: 0,
    stale: 0,
    balances: 0,
    lines: 0,
    refused: 0,
    slots: 0,
    ids: 0,
    moving: 0,
    different: 0,
    differences: [],
  },
};

const SHOWN = 100;
const UNKNOWN_SHOWN = 1_000;
/** Days of a subject that are held at a time. */
const SETTLED_AT_A_TIME = 8;
const CHAINS_AT_A_TIME = 2;

type Counts = Omit<RebuildResult, 'different' | 'differences'>;

/** Takes what was found of a part into the whole. */
const add = (found: RebuildResult, part: Partial<Counts>, differences: readonly Difference[] = []): RebuildResult => {
  const counts = Object.entries(part).map(([name, count]) => [name, found[name as keyof Counts] + count]);
  return {
    ...found,
    ...Object.fromEntries(counts),
    different: found.different + differences.length,
    differences: [...found.differences, ...differences].slice(0, SHOWN),
  };
};

/** A rebuild on its way: what it asks for, where it is, and how it saves that. */
type Rebuild = {
  readonly ports: RebuildPorts;
  readonly params: RebuildParams;
  readonly run: JobRun;
  readonly subjects: readonly string[];
  cursor: Cursor;
  save(progress: JobProgress): Promise<boolean>;
};

/** Phase 1: settled days and balances from the ledger. */
const settledPhase = async (rebuild: Rebuild): Promise<boolean> => {
  const { ports, params, subjects } = rebuild;
  const meters = await ports.catalog.history('meter');
  const latest = latestMeters(meters);
  const range = { ...params, subjects, after: rebuild.cursor.after };
  for (const { subject, start, end, place, isLast, subjectsDone } of stretches(range, SETTLED_AT_A_TIME)) {
    const { days } = await ports.usage.settled.days(subject, start, end);
    let { found } = rebuild.cursor;
    for (const day of days) {
      const { differences, stale } = await compareSettledDay(ports.usage, day, latest);
      found = add(found, { settledDays: 1, stale: stale ? 1 : 0 }, differences);
    }
    const balance = await compareBalance(ports.usage, { subject, start, end }, meters);
    found = add(found, { balances: 1 }, balance === undefined ? [] : [balance]);
    rebuild.cursor = { ...rebuild.cursor, found, after: place };
    const progress = { done: subjectsDone, of: subjects.length, unit: 'subjects: settled days made again' };
    if (!(await rebuild.save(progress)) && !isLast) return false;
  }
  return true;
};

/** Phase 2: the archive into the shadow. */
const replayPhase = async (rebuild: Rebuild): Promise<boolean> => {
  const { ports, params, run, subjects } = rebuild;
  const known = new Set([...subjects, ...rebuild.cursor.unknown]);
  const unknown: string[] = [];
  const replay = {
    archive: ports.archive,
    target: ports.shadow(run.job.jobId),
    decided: ports.usage.ledger,
    quarantined: await quarantinedFrom(ports.quarantine, `${shiftDay(params.start, -1)}T00:00:00.000Z`),
    catalog: ports.catalog,
    settings: ports.settings,
    clock: ports.usage.clock,
    ids: ports.ids,
    beside: nothingBeside((subject) => {
      if (!known.has(subject)) unknown.push(subject);
      known.add(subject);
    }),
    stamper: () => async () => undefined,
  };
  const range = { ...params, until: run.job.startedAt };
  return replayArchive(replay, range, rebuild.cursor.replayed, async (place, of, done) => {
    const { cursor } = rebuild;
    rebuild.cursor = {
      ...cursor,
      replayed: place,
      unknown: [...cursor.unknown, ...unknown.splice(0)].slice(0, UNKNOWN_SHOWN),
      found: add(cursor.found, done),
    };
    return rebuild.save({ done: place.objects, of, unit: 'archive objects replayed' });
  });
};

/** Phase 3: the shadow beside the ledger; what was compared is removed. */
const chainsPhase = async (rebuild: Rebuild): Promise<boolean> => {
  const { ports, params, run } = rebuild;
  const shadow = ports.shadow(run.job.jobId);
  const compare = {
    ledger: ports.usage.ledger,
    shadow,
    overlays: ports.usage.overlays.status,
    archive: ports.archive,
    meters: meterIndex(await ports.catalog.history('meter')),
  };
  // Clocks differ: what was appended about when the job began may have been archived just after it.
  const until = new Date(Date.parse(run.job.startedAt) - CLOCK_SKEW_MILLIS).toISOString();
  const subjects = [...new Set([...rebuild.subjects, ...rebuild.cursor.unknown])].sort();
  const range = { ...params, subjects, after: rebuild.cursor.after };
  for (const { subject, days, place, isLast, subjectsDone } of stretches(range, CHAINS_AT_A_TIME)) {
    let { found } = rebuild.cursor;
    for (const day of days) {
      const { differences, ...counts } = await compareDay(compare, subject, day, until);
      found = add(found, counts, differences);
    }
    rebuild.cursor = { ...rebuild.cursor, found, after: place };
    const progress = { done: subjectsDone, of: subjects.length, unit: 'subjects: chains compared' };
    const goesOn = await rebuild.save(progress);
    // Only now: a run that dies before it has saved must find them again.
    for (const day of days) {
      const { appends, overlays } = await shadow.day(subject, day);
      await shadow.remove([...appends, ...overlays]);
    }
    if (!goesOn && !isLast) return false;
  }
  return true;
};

const PHASES = [
  { phase: 'settled', work: settledPhase },
  { phase: 'replay', work: replayPhase },
  { phase: 'chains', work: chainsPhase },
] as const;

/**
 * The job `ledger.rebuild`: makes settled days and balances again from the ledger, and the ledger from the archive, beside
 * what is there, and compares. Holds a few days of a subject at a time; goes on where it was.
 */
export const rebuildLedger =
  (ports: RebuildPorts): JobWork =>
  async (run) => {
    const params = run.job.params as RebuildParams;
    const known = (await ports.usage.subjects.list()).map(({ subject }) => subject);
    const rebuild: Rebuild = {
      ports,
      params,
      run,
      subjects: params.subject === undefined ? known : known.filter((subject) => subject === params.subject),
      cursor: (run.cursor as Cursor | undefined) ?? NOTHING,
      save: async (progress) => {
        await run.save(progress, rebuild.cursor);
        return !run.isTimeUp();
      },
    };
    const first = PHASES.findIndex(({ phase }) => phase === rebuild.cursor.phase);
    for (const { phase, work } of PHASES.slice(first)) {
      if (rebuild.cursor.phase !== phase) {
        const { after: _, ...rest } = rebuild.cursor;
        rebuild.cursor = { ...rest, phase };
      }
      if (!(await work(rebuild))) return 'later';
    }
    return { ...rebuild.cursor.found };
  };
