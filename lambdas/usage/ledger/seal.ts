/**
 * That a quiet slot's live chain lies as one object: what a writer must know of it, ids and all, so that the chain need not
 * be read. A projection, made when the slot is settled: without one, or with one that is behind, the chain is read.
 */
export type Seal = {
  readonly subject: string;
  /** Start of the slot. */
  readonly start: string;
  /** Every append up to this version is in it, if not more. */
  readonly version: number;
};
