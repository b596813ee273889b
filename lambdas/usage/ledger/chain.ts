import { contentHash } from '../../platform/hash.ts';
import type { Append, ArchivePointer, SlotPin, StateKey } from '../types.ts';
import { idsText } from './ids-text.ts';
import { linesOf } from './ledger-item.ts';
import { packPointers } from './pack-pointers.ts';
import { chainName, slotText } from './slot.ts';
import { gatherStates, type ScalarState, type StateMap } from './state.ts';

/** What the first append of a slot names as its predecessor. */
export const FIRST_HASH = '0'.repeat(64);

/**
 * The hash of an append: of everything it says, so that no field can be changed unseen. Ids and pointers, of which there
 * are many, are hashed in their packed form.
 */
export const appendHash = ({ ids, pointers, ...said }: Omit<Append, 'hash'>): string => {
  const { keys, lines } = packPointers(pointers);
  return contentHash({
    ...said,
    ids: idsText(ids),
    pointers: { keys, lines: Buffer.from(lines).toString('hex') },
  });
};

/** What is wrong with a slot's chain, and at which version. */
export type BrokenLink = {
  readonly version: number;
  readonly reason: 'HASH' | 'LINK' | 'GAP' | 'CUT';
  readonly message: string;
};

/** What is wrong with an append as the one after another (of version 0 and `FIRST_HASH`: after none); `undefined`: nothing. */
export const brokenLink = (append: Append, before: Pick<Append, 'version' | 'hash'>): BrokenLink | undefined => {
  const { hash, ...said } = append;
  const at = { version: append.version };
  const next = before.version + 1;
  if (append.version !== next) return { ...at, reason: 'GAP', message: `append ${next} of the slot is missing` };
  if (appendHash(said) !== hash) return { ...at, reason: 'HASH', message: 'its content is not what was hashed' };
  if (append.previousHash !== before.hash) {
    return { ...at, reason: 'LINK', message: 'it does not follow the append before it' };
  }
  return undefined;
};

/** The first thing wrong with a whole chain in order of versions; `undefined` if it is whole. */
export const firstBrokenLink = (chain: readonly Append[]): BrokenLink | undefined => {
  let before: Pick<Append, 'version' | 'hash'> = { version: 0, hash: FIRST_HASH };
  for (const append of chain) {
    const broken = brokenLink(append, before);
    if (broken !== undefined) return broken;
    before = append;
  }
  return undefined;
};

/** A slot as its chain tells it, or as its live chain and the closed backfills do together. */
export type SlotState = {
  readonly subject: string;
  readonly start: string;
  /** Version and hash of the live chain; of the overlay where one is folded by itself. */
  readonly version: number;
  readonly hash: string;
  /** The overlays that count too, if any do. */
  readonly overlays?: NonNullable<SlotPin['overlays']>;
  readonly states: StateMap;
  /** Usage lines, cancelled ones too. */
  readonly accepted: number;
  /** Usage lines that are cancelled and so count nothing. */
  readonly cancelled: number;
  readonly late: number;
};

/** A usage line of a chain: the event's id, its body's hash and its place in the archive. */
export type ChainEntry = { readonly idHash: string; readonly bodyHash: string; readonly pointer: ArchivePointer };

/** The ids that a chain cancels. */
export const tombstonesOf = (chain: readonly Append[]): Set<string> =>
  new Set(chain.flatMap(({ cancels = [] }) => cancels.map(({ idHash }) => idHash)));

/**
 * The usage lines of a chain in its order, cancelled ones too: lines that only cancel are left out.
 * @throws {RangeError} if an append does not say where one lies.
 */
export const usageEntries = (chain: readonly Append[]): ChainEntry[] =>
  chain.flatMap(({ slot, version, ids, pointers, cancels = [] }) => {
    const alone = new Set(cancels.filter((each) => each.alone).map(({ line }) => line));
    return ids.flatMap((id, n) => {
      if (alone.has(n)) return [];
      const pointer = pointers[n];
      if (pointer === undefined) throw new RangeError(`append ${version} of ${slotText(slot)} lacks a pointer`);
      return { ...id, pointer };
    });
  });

/** How many lines of an append are no usage of its slot. */
export const aloneIn = ({ cancels = [] }: Pick<Append, 'cancels'>): number =>
  cancels.reduce((total, { alone }) => total + (alone ? 1 : 0), 0);

const cancelledIn = (chain: readonly Append[]): number => {
  if (chain.every(({ cancels }) => cancels === undefined)) return 0;
  const tombstones = tombstonesOf(chain);
  return usageEntries(chain).filter(({ idHash }) => tombstones.has(idHash)).length;
};

/**
 * Folds a slot's chain (in order of versions, from 1). Scalars are running, so the newest append that has a key rules;
 * sets and points are united; a `full` append starts the states anew. What is cancelled is in no states: it either came
 * after its tombstone, or the append that cancelled it is a `full` one.
 */
export const foldChain = (chain: readonly Append[]): SlotState => {
  const last = chain.at(-1);
  if (last === undefined) throw new RangeError('a chain has at least one append');
  const from = chain.findLastIndex((append) => append.full);
  let accepted = 0;
  let late = 0;
  for (const append of chain) {
    accepted += linesOf(append) - aloneIn(append);
    late += append.late;
  }
  const running = new Map<StateKey, ScalarState>();
  const gathered = gatherStates();
  for (const append of chain.slice(Math.max(from, 0))) {
    for (const [key, state] of Object.entries(append.states)) {
      if (state.class === 'scalar') running.set(key, state);
      else gathered.add(key, state);
    }
  }
  for (const [key, state] of running) gathered.add(key, state);
  const { subject, start } = last.slot;
  return {
    subject,
    start,
    version: last.version,
    hash: last.hash,
    states: gathered.states(),
    accepted,
    cancelled: cancelledIn(chain),
    late,
  };
};

/** The chains among appends of any slots, each in order of versions; ordered by subject, slot and backfill. */
export const chainsOf = (appends: readonly Append[]): Append[][] => {
  const ordered = [...appends].sort((a, b) => {
    if (a.slot.subject !== b.slot.subject) return a.slot.subject < b.slot.subject ? -1 : 1;
    const [first, second] = [chainName(a.slot), chainName(b.slot)];
    if (first !== second) return first < second ? -1 : 1;
    return a.version - b.version;
  });
  return [...Map.groupBy(ordered, ({ slot }) => slotText(slot)).values()];
};
