import type { CatalogEntry, CatalogReader, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import type { JobDetails } from '../jobs/jobs.ts';
import type { JobRun, JobWork } from '../jobs/run-job.ts';
import { chainsOf } from '../ledger/chain.ts';
import { linesOf } from '../ledger/ledger-item.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { type RestatePorts, restateSlot } from '../ledger/restate.ts';
import type { Append, Backfill, BackfillContent } from '../types.ts';
import { type BackfillStore, backfillOf, deedOf, mustBe, standsOtherwise, type TouchedPlace } from './backfill.ts';
import { type OwnerMonths, ownersOf, ownerText, type PreviewPorts, previewOwner } from './preview.ts';

/** What sealing needs. */
export type SealPorts = PreviewPorts & {
  readonly backfills: BackfillStore;
  readonly restate: RestatePorts;
};

/** What is asked for. */
export type BackfillParams = { readonly backfillId: string };

/** Where a run is: fixing days up to a place, or telling what changes for owners up to one. */
type Cursor =
  | { readonly at: 'days'; readonly done: number; readonly after?: string }
  | { readonly at: 'owners'; readonly after: string; readonly content: BackfillContent };

const PLACES_PER_PAGE = 100;
const PLACES_AT_A_TIME = 8;

/** Whether a chain was begun before some version of a meter was published that measures its slot. */
const isBehind = (chain: readonly Append[], meters: readonly CatalogEntry<Meter>[]): boolean => {
  const [first] = chain;
  if (first === undefined) return false;
  return meters.some(
    ({ publishedAt, effectiveFrom }) => publishedAt >= first.appendedAt && effectiveFrom <= first.slot.start,
  );
};

const linesIn = (chains: readonly (readonly Append[])[]): number =>
  chains.flat().reduce((lines, append) => lines + linesOf(append), 0);

/**
 * Fixes one day: every chain at the version that it has now. No line is taken any more since the backfill is being sealed;
 * one that was on its way is looked at again by its writer, and counts only if it is in what is fixed here.
 */
const fixDay = async (
  { backfills, restate, usage }: SealPorts,
  place: TouchedPlace,
  meters: readonly CatalogEntry<Meter>[],
): Promise<void> => {
  if (place.versions !== undefined) return;
  const { overlays } = await usage.ledger.day(place.subject, place.day);
  const chains = chainsOf(overlays.filter(({ slot }) => slot.overlay === place.backfill));
  const versions: Record<string, number> = {};
  for (const chain of chains) {
    const last = chain.at(-1);
    if (last === undefined) continue;
    versions[last.slot.start] = last.version;
    if (isBehind(chain, meters)) await restateSlot(restate, last.slot, meterIndex(meters), last.version);
  }
  await backfills.pin(place, versions, linesIn(chains));
};

/** All places of a backfill; some hundred thousand fit into memory. */
const allPlaces = async (backfills: BackfillStore, backfillId: string): Promise<TouchedPlace[]> => {
  const places: TouchedPlace[] = [];
  let after: string | undefined;
  do {
    const page = await backfills.places(backfillId, 1_000, after);
    places.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return places;
};

/** What the fixed days hold. They say so themselves: to read them all again would not fit into one run. */
const contentOf = (places: readonly TouchedPlace[]): BackfillContent => {
  const fixed = places.filter(({ versions = {} }) => Object.keys(versions).length > 0);
  return {
    subjects: new Set(fixed.map(({ subject }) => subject)).size,
    days: fixed.length,
    slots: fixed.reduce((total, { versions = {} }) => total + Object.keys(versions).length, 0),
    lines: fixed.reduce((total, { lines = 0 }) => total + lines, 0),
    changes: 0,
    accounts: 0,
  };
};

const begin = async ({ backfills, clock }: SealPorts, run: JobRun): Promise<Backfill> => {
  const { backfillId } = run.job.params as BackfillParams;
  const backfill = await backfillOf(backfills, backfillId);
  if (backfill.state !== 'open') return backfill;
  const sealing: Backfill = { ...backfill, state: 'sealing' };
  const deed = { by: run.job.startedBy, at: clock.now() };
  const isFirst = await backfills.change(sealing, 'open', deedOf(backfill, 'sealing', deed, { job: run.job.jobId }));
  // Another run of the job may have been first: what that one began this one can end.
  return isFirst ? sealing : backfillOf(backfills, backfillId);
};

const meterHistory = (catalog: CatalogReader): Promise<CatalogEntry<Meter>[]> => catalog.history('meter');

/** Fixes days from a place on. Answers false if there is no more time. */
const fixDays = async (
  ports: SealPorts,
  run: JobRun,
  backfillId: string,
  from: Cursor | undefined,
): Promise<boolean> => {
  const meters = await meterHistory(ports.catalog);
  let [done, after] = from?.at === 'days' ? [from.done, from.after] : [0, undefined];
  for (;;) {
    const page = await ports.backfills.places(backfillId, PLACES_PER_PAGE, after);
    await mapBounded(page.items, PLACES_AT_A_TIME, (place) => fixDay(ports, place, meters));
    done += page.items.length;
    after = page.next;
    if (after === undefined) return true;
    const cursor: Cursor = { at: 'days', done, after };
    await run.save({ done, unit: 'days' }, cursor);
    if (run.isTimeUp()) return false;
  }
};

/** Tells what changes, owner by owner. Answers nothing if there is no more time. */
const tellChanges = async (
  ports: SealPorts,
  run: JobRun,
  backfillId: string,
  from: Extract<Cursor, { readonly at: 'owners' }> | undefined,
): Promise<BackfillContent | undefined> => {
  const places = await allPlaces(ports.backfills, backfillId);
  const owners = await ownersOf(ports.catalog, places);
  const meters = await meterHistory(ports.catalog);
  let content = from?.content ?? contentOf(places);
  const open = owners.filter(({ owner }) => from === undefined || ownerText(owner) > from.after);
  for (const [n, each] of open.entries()) {
    content = await tellOwner(ports, backfillId, each, meters, content);
    const cursor: Cursor = { at: 'owners', after: ownerText(each.owner), content };
    await run.save({ done: owners.length - open.length + n + 1, of: owners.length, unit: 'accounts' }, cursor);
    if (run.isTimeUp() && n < open.length - 1) return undefined;
  }
  return content;
};

const tellOwner = async (
  ports: SealPorts,
  backfillId: string,
  owner: OwnerMonths,
  meters: readonly CatalogEntry<Meter>[],
  content: BackfillContent,
): Promise<BackfillContent> => {
  const found = await previewOwner(ports, backfillId, owner, meters);
  for (const changes of found) await ports.backfills.keepChanges(backfillId, changes);
  const changes = found.reduce((total, each) => total + each.changes.length, 0);
  return {
    ...content,
    changes: content.changes + changes,
    accounts: content.accounts + (changes > 0 ? 1 : 0),
  };
};

/**
 * The work of the job `backfill.seal`: no more lines are taken, what is there is fixed day by day, what closing would change
 * is told account by account, and then the backfill is sealed. A run that died is gone on with where it was.
 */
export const sealBackfill =
  (ports: SealPorts): JobWork =>
  async (run): Promise<JobDetails | 'later'> => {
    const sealing = await begin(ports, run);
    const { backfillId } = sealing;
    if (sealing.content !== undefined) return sealing.content;
    mustBe(sealing, 'sealing');
    const cursor = run.cursor as Cursor | undefined;
    if (cursor?.at !== 'owners' && !(await fixDays(ports, run, backfillId, cursor))) return 'later';
    const content = await tellChanges(ports, run, backfillId, cursor?.at === 'owners' ? cursor : undefined);
    if (content === undefined) return 'later';
    const sealed = { by: run.job.startedBy, at: ports.clock.now() };
    const record = deedOf(sealing, 'seal', sealed, { ...content, job: run.job.jobId });
    if (await ports.backfills.change({ ...sealing, state: 'sealed', sealed, content }, 'sealing', record))
      return content;
    const stands = await backfillOf(ports.backfills, backfillId);
    if (stands.content === undefined) throw standsOtherwise(stands);
    return stands.content;
  };
