import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import type { SlotState } from '../../lambdas/usage/ledger/chain.ts';
import {
  intervalOfDay,
  parseSortKey,
  partitionKey,
  SLOT_MILLIS,
  shiftDay,
  sortKey,
  utcDay,
} from '../../lambdas/usage/ledger/slot.ts';
import { coveredTo, latestMeters, settledDayOf } from '../../lambdas/usage/settle/settled-day.ts';
import { encodeSettled, settledKey } from '../../lambdas/usage/settle/settled-item.ts';
import type { UsageEvent } from '../../lambdas/usage/types.ts';
import { type Chain, makeChains, type Piece } from './chains.ts';
import { chance } from './chance.ts';
import { type Item, itemBytes } from './counted-aws/item-size.ts';
import type { Past, Row } from './counted-aws/rows.ts';
import { wireItem } from './counted-aws/wire.ts';
import { identityOf, subjectOf } from './events.ts';
import type { Workload } from './traffic.ts';

/** What lies in the tables and the data bucket when the sampled time begins, made up when it is asked for. */
export type History = {
  readonly ledger: Past;
  readonly projection: Past;
  objects(path: string): Uint8Array | undefined;
  /** Lets an event have been accepted before, so that what comes now is its repeat. */
  plant(event: UsageEvent): void;
  /** Lets settled days be there up to a day only; history begins with all up to today. */
  settledUpTo(day: string): void;
  /** What was paid for and not really read, because only a part was shown: rows and bytes. */
  unread(): { readonly rows: number; readonly bytes: number };
};

export type HistoryOptions = {
  readonly workload: Workload;
  readonly share: (rank: number) => number;
  readonly meters: readonly CatalogEntry<Meter>[];
  /** Seconds between two batches of a shard, in truth: a window may be over before its time because the batch is full. */
  readonly batchSeconds: number;
  /** When the sampled time begins: history is before, and reaches back so many days. */
  readonly begin: number;
  readonly days: number;
  /** How much whoever reads now must see. */
  readonly detail: () => Detail;
};

/**
 * How much of the ledger's past a reader is shown; what it pays for is always the whole. `whole`: every append. `short`: of
 * each slot a few appends with few ids. `sparse`: that, of one slot in 32.
 */
export type Detail = 'whole' | 'short' | 'sparse';
const SPARSE = 32;

/** So many chains are made per account; the slots of its history take turns. */
const chainsPerAccount = ({ eventsPerSecond }: Workload): number => (eventsPerSecond > 200 ? 1 : 4);

const shifted = (state: SlotState, start: string): SlotState => {
  const by = Date.parse(start) - Date.parse(state.start);
  const states = Object.entries(state.states).map(([key, each]) => {
    if (each.class !== 'points') return [key, each] as const;
    const points = each.points.map((point) => ({
      ...point,
      time: new Date(Date.parse(point.time) + by).toISOString(),
    }));
    return [key, { ...each, points }] as const;
  });
  return { ...state, start, states: Object.fromEntries(states) };
};

/** When a day is settled for good: all its slots are covered. */
const afterDay = (day: string): string => new Date(Date.parse(intervalOfDay(day).to) + 50 * 60_000).toISOString();

/** Makes the history of a workload. */
export const makeHistory = (options: HistoryOptions): History => {
  const { workload, share, begin, days, meters } = options;
  const ranks = new Map(Array.from({ length: workload.accounts }, (_, rank) => [subjectOf(rank), rank]));
  const variants = chainsPerAccount(workload);
  const chainOf = makeChains(meters);
  const random = chance(workload.seed + 1);
  const chains = Array.from({ length: workload.accounts }, (_, rank) =>
    Array.from({ length: variants }, () =>
      chainOf(random, rank, share(rank), share(rank) * workload.eventsPerSecond, options.batchSeconds),
    ),
  );
  const firstDay = shiftDay(utcDay(new Date(begin).toISOString()), -days);
  const planted = new Map<string, string[]>();
  const unread = { rows: 0, bytes: 0 };

  const chainAt = (rank: number, start: string): Chain | undefined => {
    const at = Date.parse(start);
    if (at >= begin || utcDay(start) < firstDay) return undefined;
    return chains[rank]?.[(at / SLOT_MILLIS) % variants];
  };
  /** The tail of a chain's first append, with the ids of planted events in place of some of its own. */
  const tailOf = (piece: Piece, place: string): string => {
    const own = piece.version === 1 ? planted.get(place) : undefined;
    if (own === undefined) return piece.tail;
    const item = JSON.parse(`{${piece.tail.slice(1)}`) as { i: { B: string } };
    const ids = Buffer.concat(own.map((hex) => Buffer.from(hex, 'hex')));
    const i = { B: Buffer.concat([ids, Buffer.from(item.i.B, 'base64').subarray(ids.length)]).toString('base64') };
    return `,${JSON.stringify({ ...item, i }).slice(1)}`;
  };
  const rowOf = (pk: string, start: string, piece: Piece): Row => {
    const sk = sortKey({ start }, piece.version);
    const json = `{"pk":{"S":"${pk}"},"sk":{"S":"${sk}"}${tailOf(piece, `${pk} ${start}`)}`;
    return { sk, json, bytes: piece.bytes + pk.length + sk.length };
  };
  const splitKey = (pk: string): { readonly rank: number | undefined; readonly day: string } => {
    const at = pk.lastIndexOf('#');
    return { rank: ranks.get(pk.slice(0, at)), day: pk.slice(at + 1) };
  };
  const slotsOf = (day: string): string[] =>
    Array.from({ length: 96 }, (_, n) => new Date(Date.parse(`${day}T00:00:00.000Z`) + n * SLOT_MILLIS).toISOString());

  /** The rows that are shown, as large as all that are paid for. */
  const shownOf = (rows: readonly Row[], paid: { rows: number; bytes: number }): readonly Row[] => {
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    unread.rows += paid.rows - rows.length;
    unread.bytes += Math.max(0, paid.bytes - rows.reduce((sum, { json }) => sum + json.length * 0.75, 0));
    return rows.map((row) => ({ ...row, bytes: Math.ceil((row.bytes / bytes) * paid.bytes) }));
  };
  const ledger: Past = {
    range: (pk, from, to) => {
      const { rank, day } = splitKey(pk);
      if (rank === undefined) return [];
      const detail = options.detail();
      const paid = { rows: 0, bytes: 0 };
      const shown = slotsOf(day)
        .filter((start) => start >= from.slice(0, 24) && start <= to)
        .flatMap((start, n) => {
          const chain = chainAt(rank, start);
          if (chain === undefined) return [];
          if (detail === 'whole') {
            return chain.whole.map((piece) => rowOf(pk, start, piece)).filter(({ sk }) => sk >= from && sk <= to);
          }
          paid.rows += chain.whole.length;
          paid.bytes += chain.bytes + chain.whole.length * (pk.length + start.length + 9);
          const isShown = detail === 'short' || n % SPARSE === 0;
          return isShown ? chain.short.map((piece) => rowOf(pk, start, piece)) : [];
        });
      return detail === 'whole' || shown.length === 0 ? shown : shownOf(shown, paid);
    },
    get: (pk, sk) => {
      const { rank } = splitKey(pk);
      const { start, version } = parseSortKey(sk);
      const piece = rank === undefined ? undefined : chainAt(rank, start)?.whole[version - 1];
      return piece && rowOf(pk, start, piece);
    },
  };

  const latest = latestMeters(meters);
  const objects = new Map<string, Uint8Array>();
  const settled = new Map<string, Row | undefined>();
  const settledItem = (subject: string, rank: number, day: string, beganAt: string): Item | undefined => {
    const slots = slotsOf(day)
      .filter((start) => start < coveredTo(day, beganAt))
      .flatMap((start) => {
        const chain = chainAt(rank, start);
        return chain === undefined ? [] : [shifted(chain.state, start)];
      });
    if (slots.length === 0) return undefined;
    const { item, object } = encodeSettled(settledDayOf({ subject, day, beganAt }, 3, slots, latest));
    if (object) objects.set(`/data/${object.key}`, Buffer.from(object.body));
    return wireItem(item);
  };
  const today = utcDay(new Date(begin).toISOString());
  let lastSettled = today;
  const wholeDays = new Map<number, Item | undefined>();
  /** A whole day is made once per account, and dated. Today is settled as far as it was covered a few minutes ago. */
  const settledOf = (pk: string, day: string): Row | undefined => {
    const rank = ranks.get(pk);
    if (rank === undefined || day < firstDay || day > lastSettled) return undefined;
    const yesterday = shiftDay(today, -1);
    if (!wholeDays.has(rank)) wholeDays.set(rank, settledItem(pk, rank, yesterday, afterDay(yesterday)));
    const place = `${pk} ${day}`;
    if (!settled.has(place)) {
      const early = new Date(begin - 300_000).toISOString();
      const item = day === today ? settledItem(pk, rank, day, early) : wholeDays.get(rank);
      const dated = item && { ...item, sk: { S: settledKey(day) }, b: { S: day === today ? early : afterDay(day) } };
      settled.set(place, dated && { sk: settledKey(day), json: JSON.stringify(dated), bytes: itemBytes(dated) });
    }
    return settled.get(place);
  };
  const projection: Past = {
    range: (pk, from, to) => {
      if (!ranks.has(pk)) return [];
      const all = Array.from({ length: days + 1 }, (_, n) => shiftDay(firstDay, n));
      const read = all.filter((day) => settledKey(day) >= from && settledKey(day) <= to);
      return read.flatMap((day) => settledOf(pk, day) ?? []);
    },
    get: (pk, sk) => (sk.startsWith(settledKey('')) ? settledOf(pk, sk.slice(settledKey('').length)) : undefined),
  };

  return {
    ledger,
    projection,
    objects: (path) => objects.get(path),
    plant: (event) => {
      const { idHash, bodyHash } = identityOf(event);
      const start = new Date(Math.floor(Date.parse(event.time) / SLOT_MILLIS) * SLOT_MILLIS).toISOString();
      const place = `${partitionKey(event.subject, utcDay(start))} ${start}`;
      planted.set(place, [...(planted.get(place) ?? []), `${idHash}${bodyHash}`]);
    },
    settledUpTo: (day) => {
      lastSettled = day;
    },
    unread: () => ({ ...unread }),
  };
};
