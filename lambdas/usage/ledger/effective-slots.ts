import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { contentHash } from '../../platform/hash.ts';
import type { Append } from '../types.ts';
import {
  type ChainEntry,
  chainsOf,
  FIRST_HASH,
  foldChain,
  type SlotState,
  tombstonesOf,
  usageEntries,
} from './chain.ts';
import { linesOf } from './ledger-item.ts';
import type { LedgerRead, LedgerStore } from './ledger-store.ts';
import { meterIndex } from './meter-states.ts';
import { type Overlay, type OverlayStatus, placeText } from './overlays.ts';
import { type ArchiveLines, recomputeStates } from './recompute.ts';
import type { SealedSlots } from './sealed-slots.ts';
import { chainName, laterOf, utcDay } from './slot.ts';
import { gatherStates, parseStateKey, type StateMap } from './state.ts';

/** Where states are kept that were computed from the archive for readers: by everything that they were computed from. */
export type EffectiveStates = {
  get(hash: string): Promise<StateMap | undefined>;
  put(hash: string, states: StateMap): Promise<void>;
};

/** What reading overlays needs. Nothing of it is asked where a day has no overlay. */
export type OverlayReader = {
  readonly status: OverlayStatus;
  readonly archive: ArchiveLines;
  readonly states: EffectiveStates;
  /** Every version of every meter. */
  readonly meters: () => Promise<readonly CatalogEntry<Meter>[]>;
};

/** What reading the ledger needs. `overlays` is asked only where a day has appends of backfills. */
export type LedgerPorts = {
  readonly ledger: LedgerStore;
  readonly overlays: OverlayReader;
  /** Absent: chains are read. */
  readonly sealed?: SealedSlots | undefined;
};

/** A chain of a closed backfill, as far as it was fixed. */
type Fixed = { readonly backfill: string; readonly chain: readonly Append[] };

/** The chains of a slot that count: the live one, which may be empty, and overlays in the order in which they were closed. */
type Layers = {
  readonly subject: string;
  readonly start: string;
  readonly live: readonly Append[];
  readonly overlays: readonly Fixed[];
};

/** The part of an overlay chain that was fixed, and later appends that only state it anew. */
export const fixedPart = (chain: readonly Append[], pinned: number): readonly Append[] =>
  chain.filter((append) => append.version <= pinned || (append.full && linesOf(append) === 0));

const inOrderOfClosing = (a: Overlay, b: Overlay): number => {
  const [first, second] = [`${a.closedAt}#${a.backfill}`, `${b.closedAt}#${b.backfill}`];
  return first < second ? -1 : 1;
};

/** The fixed chains of closed backfills among overlay appends, by slot (`<subject>#<start>`). */
const closedChains = async (
  appends: readonly Append[],
  status: OverlayStatus,
): Promise<ReadonlyMap<string, readonly Fixed[]>> => {
  const all = await status.overlays([...new Set(appends.flatMap(({ slot }) => slot.overlay ?? []))]);
  const closed = [...all.values()].filter(({ state }) => state === 'closed').sort(inOrderOfClosing);
  const found = new Map<string, Fixed[]>();
  if (closed.length === 0) return found;
  const chains = Map.groupBy(chainsOf(appends), ([first]) => first?.slot.overlay ?? '');
  const placeOf = (backfill: string, [first]: readonly Append[]) => ({
    backfill,
    subject: first?.slot.subject ?? '',
    day: utcDay(first?.slot.start ?? ''),
  });
  const places = closed.flatMap(({ backfill }) =>
    (chains.get(backfill) ?? []).map((chain) => placeOf(backfill, chain)),
  );
  const pinned = await status.pinned([...new Map(places.map((place) => [placeText(place), place])).values()]);
  for (const { backfill } of closed) {
    for (const chain of chains.get(backfill) ?? []) {
      const { subject = '', start = '' } = chain[0]?.slot ?? {};
      const version = pinned.get(placeText(placeOf(backfill, chain)))?.[start];
      // What came after the content was fixed is no part of it.
      if (version === undefined) continue;
      const key = `${subject}#${start}`;
      found.set(key, [...(found.get(key) ?? []), { backfill, chain: fixedPart(chain, version) }]);
    }
  }
  return found;
};

const layersOf = (live: readonly Append[], overlays: ReadonlyMap<string, readonly Fixed[]>): Layers[] => {
  const chains = new Map(chainsOf(live).map((chain) => [`${chain[0]?.slot.subject}#${chain[0]?.slot.start}`, chain]));
  const keys = [...new Set([...chains.keys(), ...overlays.keys()])].sort();
  return keys.map((key) => {
    const at = key.lastIndexOf('#');
    const [subject, start] = [key.slice(0, at), key.slice(at + 1)];
    return { subject, start, live: chains.get(key) ?? [], overlays: overlays.get(key) ?? [] };
  });
};

/** The events of a slot over all its layers, each id once (the live one first), and which of them count. */
type Union = {
  readonly entries: readonly ChainEntry[];
  readonly counting: readonly ChainEntry[];
  /** Whether the layers' own states add up to the slot's: no id is in two, and none cancels what is in another. */
  readonly addsUp: boolean;
};

const unionOf = (chains: readonly (readonly Append[])[]): Union => {
  const seen = new Map<string, readonly Append[]>();
  const entries: ChainEntry[] = [];
  let addsUp = true;
  for (const chain of chains) {
    for (const entry of usageEntries(chain)) {
      if (seen.has(entry.idHash)) addsUp = false;
      else {
        seen.set(entry.idHash, chain);
        entries.push(entry);
      }
    }
  }
  const tombstones = new Set<string>();
  for (const chain of chains) {
    for (const idHash of tombstonesOf(chain)) {
      tombstones.add(idHash);
      const holder = seen.get(idHash);
      if (holder !== undefined && holder !== chain) addsUp = false;
    }
  }
  return { entries, counting: entries.filter(({ idHash }) => !tombstones.has(idHash)), addsUp };
};

const sumOf = (parts: readonly StateMap[]): StateMap => {
  const gathered = gatherStates();
  for (const states of parts) for (const [key, state] of Object.entries(states)) gathered.add(key, state);
  return gathered.states();
};

const chainsIn = ({ live, overlays }: Layers): (readonly Append[])[] => [
  ...(live.length === 0 ? [] : [live]),
  ...overlays.map(({ chain }) => chain),
];

/**
 * The meters that some layers were measured with: those that their own states name, and those that had been published when
 * the last of them was written (clocks differ, so either may tell). A later one measures nothing here, as in any slot,
 * until the slot is stated anew: the same versions give the same states for ever.
 */
const knownThen = (
  meters: readonly CatalogEntry<Meter>[],
  chains: readonly (readonly Append[])[],
): readonly CatalogEntry<Meter>[] => {
  const newest = chains.reduce((latest, chain) => laterOf(latest, chain.at(-1)?.appendedAt ?? ''), '');
  const named = new Set(
    chains.flatMap((chain) =>
      Object.keys(foldChain(chain).states).map((key) => {
        const parts = parseStateKey(key);
        return parts && `${parts.meter}#${parts.meterVersion}`;
      }),
    ),
  );
  return meters.filter(({ id, version, publishedAt }) => publishedAt <= newest || named.has(`${id}#${version}`));
};

/** The states of a slot whose layers do not add up: from the archive, or as they were computed from the same before. */
const computed = async (layers: Layers, counting: readonly ChainEntry[], reader: OverlayReader): Promise<StateMap> => {
  const { subject, start, live, overlays } = layers;
  const meters = knownThen(await reader.meters(), chainsIn(layers));
  const hash = contentHash({
    format: 1,
    slot: [subject, start],
    live: live.at(-1)?.hash ?? FIRST_HASH,
    overlays: overlays.map(({ chain }) => chain.at(-1)?.hash),
    meters: meters.map((entry) => [entry.id, entry.version, entry.hash]),
  });
  const known = await reader.states.get(hash);
  if (known !== undefined) return known;
  const states = await recomputeStates(counting, reader.archive, meterIndex(meters));
  await reader.states.put(hash, states);
  return states;
};

/** A slot as it counts, from the chains that do: the live one and the closed overlays over it. */
export const effectiveSlot = async (layers: Layers, reader: OverlayReader): Promise<SlotState> => {
  const { subject, start, live, overlays } = layers;
  if (overlays.length === 0) return foldChain(live);
  const chains = chainsIn(layers);
  const { entries, counting, addsUp } = unionOf(chains);
  const folds = chains.map(foldChain);
  const pins = overlays.map(({ backfill, chain }) => ({
    backfill,
    version: chain.at(-1)?.version ?? 0,
    hash: chain.at(-1)?.hash ?? FIRST_HASH,
  }));
  return {
    subject,
    start,
    version: live.at(-1)?.version ?? 0,
    hash: live.at(-1)?.hash ?? FIRST_HASH,
    overlays: pins,
    states: addsUp ? sumOf(folds.map(({ states }) => states)) : await computed(layers, counting, reader),
    accepted: entries.length,
    cancelled: entries.length - counting.length,
    late: folds.reduce((total, { late }) => total + late, 0),
  };
};

/** Slots that are computed from the archive at a time. */
const SLOTS_AT_A_TIME = 4;

/**
 * The slots of what was read of days, as they count: each live chain with the closed overlays over it, without what any of
 * them cancels. How backfills stand is asked once for all of the reads, so that one which is being closed counts in all of
 * them or in none. Without overlays: a plain fold of each chain, and nothing is asked.
 */
export const effectiveSlots = async (
  reads: readonly Pick<LedgerRead, 'appends' | 'overlays'>[],
  reader: OverlayReader,
): Promise<SlotState[]> => {
  const overlays = reads.flatMap((read) => read.overlays);
  if (overlays.length === 0) return reads.flatMap(({ appends }) => chainsOf(appends).map(foldChain));
  const closed = await closedChains(overlays, reader.status);
  const layers = layersOf(
    reads.flatMap(({ appends }) => appends),
    closed,
  );
  return mapBounded(layers, SLOTS_AT_A_TIME, (each) => effectiveSlot(each, reader));
};

/** The versions that a slot was made from: of the live chain by its start, of overlays by `<start>~<backfill>`. */
export const versionsOf = ({
  start,
  version,
  overlays = [],
}: Pick<SlotState, 'start' | 'version' | 'overlays'>): Record<string, number> => ({
  ...(version === 0 ? {} : { [start]: version }),
  ...Object.fromEntries(
    overlays.map((overlay) => [chainName({ start, overlay: overlay.backfill }), overlay.version] as const),
  ),
});
