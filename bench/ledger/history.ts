import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import { applyStates, type ChainView, emptyView, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import { encodeAppend, ID_BYTES } from '../../lambdas/usage/ledger/ledger-item.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import { SEALED_FROM_IDS } from '../../lambdas/usage/ledger/sealed-slots.ts';
import { sealView } from '../../lambdas/usage/ledger/sealed-view.ts';
import {
  intervalOfDay,
  parseSortKey,
  partitionKey,
  SLOT_MILLIS,
  shiftDay,
  sortKey,
  utcDay,
} from '../../lambdas/usage/ledger/slot.ts';
import type { ScalarState } from '../../lambdas/usage/ledger/state.ts';
import { EARLY_AFTER_APPENDS } from '../../lambdas/usage/ledger/writer-memory.ts';
import { coveredTo, latestMeters, settledDayOf } from '../../lambdas/usage/settle/settled-day.ts';
import { encodeSettled, settledKey } from '../../lambdas/usage/settle/settled-item.ts';
import type { StateKey, UsageEvent } from '../../lambdas/usage/types.ts';
import { type Chain, makeChains, type Piece, TEMPLATE_START, usageOf } from './chains.ts';
import { chance } from './chance.ts';
import { type Item, itemBytes } from './counted-aws/item-size.ts';
import type { Past, Row } from './counted-aws/rows.ts';
import { wireItem } from './counted-aws/wire.ts';
import { identityOf, subjectOf } from './events.ts';
import { slotOf } from './many-slots.ts';
import type { Workload } from './traffic.ts';

/** What lies in the tables and the data bucket when the sampled time begins, made up when it is asked for. */
export type History = {
  readonly ledger: Past;
  readonly projection: Past;
  objects(path: string, onlyBeginning: boolean): Uint8Array | undefined;
  /** Lets an event have been accepted before, so that what comes now is its repeat. */
  plant(event: UsageEvent): void;
  /** The append of an event that came late, after those of the past and those that this made before. */
  late(rank: number, start: string, at: number): Item;
  /** Lets settled days be there up to a day only; history begins with all up to today. */
  settledUpTo(day: string): void;
  /** Seconds between two early settles of an account's day. */
  earlySeconds(rank: number): number;
  /** Lets the day after the last settled one be settled early as it is just before the next early settle, or at any time. */
  earlyIsDue(isDue: boolean): void;
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
 * each slot a few appends with few ids. `sparse`: that, of one slot in 32. `nothing`: as if there were no past.
 */
export type Detail = 'whole' | 'short' | 'sparse' | 'nothing';
const SPARSE = 32;

/** Sort keys of seals begin with this. */
const SEAL = 'IDS#';
/** A slot is sealed so long after its start: it is covered 46 minutes after its end, and settled early some time later. */
const SEALED_MILLIS = 80 * 60_000;
/** An append tells of so many events at most. */
const APPEND_EVENTS = 2_000;

/** So many chains are made per account; the slots of its history take turns. */
const chainsPerAccount = ({ eventsPerSecond }: Workload): number => (eventsPerSecond > 200 ? 1 : 4);

/** The start of the slot that a sort key of the ledger begins with. */
const slotIn = (sk: string): string => sk.slice(0, '2026-10-01T00:00:00.000Z'.length);

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
      // Who asks for one chain is shown what there is of it.
      const detail = slotIn(from) === slotIn(to) ? 'whole' : options.detail();
      if (detail === 'nothing') return [];
      const paid = { rows: 0, bytes: 0 };
      const shown = slotsOf(day)
        .filter((start) => start >= slotIn(from) && start <= to)
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
    const starts = slotsOf(day).filter((start) => start < coveredTo(day, beganAt));
    const slots = [...Map.groupBy(starts, (start) => chainAt(rank, start))].flatMap(([chain, own]) =>
      chain === undefined ? [] : [slotOf(chain.state, own)],
    );
    if (slots.length === 0) return undefined;
    const versions = Object.fromEntries(
      starts.flatMap((start) => {
        const chain = chainAt(rank, start);
        return chain === undefined ? [] : [[start, chain.view.version] as const];
      }),
    );
    const made = { ...settledDayOf({ subject, day, beganAt }, 3, slots, latest), versions };
    const { item, object } = encodeSettled(made);
    if (object) objects.set(`/data/${object.key}`, Buffer.from(object.body));
    return wireItem(item);
  };
  const today = utcDay(new Date(begin).toISOString());
  let [lastSettled, isDue] = [shiftDay(today, -1), false];
  const wholeDays = new Map<number, Item | undefined>();
  const phases = Array.from({ length: workload.accounts }, () => random.fraction());
  const appendsPerSecond = (rank: number): number => {
    const perBatch = share(rank) * workload.eventsPerSecond * options.batchSeconds;
    return ((1 - Math.exp(-perBatch)) * Math.max(1, perBatch / APPEND_EVENTS)) / options.batchSeconds;
  };
  // There is nothing to settle before another slot is covered.
  const earlySeconds = (rank: number): number =>
    Math.max(SLOT_MILLIS / 1000, EARLY_AFTER_APPENDS / appendsPerSecond(rank));
  /** When a day that is not over was settled early last; before the day begins: not yet. */
  const earlyAt = (rank: number, day: string): number => {
    // The last append of a day that can bring one about comes half an hour after its end.
    const until = Math.min(begin, Date.parse(afterDay(day)) - 20 * 60_000);
    return until - (isDue ? 1 : (phases[rank] ?? 0)) * earlySeconds(rank) * 1000;
  };
  /** A whole day is made once per account, and dated. The one after the last is settled as far as it was, early. */
  const settledOf = (pk: string, day: string): Row | undefined => {
    const rank = ranks.get(pk);
    if (rank === undefined || day < firstDay || day > shiftDay(lastSettled, 1)) return undefined;
    const yesterday = shiftDay(today, -1);
    if (!wholeDays.has(rank)) wholeDays.set(rank, settledItem(pk, rank, yesterday, afterDay(yesterday)));
    const place = `${pk} ${day}`;
    if (!settled.has(place)) {
      const isEarly = day > lastSettled;
      const beganAt = isEarly ? new Date(earlyAt(rank, day)).toISOString() : afterDay(day);
      const item = isEarly ? settledItem(pk, rank, day, beganAt) : wholeDays.get(rank);
      const dated = item && { ...item, sk: { S: settledKey(day) }, b: { S: beganAt } };
      settled.set(place, dated && { sk: settledKey(day), json: JSON.stringify(dated), bytes: itemBytes(dated) });
    }
    return settled.get(place);
  };
  const forgetEarly = (): void => {
    for (const place of settled.keys())
      if (place.slice(place.lastIndexOf(' ') + 1) > lastSettled) settled.delete(place);
  };
  /** The chain of a slot that is sealed by now. */
  const sealedAt = (rank: number | undefined, start: string): Chain | undefined => {
    const chain = rank === undefined || Date.parse(start) > begin - SEALED_MILLIS ? undefined : chainAt(rank, start);
    return chain !== undefined && chain.ids.length >= SEALED_FROM_IDS * ID_BYTES ? chain : undefined;
  };
  const viewAt = ({ view }: Chain, start: string): ChainView => {
    const by = Date.parse(start) - Date.parse(TEMPLATE_START);
    const moved = (time: string): string => new Date(Date.parse(time) + by).toISOString();
    const scalars = [...view.scalars].map(([key, state]): [StateKey, ScalarState] => [
      key,
      { ...state, latest: { ...state.latest, time: moved(state.latest.time) } },
    ]);
    return { ...view, ids: new Map(), newestTime: moved(view.newestTime), scalars: new Map(scalars) };
  };
  const sealsIn = (pk: string, from: string, to: string): Row[] => {
    const [first, last] = [from.slice(SEAL.length), to.slice(SEAL.length)];
    const starts = slotsOf(utcDay(first)).filter((start) => start >= first && start <= last);
    return starts.flatMap((start) => {
      const chain = sealedAt(ranks.get(pk), start);
      if (chain === undefined) return [];
      const item = wireItem({ pk, sk: `${SEAL}${start}`, f: 1, v: chain.view.version });
      return { sk: `${SEAL}${start}`, json: JSON.stringify(item), bytes: itemBytes(item) };
    });
  };
  const sealedObject = (subject: string, start: string, onlyBeginning: boolean): Uint8Array | undefined => {
    const chain = sealedAt(ranks.get(subject), start);
    if (chain === undefined) return undefined;
    // The beginning says nothing of ids.
    if (onlyBeginning) return sealView(viewAt(chain, start), { subject, start }, new Uint8Array()).body;
    const own = planted.get(`${partitionKey(subject, utcDay(start))} ${start}`) ?? [];
    const ids = Buffer.concat(own.map((hex) => Buffer.from(hex, 'hex')));
    const all = Buffer.concat([ids, chain.ids.subarray(ids.length)]);
    return sealView(viewAt(chain, start), { subject, start }, all).body;
  };
  const lateViews = new Map<string, ChainView>();
  const index = meterIndex(meters);
  const projection: Past = {
    range: (pk, from, to) => {
      if (!ranks.has(pk) || options.detail() === 'nothing') return [];
      if (from.startsWith(SEAL)) return sealsIn(pk, from, to);
      const all = Array.from({ length: days + 1 }, (_, n) => shiftDay(firstDay, n));
      const read = all.filter((day) => settledKey(day) >= from && settledKey(day) <= to);
      return read.flatMap((day) => settledOf(pk, day) ?? []);
    },
    get: (pk, sk) => (sk.startsWith(settledKey('')) ? settledOf(pk, sk.slice(settledKey('').length)) : undefined),
  };

  return {
    ledger,
    projection,
    objects: (path, onlyBeginning) => {
      const [, , folder, subject = '', start = ''] = decodeURIComponent(path).split('/');
      return folder === 'sealed' ? sealedObject(subject, start, onlyBeginning) : objects.get(path);
    },
    late: (rank, start, at) => {
      const [subject, place] = [subjectOf(rank), `${rank} ${start}`];
      const chain = chainAt(rank, start);
      const view = lateViews.get(place) ?? (chain === undefined ? emptyView() : viewAt(chain, start));
      const time = Date.parse(start) + random.between(0, SLOT_MILLIS - 1);
      const event = usageOf(random, rank, share(rank), time, start);
      const { append } = nextAppend(view, { subject, start }, [event], index, new Date(at).toISOString());
      applyStates(view, append);
      lateViews.set(place, view);
      return wireItem(encodeAppend(append));
    },
    plant: (event) => {
      const { idHash, bodyHash } = identityOf(event);
      const start = new Date(Math.floor(Date.parse(event.time) / SLOT_MILLIS) * SLOT_MILLIS).toISOString();
      const place = `${partitionKey(event.subject, utcDay(start))} ${start}`;
      planted.set(place, [...(planted.get(place) ?? []), `${idHash}${bodyHash}`]);
    },
    settledUpTo: (day) => {
      lastSettled = day;
      forgetEarly();
    },
    earlySeconds,
    earlyIsDue: (due) => {
      isDue = due;
      forgetEarly();
    },
    unread: () => ({ ...unread }),
  };
};
