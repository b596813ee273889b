import { canonicalJson } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { instantOf } from '../events/event-time.ts';
import type { Append, CanonicalUsage } from '../types.ts';
import { idsText } from './ids-text.ts';
import { packPointers, unpackPointers } from './pack-pointers.ts';
import { packTexts, unpackTexts } from './pack-texts.ts';
import { packTombstones, unpackTombstones } from './pack-tombstones.ts';
import { parseSortKey, partitionKey, sortKey, utcDay } from './slot.ts';
import type { StateMap } from './state.ts';

/**
 * An append as it lies in the table, formats 1 and 2. Names are one letter because every byte is paid for at every write.
 * The ids are 16 + 8 bytes each; times are milliseconds into the slot; an id hash that is one of the item's own ids is
 * its index. Only an item of format 2 has `t`, `x` and `o`, or an overlay in its sort key.
 */
export type LedgerItem = {
  readonly pk: string;
  readonly sk: string;
  /** Format version. */
  readonly f: 1 | 2;
  /** 16 bytes of id hash and 8 of body hash per event. */
  readonly i: Uint8Array;
  /** JSON of archive keys and states, deflated with the dictionary of the format. */
  readonly s: Uint8Array;
  /** Tombstones: 16 bytes of id hash and the line, `alone` as its lowest bit, as a varint. */
  readonly t?: Uint8Array;
  /** SHA-256 of the object that holds the states, when they are too large for the item. */
  readonly o?: Uint8Array;
  /** Archive pointers: indexes of keys, and lines, as varints. */
  readonly r: Uint8Array;
  /** Late events, when there are any. */
  readonly l?: number;
  /** Newest event time. */
  readonly n: number;
  /** Stamp: account, plan, sales region. */
  readonly m?: readonly [string, string, string];
  /** When it was appended, in milliseconds since 1970. */
  readonly a: number;
  /** Present when the append is a restating one. */
  readonly x?: true;
  /** Hash of the append before, and of this one; 32 bytes each. */
  readonly h: Uint8Array;
  readonly g: Uint8Array;
};

/** From this size on, the states of a restating append go to an object: they are all of the chain's, and may be many. */
const MAX_INLINE_BYTES = 8 * 1024;

/** The states of a restating append that its item keeps elsewhere: an object of the data bucket, named by its hash. */
export type StatesObject = { readonly key: string; readonly body: string };

/** The object that an item's states lie in. */
const objectKey = (hash: string): string => `ledger/${hash}.json`;

/** The key of the object that must be read to decode an item; most have none. */
export const statesKeyOf = ({ o }: LedgerItem): string | undefined =>
  o === undefined ? undefined : objectKey(Buffer.from(o).toString('hex'));

/** An id hash and its body hash, packed. */
export const ID_BYTES = 24;

const packIds = (ids: Append['ids']): Uint8Array => Buffer.from(idsText(ids), 'hex');

/** The id hash of them. */
export const ID_HASH_BYTES = 16;

const unpackIds = (packed: Uint8Array): Append['ids'] => {
  const hex = Buffer.from(packed).toString('hex');
  return Array.from({ length: packed.length / ID_BYTES }, (_, n) => {
    const at = n * ID_BYTES * 2;
    return { idHash: hex.slice(at, at + 32), bodyHash: hex.slice(at + 32, at + 48) };
  });
};

const idIn = (packed: Uint8Array, index: number): string =>
  Buffer.from(packed.subarray(index * ID_BYTES, index * ID_BYTES + ID_HASH_BYTES)).toString('hex');

/** A value that is made when it is first asked for. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

type Encoded = { readonly item: LedgerItem; readonly object?: StatesObject };

/** An append's size is asked for before it is put: it is packed once. */
const encoded = new WeakMap<Append, Encoded>();

const encode = (append: Append): Encoded => {
  const known = encoded.get(append);
  if (known !== undefined) return known;
  const packed = pack(append);
  encoded.set(append, packed);
  return packed;
};

/** An append as its item. */
export const encodeAppend = (append: Append): LedgerItem => encode(append).item;

/** The object that must be written before an append's item, if its states are too large for that. */
export const statesObjectOf = (append: Append): StatesObject | undefined => encode(append).object;

const pack = (append: Append): Encoded => {
  const { keys, lines } = packPointers(append.pointers);
  const item = itemOf(append, packTexts(append, keys), lines);
  if (!append.full || item.s.length <= MAX_INLINE_BYTES) return { item };
  const body = canonicalJson(append.states);
  const hash = sha256Hex(body);
  const s = packTexts({ ...append, states: {} }, keys);
  return { item: { ...item, s, o: Buffer.from(hash, 'hex') }, object: { key: objectKey(hash), body } };
};

const itemOf = (append: Append, texts: Uint8Array, lines: Uint8Array): LedgerItem => {
  const { stamp, slot, cancels } = append;
  return {
    pk: partitionKey(slot.subject, utcDay(slot.start)),
    sk: sortKey(slot, append.version),
    f: append.format,
    i: packIds(append.ids),
    ...(cancels === undefined ? {} : { t: packTombstones(cancels) }),
    s: texts,
    r: lines,
    ...(append.late === 0 ? {} : { l: append.late }),
    n: instantOf(append.newestTime) - instantOf(slot.start),
    ...(stamp === undefined ? {} : { m: [stamp.account, stamp.plan, stamp.salesRegion] as const }),
    a: instantOf(append.appendedAt),
    ...(append.full ? { x: true as const } : {}),
    h: Buffer.from(append.previousHash, 'hex'),
    g: Buffer.from(append.hash, 'hex'),
  };
};

const stampOf = (item: LedgerItem): { readonly stamp?: NonNullable<CanonicalUsage['stamp']> } => {
  if (item.m === undefined) return {};
  const [account, plan, salesRegion] = item.m;
  return { stamp: { account, plan, salesRegion } };
};

/** States read from their object. @throws {Error} if they are not what the item's hash says. */
export const readStates = (key: string, body: string): StateMap => {
  if (objectKey(sha256Hex(body)) !== key) throw new Error(`${key} is not what was appended: its hash differs`);
  return JSON.parse(body) as StateMap;
};

/** The ids of decoded appends as they lie in their items: counted and copied without unpacking them. */
const packedIds = new WeakMap<Append, Uint8Array>();

/** The ids of an append, 16 bytes of id hash and 8 of body hash each. */
export const idsBytes = (append: Append): Uint8Array => packedIds.get(append) ?? packIds(append.ids);

/** How many lines an append took. */
export const linesOf = (append: Append): number => {
  const packed = packedIds.get(append);
  return packed === undefined ? append.ids.length : packed.length / ID_BYTES;
};

/**
 * The append of an item; `states` are those of its object, if `statesKeyOf` names one. Ids and pointers are unpacked when
 * they are first asked for: they take ten times the room then, and whoever only adds up states never asks.
 * @throws {Error} for a format that this version does not know, and for an item whose states are elsewhere and not given.
 */
export const decodeAppend = (item: LedgerItem, states?: StateMap): Append => {
  const name = `append ${item.pk} ${item.sk}`;
  if (item.f !== 1 && item.f !== 2) throw new Error(`${name} has format ${String(item.f)}, which is not known here`);
  if (item.o !== undefined && states === undefined) throw new Error(`the states of ${name} were not read`);
  const { start, overlay, version } = parseSortKey(item.sk);
  const subject = item.pk.slice(0, item.pk.lastIndexOf('#'));
  const texts = unpackTexts(item.s, start, (index) => idIn(item.i, index));
  const ids = once(() => unpackIds(item.i));
  const pointers = once(() => unpackPointers(texts.keys, item.r));
  const append: Append = {
    format: item.f,
    slot: { subject, start, ...(overlay === undefined ? {} : { overlay }) },
    version,
    get ids() {
      return ids();
    },
    ...(item.t === undefined ? {} : { cancels: unpackTombstones(item.t) }),
    states: states ?? texts.states,
    get pointers() {
      return pointers();
    },
    late: item.l ?? 0,
    newestTime: new Date(Date.parse(start) + item.n).toISOString(),
    ...stampOf(item),
    appendedAt: new Date(item.a).toISOString(),
    full: item.x ?? false,
    previousHash: Buffer.from(item.h).toString('hex'),
    hash: Buffer.from(item.g).toString('hex'),
  };
  packedIds.set(append, item.i);
  return append;
};

const valueBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  // A number takes about half a byte per digit and one; a list three and one per element.
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return 3 + value.reduce((total: number, each) => total + valueBytes(each) + 1, 0);
  return 1;
};

/** The size of an item as DynamoDB counts it (names and values). One write unit is 1,024 bytes. */
export const itemBytes = (item: object): number =>
  Object.entries(item).reduce((total, [name, value]) => total + name.length + valueBytes(value), 0);

/** The size of an append's item. */
export const appendBytes = (append: Append): number => itemBytes(encodeAppend(append));
