import type { BrokenLink } from '../ledger/chain.ts';

/** A chain that is not what it was, or not whole. */
export type BrokenChain = {
  readonly subject: string;
  readonly start: string;
  readonly overlay?: string;
  readonly version: number;
  /** As `BrokenLink`; `CHANGED`: whole in itself, but not what was signed. */
  readonly reason: BrokenLink['reason'] | 'CHANGED';
  readonly message: string;
};

/** What a walk is at: reading days, matching ids, putting the heads of days together, signing the root. */
export const STAGES = ['read', 'match', 'heads', 'root'] as const;
export type Stage = (typeof STAGES)[number];

/** What a walk did so far. */
export type WalkCounts = {
  /** Days of subjects that were read. */
  readonly days: number;
  /** New appends: journalled, their ids spooled. */
  readonly appends: number;
  readonly ids: number;
  /** Ids that were found to be counted more than once, or whose finding changed. */
  readonly findings: number;
  /** Chains that are broken, also those beyond the list. */
  readonly broken: number;
};

/** A walk under way: all that the next run needs to go on. */
export type WalkState = {
  readonly format: 1;
  /** `<date>-<number>`: walks sort by their ids. */
  readonly walkId: string;
  /** 1, 2, 3, ...: also the number of its root. */
  readonly number: number;
  readonly startedAt: string;
  /** Days up to this one were taken although they may not be settled for good. */
  readonly through?: string;
  readonly stage: Stage;
  /** Index within the stage: of the next task, pass or day. */
  readonly cursor: number;
  /** How many tasks the plan has. */
  readonly tasks: number;
  readonly counts: WalkCounts;
  /** The first of the broken chains. */
  readonly broken: readonly BrokenChain[];
};

/** A walk that ended. */
export type WalkResult = Omit<WalkState, 'stage' | 'cursor' | 'tasks'> & {
  readonly endedAt: string;
  /** Hash of the root that it signed. */
  readonly root: string;
};

/** What is known of walks: the one under way, and the last that ended. */
export type Walks = { readonly state?: WalkState; readonly last?: WalkResult };

/**
 * Where walks are kept. One runs at a time: whoever has the turn holds it until it gives it back or it runs out, and every
 * write is refused to all others.
 */
export type WalkStore = {
  /** Takes the turn until an instant; `undefined` if another has it. */
  take(token: string, now: string, until: string): Promise<Walks | undefined>;
  /** @throws {LostTurn} */
  save(token: string, state: WalkState): Promise<void>;
  /** Ends the walk under way. @throws {LostTurn} */
  finish(token: string, result: WalkResult): Promise<void>;
  /** Gives the turn back; nothing happens if it is another's by now. */
  release(token: string): Promise<void>;
};

/** Another run has the turn: this one must stop. */
export class LostTurn extends Error {
  override readonly name = 'LostTurn';
}
