import { contentHash } from '../../platform/hash.ts';
import type { Append, StateKey } from '../types.ts';
import { packPointers } from './pack-pointers.ts';
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
    ids: ids.map(({ idHash, bodyHash }) => `${idHash}${bodyHash}`).join(''),
    pointers: { keys, lines: Buffer.from(lines).toString('hex') },
  });
};

/** What is wrong with a slot's chain, and at which version. */
export type BrokenLink = {
  readonly version: number;
  readonly reason: 'HASH' | 'LINK' | 'GAP' | 'CUT';
  readonly message: string;
};

/** The first thing wrong with a whole chain in order of versions; `undefined` if it is whole. */
export const firstBrokenLink = (chain: readonly Append[]): BrokenLink | undefined => {
  let previous = FIRST_HASH;
  for (const [n, append] of chain.entries()) {
    const { hash, ...said } = append;
    const at = { version: append.version };
    if (append.version !== n + 1) return { ...at, reason: 'GAP', message: `append ${n + 1} of the slot is missing` };
    if (appendHash(said) !== hash) return { ...at, reason: 'HASH', message: 'its content is not what was hashed' };
    if (append.previousHash !== previous) {
      return { ...at, reason: 'LINK', message: 'it does not follow the append before it' };
    }
    previous = hash;
  }
  return undefined;
};

/** A slot as its chain tells it. */
export type SlotState = {
  readonly subject: string;
  readonly start: string;
  readonly version: number;
  readonly hash: string;
  readonly states: StateMap;
  /** Usage lines, cancelled ones too. */
  readonly accepted: number;
  /** Usage lines that are cancelled and so count nothing. */
  readonly cancelled: number;
  readonly late: number;
};

/**
 * Folds a slot's chain (in order of versions, from 1). Scalars are running, so the newest append that has a key rules;
 * sets and points are united; a `full` append starts the states anew.
 */
export const foldChain = (chain: readonly Append[]): SlotState => {
  const last = chain.at(-1);
  if (last === undefined) throw new RangeError('a chain has at least one append');
  const from = chain.findLastIndex((append) => append.full);
  let accepted = 0;
  let late = 0;
  for (const append of chain) {
    accepted += append.ids.length;
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
  return {
    ...last.slot,
    version: last.version,
    hash: last.hash,
    states: gathered.states(),
    accepted,
    cancelled: 0,
    late,
  };
};

/** The chains among appends of any slots, each in order of versions; slots ordered by subject and start. */
export const chainsOf = (appends: readonly Append[]): Append[][] => {
  const ordered = [...appends].sort((a, b) => {
    if (a.slot.subject !== b.slot.subject) return a.slot.subject < b.slot.subject ? -1 : 1;
    if (a.slot.start !== b.slot.start) return a.slot.start < b.slot.start ? -1 : 1;
    return a.version - b.version;
  });
  return [...Map.groupBy(ordered, ({ slot }) => `${slot.subject}#${slot.start}`).values()];
};
