import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { itemBytes } from '../ledger/ledger-item.ts';
import { chainName, SLOT_MILLIS } from '../ledger/slot.ts';
import type { StateMap } from '../ledger/state.ts';

/** A settled day without its states: which slots, at which versions, it was made from. */
export type SettledHead = {
  /** 2: overlays count in it. All others are 1. */
  readonly format: 1 | 2;
  readonly subject: string;
  /** UTC day. */
  readonly day: string;
  /** 1, 2, 3, ...: each write is under the revision before. */
  readonly revision: number;
  /** When the settle that wrote it began, before it read anything. */
  readonly beganAt: string;
  /** Slot start → version, of overlays `<slot start>~<backfill>` → version. Absent chains had no append that counts. */
  readonly versions: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly late: number;
};

/**
 * The usage of a subject on a UTC day. As in the ledger, but over the day, and a LATEST meter keeps the last value of each
 * slot as `points`: a local day ends inside a UTC day.
 */
export type SettledDay = SettledHead & { readonly states: StateMap };

/** A settled day as it lies in the table, formats 1 and 2. Only an item of format 2 has `y`. */
export type SettledItem = {
  readonly pk: string;
  readonly sk: string;
  readonly f: 1 | 2;
  readonly v: number;
  readonly b: string;
  /** Slot number of the day (0 to 95) and version, alternating. */
  readonly w: readonly number[];
  /** The same of overlays, by backfill. */
  readonly y?: Readonly<Record<string, readonly number[]>>;
  readonly c: number;
  readonly l: number;
  /** States as canonical JSON, deflated: all of them, or the scalars when `o` has the rest. */
  readonly s: Uint8Array;
  /** Sets and points that are too big for the item: object key, SHA-256 of its bytes, number of values and points. */
  readonly o?: { readonly k: string; readonly h: string; readonly n: number };
};

/** Sets and points that a settled item keeps elsewhere. */
export type SettledObject = { readonly key: string; readonly body: string };

/** From this size on, sets and points go to an object. */
const MAX_INLINE_BYTES = 8 * 1024;

const dayStart = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);

const pack = (states: StateMap): Uint8Array => deflateRawSync(canonicalJson(states));
const unpack = (bytes: Uint8Array): StateMap => JSON.parse(inflateRawSync(bytes).toString('utf8')) as StateMap;

const part = (states: StateMap, scalar: boolean): StateMap =>
  Object.fromEntries(Object.entries(states).filter(([, state]) => (state.class === 'scalar') === scalar));

const countOf = (states: StateMap): number =>
  Object.values(states).reduce((total, state) => {
    if (state.class === 'scalar') return total;
    return total + (state.class === 'set' ? state.values.length : state.points.length);
  }, 0);

/** The sort key of a settled day. */
export const settledKey = (day: string): string => `SETTLED#${day}`;

/** The format of a settled day that was made from these versions. */
export const formatOf = (versions: SettledHead['versions']): SettledHead['format'] =>
  Object.keys(versions).some((chain) => chain.includes('~')) ? 2 : 1;

/** Slot numbers and versions, alternating, of the live chains (`''`) and of each backfill. */
const packVersions = ({ day, versions }: SettledHead): Map<string, number[]> => {
  const start = dayStart(day);
  const packed = new Map<string, number[]>([['', []]]);
  for (const [chain, version] of Object.entries(versions)) {
    const [slot = '', backfill = ''] = chain.split('~');
    const numbers = packed.get(backfill) ?? [];
    numbers.push((Date.parse(slot) - start) / SLOT_MILLIS, version);
    packed.set(backfill, numbers);
  }
  return packed;
};

const unpackVersions = (day: string, numbers: readonly number[], overlay?: string): [string, number][] => {
  const start = dayStart(day);
  return Array.from({ length: numbers.length / 2 }, (_, n) => {
    const slot = new Date(start + (numbers[n * 2] ?? 0) * SLOT_MILLIS).toISOString();
    return [chainName({ start: slot, ...(overlay === undefined ? {} : { overlay }) }), numbers[n * 2 + 1] ?? 0];
  });
};

/** A settled day as its item and, when its sets and points are many, the object that must be written first. */
export const encodeSettled = (settled: SettledDay): { readonly item: SettledItem; readonly object?: SettledObject } => {
  const [[, live] = ['', []], ...overlays] = packVersions(settled);
  const base = {
    pk: settled.subject,
    sk: settledKey(settled.day),
    f: formatOf(settled.versions),
    v: settled.revision,
    b: settled.beganAt,
    w: live,
    ...(overlays.length === 0 ? {} : { y: Object.fromEntries(overlays) }),
    c: settled.accepted,
    l: settled.late,
  };
  const wide = part(settled.states, false);
  // So many values are more bytes than that, however well they deflate.
  const whole = countOf(wide) > MAX_INLINE_BYTES ? undefined : pack(settled.states);
  if (whole !== undefined && (whole.length <= MAX_INLINE_BYTES || Object.keys(wide).length === 0)) {
    return { item: { ...base, s: whole } };
  }
  const body = canonicalJson(wide);
  const hash = sha256Hex(body);
  const key = `settled/${settled.subject}/${settled.day}/${hash}.json`;
  return {
    item: { ...base, s: pack(part(settled.states, true)), o: { k: key, h: hash, n: countOf(wide) } },
    object: { key, body },
  };
};

/** The head of an item. @throws {Error} for a format that this version does not know. */
export const decodeHead = (item: SettledItem): SettledHead => {
  if (item.f !== 1 && item.f !== 2) {
    throw new Error(`settled day ${item.pk} ${item.sk} has format ${String(item.f)}, which is not known here`);
  }
  const day = item.sk.slice(settledKey('').length);
  const overlays = Object.entries(item.y ?? {});
  const versions = Object.fromEntries([
    ...unpackVersions(day, item.w),
    ...overlays.flatMap(([backfill, numbers]) => unpackVersions(day, numbers, backfill)),
  ]);
  return {
    format: item.f,
    subject: item.pk,
    day,
    revision: item.v,
    beganAt: item.b,
    versions,
    accepted: item.c,
    late: item.l,
  };
};

/**
 * The settled day of an item; `object` reads what the item keeps elsewhere, `scalars` leaves it out.
 * @throws {Error} if that is not what its hash says.
 */
export const decodeSettled = async (
  item: SettledItem,
  object: ((key: string) => Promise<string>) | 'scalars',
): Promise<SettledDay> => {
  const head = decodeHead(item);
  const inline = unpack(item.s);
  if (item.o === undefined || object === 'scalars') return { ...head, states: inline };
  const body = await object(item.o.k);
  if (sha256Hex(body) !== item.o.h) throw new Error(`${item.o.k} is not what was settled: its hash differs`);
  return { ...head, states: { ...inline, ...(JSON.parse(body) as StateMap) } };
};

/** The size of a settled item as DynamoDB counts it. */
export const settledBytes = (item: SettledItem): number => itemBytes(item);
