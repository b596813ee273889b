import type { CatalogEntry, Meter } from '../../lambdas/catalog/types.ts';
import type { EffectiveStates, OverlayReader } from '../../lambdas/usage/ledger/effective-slots.ts';
import {
  type Overlay,
  type OverlayPlace,
  type OverlayStatus,
  type PinnedVersions,
  placeText,
  type TouchedDays,
} from '../../lambdas/usage/ledger/overlays.ts';
import type { ArchiveLines } from '../../lambdas/usage/ledger/recompute.ts';
import type { StateMap } from '../../lambdas/usage/ledger/state.ts';
import { unreadArchive } from './memory-archive-lines.ts';

/** Backfills in memory as the ledger sees them; tests say how they stand. */
export type MemoryOverlays = OverlayStatus &
  TouchedDays & {
    /** How a backfill stands from now on. */
    stand(overlay: Overlay): void;
    /** What is fixed of a place. */
    pin(place: OverlayPlace, versions: PinnedVersions): void;
    /** Places that were noted, in order. */
    touched(): OverlayPlace[];
    /** Questions that were asked. */
    asked(): number;
  };

export const memoryOverlays = (): MemoryOverlays => {
  const states = new Map<string, Overlay>();
  const pins = new Map<string, PinnedVersions>();
  const places = new Map<string, OverlayPlace>();
  let asked = 0;
  const found = <T>(all: ReadonlyMap<string, T>, keys: readonly string[]): Map<string, T> => {
    asked += 1;
    return new Map([...all].filter(([key]) => keys.includes(key)));
  };
  return {
    stand: (overlay) => {
      states.set(overlay.backfill, overlay);
    },
    pin: (place, versions) => {
      pins.set(placeText(place), versions);
    },
    touched: () => [...places.values()],
    asked: () => asked,
    touch: async (place) => {
      places.set(placeText(place), place);
    },
    overlays: async (backfills) => found(states, backfills),
    pinned: async (wanted) => found(pins, wanted.map(placeText)),
  };
};

/** Computed states in memory. Passes test/contract/effective-states.ts. */
export const memoryEffectiveStates = (): EffectiveStates => {
  const known = new Map<string, string>();
  return {
    get: async (hash) => {
      const text = known.get(hash);
      return text === undefined ? undefined : (JSON.parse(text) as StateMap);
    },
    put: async (hash, states) => {
      known.set(hash, JSON.stringify(states));
    },
  };
};

/** What readers need of overlays, over backfills in memory. `archive` and `meters` are asked only where layers meet. */
export const overlayReader = (
  status: OverlayStatus = memoryOverlays(),
  archive: ArchiveLines = unreadArchive,
  meters: readonly CatalogEntry<Meter>[] = [],
): OverlayReader => ({ status, archive, states: memoryEffectiveStates(), meters: async () => meters });
