import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import { shiftDay, utcDay } from '../ledger/slot.ts';
import type { ArchivePointer } from '../types.ts';
import type { FindingStore } from './finding-store.ts';
import { openRun } from './id-run.ts';
import { type DraftFinding, observed, type SameIdFinding, type SeenPlace, type Sighting, slotKey } from './same-id.ts';
import { passesFor, type Run, type SweepRuns, sweepPrefix } from './same-id-sweep.ts';
import type { WalkObjects } from './walk-objects.ts';
import { RUNS, runPrefix } from './walk-parts.ts';
import type { WalkState } from './walk-state.ts';

/** Where an append says that the event of an id lies. @throws {Error} if it does not have the id. */
export type LocateId = (place: SeenPlace, idHash: string) => Promise<ArchivePointer>;

/** What matching ids needs. */
export type MatchPorts = {
  readonly objects: Pick<WalkObjects, 'read' | 'list'>;
  readonly findings: FindingStore;
  readonly locate: LocateId;
  readonly clock: Clock;
  /** Ids that were accepted at most so many days apart are compared. */
  readonly horizonDays: number;
};

const FINDINGS_AT_A_TIME = 16;
const MOST_TRIES = 5;
/** First bytes of a hash: the cursor counts them. */
const BYTES = 256;

/** The runs of a walk and of those before it, up to the horizon; a walk's id begins with its date. */
const runsOf = async ({ objects, horizonDays }: MatchPorts, { walkId, startedAt }: WalkState): Promise<SweepRuns> => {
  const earliest = `${RUNS}${shiftDay(utcDay(startedAt), -horizonDays)}`;
  const fresh: Run[] = [];
  const earlier: Run[] = [];
  for await (const key of objects.list(RUNS, earliest)) {
    const run: Run = () => openRun((from, to) => objects.read(key, from, to));
    if (key.startsWith(runPrefix(walkId))) fresh.push(run);
    else if (key < runPrefix(walkId)) earlier.push(run);
  }
  return { fresh, earlier };
};

const located = async (ports: MatchPorts, { places, ...draft }: DraftFinding): Promise<SameIdFinding> => ({
  ...draft,
  places: await Promise.all(
    places.map(async ({ pointer, ...place }) => ({
      ...place,
      pointer: pointer ?? (await ports.locate(place, draft.findingId)),
    })),
  ),
});

/** Whether a sighting can say anything: an id that only shares its first bits with another has one place. */
const says = ({ accepted, cancelled }: Sighting): boolean =>
  cancelled.size > 0 || new Set(accepted.map(slotKey)).size > 1;

/** Writes what a sighting makes of its finding; answers whether there was anything to write. */
const keep = async (ports: MatchPorts, sighting: Sighting): Promise<boolean> => {
  if (!says(sighting)) return false;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const known = await ports.findings.get(sighting.idHash);
    const draft = observed(known, sighting, ports.clock.now());
    if (draft === undefined) return false;
    if (await ports.findings.save(await located(ports, draft))) return true;
  }
  throw new Error(`others were first at finding ${sighting.idHash} ${MOST_TRIES} times in a row`);
};

/**
 * Matches the ids of one pass, as far as there is time. The cursor is the first byte of the hashes that are not done.
 * @returns the state to be saved.
 */
export const matchIds = async (ports: MatchPorts, state: WalkState, isTimeUp: () => boolean): Promise<WalkState> => {
  const runs = await runsOf(ports, state);
  const width = BYTES / passesFor(state.counts.ids);
  const first = state.cursor;
  const last = runs.fresh.length === 0 ? BYTES - 1 : Math.min(first + width, BYTES) - 1;
  let done = first;
  let findings = state.counts.findings;
  if (runs.fresh.length > 0) {
    for await (const stretch of sweepPrefix(runs, { first, last })) {
      const kept = await mapBounded(stretch.sightings, FINDINGS_AT_A_TIME, (sighting) => keep(ports, sighting));
      findings += kept.filter((isNew) => isNew).length;
      done = stretch.last + 1;
      if (isTimeUp()) break;
    }
  }
  const cursor = done > first && isTimeUp() ? done : last + 1;
  const counts = { ...state.counts, findings };
  return cursor < BYTES ? { ...state, counts, cursor } : { ...state, counts, stage: 'heads', cursor: 0 };
};
