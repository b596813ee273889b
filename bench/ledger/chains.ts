import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import { applyStates, type ChainView, emptyView, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import { foldChain, type SlotState } from '../../lambdas/usage/ledger/chain.ts';
import { encodeAppend, idsBytes } from '../../lambdas/usage/ledger/ledger-item.ts';
import { type MeterIndex, meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import { SLOT_MILLIS } from '../../lambdas/usage/ledger/slot.ts';
import type { Append, CanonicalUsage } from '../../lambdas/usage/types.ts';
import type { Chance } from './chance.ts';
import { itemBytes } from './counted-aws/item-size.ts';
import { wireItem } from './counted-aws/wire.ts';
import { makeEvent, subjectOf } from './events.ts';

/** The slot that chains are made for, before they are put anywhere. */
export const TEMPLATE_START = '2026-11-14T12:00:00.000Z';

/** An append of a chain that can be put at any slot of its subject: its item without the key. */
export type Piece = {
  readonly version: number;
  /** The item's JSON behind the key. */
  readonly tail: string;
  /** The item's size without the key's values. */
  readonly bytes: number;
};

/**
 * A slot's chain as it is when the slot is over. `whole` is every append. `short` is the last few of them with few of their
 * ids, but as large as the whole by what is paid for it: for readers to whom ids mean nothing, because a busy account's
 * month would take hours to read here.
 */
export type Chain = {
  readonly whole: readonly Piece[];
  readonly short: readonly Piece[];
  /** Size of all of it, without the keys' values. */
  readonly bytes: number;
  /** What the chain says, to readers and to a writer, whose ids lie in `ids`. */
  readonly state: SlotState;
  readonly view: ChainView;
  readonly ids: Uint8Array;
};

const hexOf = (random: Chance, bytes: number): string =>
  Array.from({ length: bytes / 4 }, () => random.next().toString(16).padStart(8, '0')).join('');

/** A made-up event of an account, as ingest hands it to the ledger. */
export const usageOf = (random: Chance, rank: number, share: number, time: number, start: string): CanonicalUsage => {
  const event = makeEvent(random, rank, share, time);
  const account = `acct-${String(rank + 1).padStart(5, '0')}`;
  const key = `events/meterbridge-prod-usage/2026/11/14/shardId-000000000000/4966${'0'.repeat(40)}-4966${'0'.repeat(40)}.ndjson.gz`;
  return {
    kind: 'usage',
    event,
    idHash: hexOf(random, 16),
    bodyHash: hexOf(random, 8),
    slot: { subject: subjectOf(rank), start },
    late: false,
    stamp: { account, plan: 'plan-09', salesRegion: 'us' },
    position: { stream: 'usage', shard: '0', sequence: '0', index: 0 },
    pointer: { key, line: random.between(0, 20_000) },
  };
};

const KEY_NAMES = 'pksk'.length;

const pieceOf = (append: Append): Piece => {
  const { pk: _, sk: __, ...rest } = encodeAppend(append);
  const item = wireItem(rest);
  return {
    version: append.version,
    tail: `,${JSON.stringify(item).slice(1)}`,
    bytes: itemBytes(item) + KEY_NAMES,
  };
};

/** A short chain has so many appends, with so many ids each. */
const SHORT_APPENDS = 3;
const SHORT_IDS = 4;

const shortOf = (appends: readonly Append[], whole: readonly Piece[]): readonly Piece[] => {
  if (appends.length <= SHORT_APPENDS && appends.every(({ ids }) => ids.length <= SHORT_IDS)) return whole;
  return appends
    .slice(-SHORT_APPENDS)
    .map((append) =>
      pieceOf({ ...append, ids: append.ids.slice(0, SHORT_IDS), pointers: append.pointers.slice(0, SHORT_IDS) }),
    );
};

/**
 * Chains of an account as the ledger's own code writes them, when its events come in batches `batchSeconds` apart.
 * `perSecond` is the account's rate; `undefined` for a slot without events.
 */
export const makeChains = (meters: readonly CatalogEntry<Meter>[]) => {
  const index: MeterIndex = meterIndex(meters);
  const start = TEMPLATE_START;
  const origin = Date.parse(start);
  return (random: Chance, rank: number, share: number, perSecond: number, batchSeconds: number): Chain | undefined => {
    const mean = (perSecond * SLOT_MILLIS) / 1000;
    // The whole number of events, and one more as often as the rest says.
    const count = Math.floor(mean) + (random.happens(mean - Math.floor(mean)) ? 1 : 0);
    if (count === 0) return undefined;
    const events = Array.from({ length: count }, () =>
      usageOf(random, rank, share, origin + random.between(0, SLOT_MILLIS - 1), start),
    );
    const batches = Map.groupBy(events, ({ event }) =>
      Math.floor((Date.parse(event.time) - origin) / (batchSeconds * 1000)),
    );
    const view = emptyView();
    const appends: Append[] = [];
    for (const [, batch] of [...batches].sort(([a], [b]) => a - b)) {
      for (let rest: readonly CanonicalUsage[] = batch; rest.length > 0; ) {
        const next = nextAppend(view, { subject: subjectOf(rank), start }, rest, index, '2026-11-14T12:15:00.000Z');
        applyStates(view, next.append);
        appends.push(next.append);
        rest = next.rest;
      }
    }
    const whole = appends.map((append) => pieceOf(append));
    const bytes = whole.reduce((sum, piece) => sum + piece.bytes, 0);
    const ids = Buffer.concat(appends.map(idsBytes));
    return { whole, short: shortOf(appends, whole), bytes, state: foldChain(appends), view, ids };
  };
};
