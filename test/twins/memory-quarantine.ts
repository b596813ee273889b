import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import { idHashOf } from '../../lambdas/usage/events/event-identity.ts';
import {
  type QuarantineChange,
  type QuarantineDecisions,
  type QuarantineOutcome,
  type QuarantineStore,
  summaryOf,
} from '../../lambdas/usage/quarantine/quarantine.ts';
import { cursorOf, isMeant, placeOf, readCursor } from '../../lambdas/usage/quarantine/quarantine-places.ts';
import type { QuarantineCount, QuarantineEntry } from '../../lambdas/usage/types.ts';

const cursor = (entry: QuarantineEntry): string => cursorOf({ state: entry.state, place: placeOf(entry) });

/** The quarantine in memory; passes the same contract as the real one. Decisions need an audit log. */
export const memoryQuarantine = (
  audit?: Pick<AuditLog, 'append'>,
): QuarantineStore & QuarantineDecisions & { readonly entries: ReadonlyMap<string, QuarantineEntry> } => {
  const entries = new Map<string, QuarantineEntry>();
  const kept = new Map<string, Map<string, QuarantineOutcome>>();
  const isStill = ({ entry, from }: QuarantineChange): boolean => entries.get(entry.id)?.state === from;
  const found = (matches: (entry: QuarantineEntry) => boolean): QuarantineEntry[] =>
    structuredClone([...entries.values()].filter(matches)).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  return {
    entries,
    put: async (added) => {
      for (const entry of added) if (!entries.has(entry.id)) entries.set(entry.id, structuredClone(entry));
    },
    get: async (id) => structuredClone(entries.get(id)),
    list: async ({ after, ...filter }, limit) => {
      if (after !== undefined) readCursor(after);
      const matching = [...entries.values()]
        .filter((entry) => isMeant(summaryOf(entry), filter))
        .filter((entry) => after === undefined || cursor(entry) > after)
        .sort((a, b) => (cursor(a) < cursor(b) ? -1 : 1));
      const shown = matching.slice(0, limit);
      const last = shown.at(-1);
      return {
        entries: structuredClone(shown.map(summaryOf)),
        ...(matching.length > limit && last ? { next: cursor(last) } : {}),
      };
    },
    counts: async () => {
      const ordered = [...entries.values()].sort((a, b) => (cursor(a) < cursor(b) ? -1 : 1));
      const groups = Map.groupBy(ordered, ({ state, code }) => `${state} ${code}`);
      return [...groups.values()].flatMap(([first, ...rest]): QuarantineCount[] =>
        first
          ? [
              {
                state: first.state,
                code: first.code,
                count: rest.length + 1,
                more: false,
                oldest: first.receivedAt,
              },
            ]
          : [],
      );
    },
    byEvent: async (idHash) =>
      found(
        ({ source, eventId }) =>
          source !== undefined && eventId !== undefined && idHashOf({ source, id: eventId }) === idHash,
      ),
    refusedAgain: async (id) => found(({ releasedFrom }) => releasedFrom === id),
    decide: async (changes, record) => {
      if (audit === undefined) throw new Error('entries are changed only where there is an audit log');
      if (!changes.every(isStill)) return undefined;
      for (const { entry } of changes) entries.set(entry.id, structuredClone(entry));
      return audit.append(record);
    },
    finish: async (change) => {
      if (!isStill(change)) return false;
      entries.set(change.entry.id, structuredClone(change.entry));
      return true;
    },
    keepOutcomes: async (jobId, outcomes) => {
      const known = kept.get(jobId) ?? new Map();
      kept.set(jobId, known);
      for (const outcome of outcomes) known.set(outcome.id, outcome);
    },
    outcomes: async (jobId, limit, after = '') =>
      [...(kept.get(jobId)?.values() ?? [])]
        .filter(({ id }) => id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
  };
};
