import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import {
  type BackfillPage,
  type BackfillStore,
  isFixed,
  type TouchedPlace,
} from '../../lambdas/usage/corrections/backfill.ts';
import {
  type Overlay,
  type OverlayStatus,
  type PinnedVersions,
  placeText,
  type TouchedDays,
} from '../../lambdas/usage/ledger/overlays.ts';
import type { Backfill, BackfillChange } from '../../lambdas/usage/types.ts';

const page = <T>(all: readonly (readonly [string, T])[], limit: number, after = ''): BackfillPage<T> => {
  const open = all.filter(([key]) => key > after);
  const some = open.slice(0, limit);
  const last = some.at(-1)?.[0];
  return {
    items: structuredClone(some.map(([, item]) => item)),
    ...(open.length > limit && last ? { next: last } : {}),
  };
};

const sorted = <T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Backfills in memory, for people and for the ledger; passes the same contract as the table. */
export const memoryBackfills = (audit: Pick<AuditLog, 'append'>): BackfillStore & OverlayStatus & TouchedDays => {
  const backfills = new Map<string, Backfill>();
  const places = new Map<string, TouchedPlace>();
  const changes = new Map<string, readonly BackfillChange[]>();
  const overlayOf = (backfill: Backfill): Overlay => ({
    backfill: backfill.backfillId,
    state: backfill.state,
    isFixed: isFixed(backfill),
    ...(backfill.closed === undefined ? {} : { closedAt: backfill.closed.at }),
  });
  return {
    get: async (id) => structuredClone(backfills.get(id)),
    list: async (limit, after) => {
      const all = sorted(backfills).reverse();
      const open = all.filter(([id]) => after === undefined || id < after);
      const some = open.slice(0, limit).map(([, backfill]) => backfill);
      const last = some.at(-1)?.backfillId;
      return { items: structuredClone(some), ...(open.length > limit && last ? { next: last } : {}) };
    },
    create: async (backfill, record) => {
      if (backfills.has(backfill.backfillId)) throw new Error(`there is a backfill ${backfill.backfillId} already`);
      backfills.set(backfill.backfillId, structuredClone(backfill));
      await audit.append(record);
    },
    change: async (backfill, from, record) => {
      if (backfills.get(backfill.backfillId)?.state !== from) return false;
      backfills.set(backfill.backfillId, structuredClone(backfill));
      await audit.append(record);
      return true;
    },
    places: async (id, limit, after) => {
      const own = sorted(places).filter(([, { backfill }]) => backfill === id);
      return page(own, limit, after);
    },
    pin: async (place, versions, lines) => {
      const known = places.get(placeText(place));
      if (known?.versions === undefined) places.set(placeText(place), { ...place, versions, lines });
    },
    keepChanges: async (id, { owner, changes: some }) => {
      changes.set(`${id}#${owner}#${some[0]?.period.start}`, structuredClone(some));
    },
    changes: async (id, limit, after) => {
      const own = sorted(changes).filter(([key]) => key.startsWith(`${id}#`));
      const found = page(own, limit, after);
      return { ...found, items: found.items.flat() };
    },
    touch: async (place) => {
      if (!places.has(placeText(place))) places.set(placeText(place), place);
    },
    overlays: async (ids) =>
      new Map(ids.flatMap((id) => backfills.get(id) ?? []).map((each) => [each.backfillId, overlayOf(each)])),
    pinned: async (wanted) =>
      new Map(
        wanted.flatMap((place): [string, PinnedVersions][] => {
          const versions = places.get(placeText(place))?.versions;
          return versions === undefined ? [] : [[placeText(place), versions]];
        }),
      ),
  };
};
