import {
  cursorOf,
  placeOf,
  placesOf,
  type QuarantineStore,
  readCursor,
} from '../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantineEntry } from '../../lambdas/usage/types.ts';

/** The quarantine in memory; passes the same contract as the real one. */
export const memoryQuarantine = (): QuarantineStore & { readonly entries: ReadonlyMap<string, QuarantineEntry> } => {
  const entries = new Map<string, QuarantineEntry>();
  return {
    entries,
    put: async (added) => {
      for (const entry of added) if (!entries.has(entry.id)) entries.set(entry.id, structuredClone(entry));
    },
    get: async (id) => structuredClone(entries.get(id)),
    list: async (query, limit) => {
      const { from, to } = placesOf(query);
      if (query.after !== undefined) readCursor(query.after);
      const matching = [...entries.values()]
        .filter((entry) => query.state === undefined || entry.state === query.state)
        .filter((entry) => placeOf(entry) >= from && placeOf(entry) <= to)
        .sort((a, b) => (cursorOf(a) < cursorOf(b) ? -1 : 1))
        .filter((entry) => query.after === undefined || cursorOf(entry) > query.after);
      const shown = matching.slice(0, limit);
      const last = shown.at(-1);
      return {
        entries: structuredClone(shown),
        ...(matching.length > limit && last ? { next: cursorOf(last) } : {}),
      };
    },
  };
};
