import type { AuditRecord } from '../../platform/audit-log.ts';
import type { Clock } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { OverlayPlace, PinnedVersions } from '../ledger/overlays.ts';
import type { Backfill, BackfillChange, Deed } from '../types.ts';

/** A day of a subject that a backfill touches, and what is fixed of it once that is done: its chains, and how many lines. */
export type TouchedPlace = OverlayPlace & { readonly versions?: PinnedVersions; readonly lines?: number };

/** A page of a list; `next` is what to pass as `after` for the following one. */
export type BackfillPage<T> = { readonly items: readonly T[]; readonly next?: string };

/** The changes of one account, or of one subject that belongs to nobody, in one period. */
export type ChangesOfPeriod = { readonly owner: string; readonly changes: readonly BackfillChange[] };

/** Where backfills are kept. Reads are strongly consistent. */
export type BackfillStore = {
  get(backfillId: string): Promise<Backfill | undefined>;
  /** Newest first. */
  list(limit: number, after?: string): Promise<BackfillPage<Backfill>>;
  /** Keeps a new one, in one transaction with its audit entry. */
  create(backfill: Backfill, audit: AuditRecord): Promise<void>;
  /**
   * Changes how one stands, in one transaction with its audit entry: that is the one moment at which it begins, or ceases,
   * to count. Answers false, and writes nothing, if it is in another state than `from`.
   */
  change(backfill: Backfill, from: Backfill['state'], audit: AuditRecord): Promise<boolean>;
  /** The days that it touches, in order. */
  places(backfillId: string, limit: number, after?: string): Promise<BackfillPage<TouchedPlace>>;
  /** Fixes what counts of a day, and notes how many lines that is. What was fixed before stays. */
  pin(place: OverlayPlace, versions: PinnedVersions, lines: number): Promise<void>;
  /** Keeps what would change of one owner in one period; an earlier one of the same is replaced. */
  keepChanges(backfillId: string, changes: ChangesOfPeriod): Promise<void>;
  changes(backfillId: string, limit: number, after?: string): Promise<BackfillPage<BackfillChange>>;
};

/** The id of a backfill that is opened now: later ones sort behind it. `unique` tells those of one instant apart. */
export const backfillIdOf = (clock: Clock, unique: string): string =>
  `bf-${String(clock.nowMillis()).padStart(14, '0')}-${unique.slice(0, 36)}`;

/** Whether the content of a backfill is fixed. */
export const isFixed = ({ sealed }: Backfill): boolean => sealed !== undefined;

/** The backfill of an id. @throws {ProblemError} 404. */
export const backfillOf = async (store: Pick<BackfillStore, 'get'>, backfillId: string): Promise<Backfill> => {
  const found = await store.get(backfillId);
  if (found === undefined) throw new ProblemError(404, 'NO_SUCH_BACKFILL', `there is no backfill ${backfillId}`);
  return found;
};

/** What to do instead, by state. */
const INSTEAD: Readonly<Record<Backfill['state'], string>> = {
  open: 'seal it first, so that its content is fixed and you can look at what it changes',
  sealing: 'wait until it is sealed',
  sealed: 'its content is fixed: close it, or revert it and open another one',
  closed: 'it counts already: revert it if it should not',
  reverted: 'open another one: a reverted backfill never counts again',
};

/** That a backfill stands otherwise than it must for what is asked. */
export const standsOtherwise = ({ backfillId, state }: Backfill): ProblemError =>
  new ProblemError(409, 'BACKFILL_STATE', `${backfillId} is ${state}; ${INSTEAD[state]}`);

/** Checks that a backfill is in one of some states. @throws {ProblemError} 409. */
export const mustBe = (backfill: Backfill, ...states: readonly Backfill['state'][]): void => {
  if (!states.includes(backfill.state)) throw standsOtherwise(backfill);
};

/** The audit entry of a change. */
export const deedOf = (
  { backfillId }: Backfill,
  action: string,
  { by }: Deed,
  details: Readonly<Record<string, unknown>>,
): AuditRecord => ({ actor: by, action: `backfill.${action}`, target: backfillId, details });
