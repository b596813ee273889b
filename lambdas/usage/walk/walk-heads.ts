import type { AuditLog } from '../../platform/audit-log.ts';
import type { Clock } from '../../platform/clock.ts';
import { utcDay } from '../ledger/slot.ts';
import {
  type ChainHead,
  type DayHeads,
  dayHeadsKey,
  mergeHeads,
  packDayHeads,
  readDayHeads,
  unpackHeads,
} from './chain-heads.ts';
import {
  type LedgerRoot,
  NO_ROOT,
  type RootSigner,
  rootHash,
  rootKey,
  rootOf,
  type SignedRoot,
  signRoot,
} from './ledger-root.ts';
import type { WalkObjects } from './walk-objects.ts';
import { changedHeadsPrefix, daysPrefix } from './walk-parts.ts';
import type { WalkTask } from './walk-plan.ts';
import type { WalkState } from './walk-state.ts';

/** What putting heads together and signing them needs. */
export type HeadsPorts = {
  /** The data bucket. */
  readonly objects: Pick<WalkObjects, 'put' | 'read' | 'list'>;
  /** The bucket of proofs. */
  readonly proofs: Pick<WalkObjects, 'putIfAbsent' | 'read'>;
  readonly audit: Pick<AuditLog, 'head'>;
  readonly signer: RootSigner;
  readonly clock: Clock;
};

/** A walk with its plan and the root that the walk before it signed. */
export type WalkContext = {
  readonly state: WalkState;
  readonly plan: readonly WalkTask[];
  readonly root: LedgerRoot | undefined;
};

const json = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** The index of the first task that a file of changed heads is of. */
const cursorOf = (key: string): number => Number(/(\d+)\.ndjson\.gz$/.exec(key)?.[1]);

/** The heads of a day that the walk changed, in order. The files are in the order of the plan: those of the day follow each other. */
const changedHeads = async (ports: HeadsPorts, { state, plan }: WalkContext, day: string): Promise<ChainHead[]> => {
  const first = plan.findIndex((task) => task.day === day);
  const last = plan.findLastIndex((task) => task.day === day);
  const keys: string[] = [];
  for await (const key of ports.objects.list(changedHeadsPrefix(state.walkId))) keys.push(key);
  const own = keys.filter(
    (key, n) => cursorOf(key) <= last && (n + 1 === keys.length || cursorOf(keys[n + 1] ?? '') > first),
  );
  const changed: ChainHead[] = [];
  for (const key of own) {
    for (const head of unpackHeads(await ports.objects.read(key))) if (utcDay(head.start) === day) changed.push(head);
  }
  return changed;
};

/**
 * Puts the heads of the next day of the plan together: what they were, with what the walk changed.
 * @returns the state to be saved.
 */
export const joinHeads = async (ports: HeadsPorts, context: WalkContext): Promise<WalkState> => {
  const { state, plan, root } = context;
  const days = [...new Set(plan.map(({ day }) => day))];
  const day = days[state.cursor];
  if (day === undefined) return { ...state, stage: 'root', cursor: 0 };
  const changed = await changedHeads(ports, context, day);
  if (changed.length > 0) {
    const before = root?.days.find((each) => each.day === day);
    const heads = before === undefined ? [] : readDayHeads(await ports.proofs.read(dayHeadsKey(before)), before);
    const { summary, body } = packDayHeads(day, mergeHeads(heads, changed));
    await ports.proofs.putIfAbsent(dayHeadsKey(summary), body);
    await ports.objects.put(`${daysPrefix(state.walkId)}${day}.json`, Buffer.from(JSON.stringify(summary)));
  }
  return { ...state, cursor: state.cursor + 1 };
};

/** The days of a root after a walk: those that it changed in place of what they were. */
const daysAfter = async (ports: HeadsPorts, { state, root }: WalkContext): Promise<DayHeads[]> => {
  const days = new Map((root?.days ?? []).map((each) => [each.day, each]));
  for await (const key of ports.objects.list(daysPrefix(state.walkId))) {
    const summary = json(await ports.objects.read(key)) as DayHeads;
    days.set(summary.day, summary);
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
};

/** The root of a number. @throws {Error} if it is not the one whose hash is known. */
export const readRoot = async (
  proofs: Pick<WalkObjects, 'read'>,
  number: number,
  hash?: string,
): Promise<SignedRoot> => {
  const signed = json(await proofs.read(rootKey(number))) as SignedRoot;
  if (hash !== undefined && rootHash(signed.root) !== hash)
    throw new Error(`root ${number} is not the one that was signed`);
  return signed;
};

/**
 * Signs the root of a walk and keeps it. A repeat finds it there, and it stays as it is.
 * @returns its hash.
 * @throws {Error} if another walk's root is there.
 */
export const keepRoot = async (ports: HeadsPorts, context: WalkContext): Promise<string> => {
  const { state, root: before } = context;
  const days = await daysAfter(ports, context);
  const head = await ports.audit.head();
  const parts = { days, audit: { sequence: head?.sequence ?? 0, hash: head?.hash ?? NO_ROOT } };
  const root: LedgerRoot = {
    format: 1,
    number: state.number,
    walkId: state.walkId,
    at: ports.clock.now(),
    previous: before === undefined ? NO_ROOT : rootHash(before),
    ...parts,
    root: rootOf(parts),
  };
  const signed = await signRoot(ports.signer, root);
  if (await ports.proofs.putIfAbsent(rootKey(state.number), Buffer.from(JSON.stringify(signed)))) return rootHash(root);
  const there = await readRoot(ports.proofs, state.number);
  if (there.root.walkId !== state.walkId)
    throw new Error(`root ${state.number} was signed by ${there.root.walkId} already`);
  return rootHash(there.root);
};
