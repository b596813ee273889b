import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { instantOf } from '../events/event-time.ts';
import type { Append, KeyState, Point, StateKey } from '../types.ts';
import { OVERFLOW, UNMETERED } from './state.ts';

/** The texts of an item: archive keys and states as JSON, deflated. The same in formats 1 and 2. */

type PackedPoint = readonly [offset: number, value: string, id: number | string];
type PackedState =
  | readonly [key: unknown, kind: 0, count: number, sum: string, min: string, max: string, latest: PackedPoint]
  | readonly [key: unknown, kind: 1, values: readonly string[]]
  | readonly [key: unknown, kind: 2, points: readonly PackedPoint[]];

/** What items are full of, so that even a short one deflates well. It can never be changed. */
const dictionary = Buffer.from(
  '"unmetered","overflow",{"model":"region":"sha256:[["events/-usage/2026/2027/2028/11/12/01/shardId-000000000000/49' +
    '000000000000000000000000-49.ndjson.gz"],[[["users",1,{}],1,["user-"]],[["storage",1,{}],2,[[0,"0",0],[["",1,{}],' +
    '0,1,"1","1","1",[0,"1",0]],[["calls",1,{"endpoint":"read"}],0,2,"2","1","1",[0,"1",1]]]',
);

/** A key as it stands in the text: the two names as JSON texts, the others are JSON already. */
const keyText = (key: StateKey): string => (key === OVERFLOW || key === UNMETERED ? `"${key}"` : key);
const unpackKey = (key: unknown): StateKey => (typeof key === 'string' ? key : canonicalJson(key));

/** Most appends are small: looking through their ids costs less than a map of them. */
const FEW_IDS = 64;

/** Tells the index of an id hash among an append's own; `undefined` if it is none of them. */
const indexIn = (ids: Append['ids']): ((idHash: string) => number | undefined) => {
  if (ids.length > FEW_IDS) {
    const own = new Map(ids.map(({ idHash }, index) => [idHash, index]));
    return (idHash) => own.get(idHash);
  }
  return (wanted) => {
    const index = ids.findIndex(({ idHash }) => idHash === wanted);
    return index === -1 ? undefined : index;
  };
};

/** JSON of `PackedState`s. Values of points and scalars are decimals, hashes are hex: nothing in them is escaped. */
const statesText = (append: Append): string => {
  const start = instantOf(append.slot.start);
  const own = indexIn(append.ids);
  const pointText = ({ time, value, idHash }: Point): string =>
    `[${instantOf(time) - start},"${value}",${own(idHash) ?? `"${Buffer.from(idHash, 'hex').toString('base64')}"`}]`;
  const stateText = (key: StateKey, state: KeyState): string => {
    const head = `[${keyText(key)},`;
    switch (state.class) {
      case 'scalar':
        return `${head}0,${state.count},"${state.sum}","${state.min}","${state.max}",${pointText(state.latest)}]`;
      case 'set':
        return `${head}1,${JSON.stringify(state.values)}]`;
      case 'points':
        return `${head}2,[${state.points.map(pointText).join(',')}]]`;
    }
  };
  return Object.entries(append.states)
    .map(([key, state]) => stateText(key, state))
    .join(',');
};

/** Short texts are deflated in little memory, which is got each time: the dictionary and they fit into its window. */
const SHORT_TEXT = 3 * 1024;
const SHORTLY = { dictionary, chunkSize: 4 * 1024, windowBits: 12, memLevel: 4 };

const deflated = (text: string): Uint8Array =>
  deflateRawSync(text, text.length <= SHORT_TEXT ? SHORTLY : { dictionary });

/** The texts of an append, packed: `keys` are those that its pointers are made of. */
export const packTexts = (append: Append, keys: readonly string[]): Uint8Array =>
  deflated(`[${JSON.stringify(keys)},[${statesText(append)}]]`);

/** The archive keys and the states again; `idAt` tells the item's own id hashes. */
export const unpackTexts = (
  packed: Uint8Array,
  start: string,
  idAt: (index: number) => string,
): { readonly keys: readonly string[]; readonly states: Record<StateKey, KeyState> } => {
  const text = inflateRawSync(packed, { dictionary }).toString('utf8');
  const [keys, states] = JSON.parse(text) as [string[], PackedState[]];
  const origin = Date.parse(start);
  const unpackPoint = ([offset, value, id]: PackedPoint): Point => ({
    time: new Date(origin + offset).toISOString(),
    value,
    idHash: typeof id === 'number' ? idAt(id) : Buffer.from(id, 'base64').toString('hex'),
  });
  const unpack = (state: PackedState): [StateKey, KeyState] => {
    const key = unpackKey(state[0]);
    switch (state[1]) {
      case 0: {
        const [, , count, sum, min, max, latest] = state;
        return [key, { class: 'scalar', count, sum, min, max, latest: unpackPoint(latest) }];
      }
      case 1:
        return [key, { class: 'set', values: state[2] }];
      case 2:
        return [key, { class: 'points', points: state[2].map(unpackPoint) }];
    }
  };
  return { keys, states: Object.fromEntries(states.map(unpack)) };
};
