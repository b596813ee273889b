import { sha256Hex } from '../../platform/hash.ts';
import type { Append, Slot, StateKey } from '../types.ts';
import { applyStates, type ChainView, emptyView } from './append.ts';
import { ID_BYTES, ID_HASH_BYTES, idsBytes } from './ledger-item.ts';
import type { Seal } from './seal.ts';
import type { ScalarState } from './state.ts';

/**
 * A sealed object, format 1: three lines, then the ids as they lie in the appends. The first line is the SHA-256, hex, of the
 * second, which is this; the third has the values of sets, which may be many.
 */
type Head = Seal & {
  readonly format: 1;
  /** Hash of the chain's append at that version. */
  readonly head: string;
  readonly newestTime: string;
  readonly scalars: readonly (readonly [StateKey, ScalarState])[];
  readonly keys: readonly StateKey[];
  readonly tombstones?: readonly string[];
  readonly alone?: readonly string[];
  /** SHA-256, hex, of all that follows the second line. */
  readonly rest: string;
};

type Place = Pick<Slot, 'subject' | 'start'>;

/** A seal and the object that it speaks of. */
export type SealedObject = { readonly seal: Seal; readonly body: Uint8Array };

/** What the beginning of a sealed object tells: the running scalars of the chain. */
export type SealedScalars = { readonly version: number; readonly scalars: ReadonlyMap<StateKey, ScalarState> };

/** A sealed chain, opened. */
export type SealedChain = {
  /** Up to which version it goes. */
  readonly version: number;
  /** What a writer knows of the chain then, without its ids: they are asked for one by one. A new one each time. */
  view(): ChainView;
  /** The body hash of an id; `undefined` if the chain did not have it then. */
  bodyOf(idHash: string): string | undefined;
  readonly ids: Uint8Array;
};

const NEW_LINE = 0x0a;

/** What a view says as a sealed object, with the ids that it knows as they lie in appends. */
export const sealView = (view: Omit<ChainView, 'ids'>, { subject, start }: Place, ids: Uint8Array): SealedObject => {
  const { tombstones, alone } = view.corrections ?? {};
  const sets = JSON.stringify([...view.sets].map(([key, values]) => [key, [...values]]));
  const rest = Buffer.concat([Buffer.from(`${sets}\n`), ids]);
  const head: Head = {
    format: 1,
    subject,
    start,
    version: view.version,
    head: view.hash,
    newestTime: view.newestTime,
    scalars: [...view.scalars],
    keys: [...view.keys],
    ...(tombstones === undefined ? {} : { tombstones: [...tombstones] }),
    ...(alone === undefined ? {} : { alone: [...alone] }),
    rest: sha256Hex(rest),
  };
  const line = JSON.stringify(head);
  const body = Buffer.concat([Buffer.from(`${sha256Hex(line)}\n${line}\n`), rest]);
  return { seal: { subject, start, version: view.version }, body };
};

/** Seals a live chain: all of it from version 1 on, or what follows a sealed part of it. */
export const sealChain = (slot: Place, appends: readonly Append[], before?: SealedChain): SealedObject => {
  const view = before?.view() ?? emptyView();
  for (const append of appends) applyStates(view, append);
  return sealView(view, slot, Buffer.concat([before?.ids ?? Buffer.alloc(0), ...appends.map(idsBytes)]));
};

const isNot = ({ subject, start }: Place): Error =>
  new Error(`the object of sealed slot ${subject} ${start} is not what was sealed: its hash differs`);

/** The head of an object, and where it ends; `undefined` if these bytes end before. */
const readHead = (place: Place, bytes: Buffer): { readonly head: Head; readonly end: number } | undefined => {
  const first = bytes.indexOf(NEW_LINE);
  const end = bytes.indexOf(NEW_LINE, first + 1);
  if (first === -1 || end === -1) return undefined;
  const line = bytes.subarray(first + 1, end);
  if (sha256Hex(line) !== bytes.subarray(0, first).toString('utf8')) throw isNot(place);
  const head = JSON.parse(line.toString('utf8')) as Head;
  if (head.format !== 1) {
    const what = `sealed slot ${place.subject} ${place.start} has format ${String(head.format)}`;
    throw new Error(`${what}, which is not known here`);
  }
  if (head.subject !== place.subject || head.start !== place.start) throw isNot(place);
  return { head, end };
};

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/**
 * The scalars of an object of which only the beginning was read; `undefined` if more is needed.
 * @throws {Error} as `openSealed`
 */
export const sealedScalars = (place: Place, beginning: Uint8Array): SealedScalars | undefined => {
  const head = readHead(place, bufferOf(beginning))?.head;
  return head && { version: head.version, scalars: new Map(head.scalars) };
};

/**
 * Opens the object of a slot.
 * @throws {Error} if it is not what its own hashes say, of another slot, or of a format that this version does not know.
 */
export const openSealed = (place: Place, body: Uint8Array): SealedChain => {
  const bytes = bufferOf(body);
  const read = readHead(place, bytes);
  if (read === undefined) throw isNot(place);
  const { head, end } = read;
  const rest = bytes.subarray(end + 1);
  if (sha256Hex(rest) !== head.rest) throw isNot(place);
  const third = rest.indexOf(NEW_LINE);
  const sets = JSON.parse(rest.subarray(0, third).toString('utf8')) as [StateKey, string[]][];
  const ids = rest.subarray(third + 1);
  const { subject, start, version } = head;
  return {
    version,
    ids,
    view: () => ({
      version,
      hash: head.head,
      newestTime: head.newestTime,
      ids: new Map(),
      scalars: new Map(head.scalars),
      sets: new Map(sets.map(([key, values]) => [key, new Set(values)])),
      keys: new Set(head.keys),
      ...(head.tombstones === undefined
        ? {}
        : { corrections: { tombstones: new Set(head.tombstones), alone: new Set(head.alone) } }),
      sealed: { subject, start, version },
    }),
    bodyOf: (idHash) => {
      const wanted = Buffer.from(idHash, 'hex');
      for (let at = ids.indexOf(wanted); at !== -1; at = ids.indexOf(wanted, at + 1)) {
        // What is found across two entries is there by chance.
        if (at % ID_BYTES === 0) return ids.subarray(at + ID_HASH_BYTES, at + ID_BYTES).toString('hex');
      }
      return undefined;
    },
  };
};
