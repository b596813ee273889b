import { sha256Hex } from '../../platform/hash.ts';
import type { Append, Slot, StateKey } from '../types.ts';
import { applyStates, type ChainView, emptyView } from './append.ts';
import { ID_BYTES, ID_HASH_BYTES, idsBytes } from './ledger-item.ts';
import type { Seal } from './seal.ts';
import type { ScalarState } from './state.ts';

/**
 * The second line of a sealed object, format 1: a view but for its ids, which follow as they lie in the appends. The first
 * line is the SHA-256, hex, of all that follows it.
 */
type Head = Seal & {
  readonly format: 1;
  /** Hash of the chain's append at that version. */
  readonly head: string;
  readonly newestTime: string;
  readonly scalars: readonly (readonly [StateKey, ScalarState])[];
  readonly sets: readonly (readonly [StateKey, readonly string[]])[];
  readonly keys: readonly StateKey[];
  readonly tombstones?: readonly string[];
  readonly alone?: readonly string[];
};

/** A seal and the object that it speaks of. */
export type SealedObject = { readonly seal: Seal; readonly body: Uint8Array };

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

const pack = (view: ChainView, { subject, start }: Pick<Slot, 'subject' | 'start'>, ids: Uint8Array): SealedObject => {
  const { tombstones, alone } = view.corrections ?? {};
  const head: Head = {
    format: 1,
    subject,
    start,
    version: view.version,
    head: view.hash,
    newestTime: view.newestTime,
    scalars: [...view.scalars],
    sets: [...view.sets].map(([key, values]) => [key, [...values]]),
    keys: [...view.keys],
    ...(tombstones === undefined ? {} : { tombstones: [...tombstones] }),
    ...(alone === undefined ? {} : { alone: [...alone] }),
  };
  const said = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ids]);
  const body = Buffer.concat([Buffer.from(`${sha256Hex(said)}\n`), said]);
  return { seal: { subject, start, version: view.version }, body };
};

/** Seals a live chain: all of it from version 1 on, or what follows a seal of it. */
export const sealChain = (
  slot: Pick<Slot, 'subject' | 'start'>,
  appends: readonly Append[],
  before?: SealedChain,
): SealedObject => {
  const view = before?.view() ?? emptyView();
  for (const append of appends) applyStates(view, append);
  return pack(view, slot, Buffer.concat([before?.ids ?? Buffer.alloc(0), ...appends.map(idsBytes)]));
};

/**
 * Opens the object of a slot.
 * @throws {Error} if it is not what its own hash says, of another slot, or of a format that this version does not know.
 */
export const openSealed = ({ subject, start }: Pick<Seal, 'subject' | 'start'>, body: Uint8Array): SealedChain => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const said = bytes.subarray(bytes.indexOf(NEW_LINE) + 1);
  const isWhole = sha256Hex(said) === bytes.subarray(0, -said.length - 1).toString('utf8');
  const end = said.indexOf(NEW_LINE);
  const head = (isWhole ? JSON.parse(said.subarray(0, end).toString('utf8')) : {}) as Partial<Head>;
  if (head.subject !== subject || head.start !== start) {
    throw new Error(`the object of sealed slot ${subject} ${start} is not what was sealed: its hash differs`);
  }
  return openedFrom(head as Head, said.subarray(end + 1));
};

const openedFrom = (head: Head, ids: Buffer): SealedChain => {
  const { format, subject, start, version } = head;
  if (format !== 1) {
    throw new Error(`sealed slot ${subject} ${start} has format ${String(format)}, which is not known here`);
  }
  return {
    version,
    ids,
    view: () => ({
      version,
      hash: head.head,
      newestTime: head.newestTime,
      ids: new Map(),
      scalars: new Map(head.scalars),
      sets: new Map(head.sets.map(([key, values]) => [key, new Set(values)])),
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
