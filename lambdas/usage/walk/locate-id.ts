import { LRUCache } from 'lru-cache';
import type { Append } from '../types.ts';
import type { WalkLedger } from './walk-ledger.ts';
import type { LocateId } from './walk-match.ts';

/** Appends kept: the ids of a batch that was sent twice lie in the same few. */
const KEPT = 64;

/** Finds where events lie by the appends that accepted them. */
export const locateIn = (ledger: Pick<WalkLedger, 'append'>): LocateId => {
  const kept = new LRUCache<string, Promise<Append>>({ max: KEPT });
  return async ({ subject, start, overlay, version }, idHash) => {
    const slot = { subject, start, ...(overlay === undefined ? {} : { overlay }) };
    const name = JSON.stringify([slot, version]);
    const reading = kept.get(name) ?? ledger.append(slot, version);
    kept.set(name, reading);
    const { ids, pointers } = await reading;
    const pointer = pointers[ids.findIndex((id) => id.idHash === idHash)];
    if (pointer === undefined) throw new Error(`append ${name} does not say where event ${idHash} lies`);
    return pointer;
  };
};
