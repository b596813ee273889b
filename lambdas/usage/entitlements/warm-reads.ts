import { LRUCache } from 'lru-cache';
import type { LedgerRead } from '../ledger/ledger-store.ts';
import type { SubjectRecord } from '../ledger/subjects.ts';
import { isFinal } from '../settle/settled-day.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';

const MAX_SUBJECTS = 50_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** The ports of one request, and how many reads they spared it. */
export type WarmPorts = { readonly ports: BalancePorts; readonly spared: () => number };

/** A part of a day that was read from the ledger, and the revision of the settled item that stood beside it. */
type Kept = { readonly revision: number; readonly read: LedgerRead };

/**
 * What a warm function need not read again for `readFragments`, and only for that:
 * - a subject's record: of it is taken that there is one and `watchedFrom`, and neither ever changes. Who is not registered
 *   yet is asked for again.
 * - the part of a day that a period's edge divides, once that day is settled for good. Whatever is appended to it later
 *   first marks the day, and every mark ends in a settled item of another revision: so it is what it was as long as there is
 *   no mark, and the revision is the one that was there before it was read.
 */
export const makeWarmReads = (usage: BalancePorts): (() => WarmPorts) => {
  const subjects = new LRUCache<string, SubjectRecord>({ maxSize: MAX_SUBJECTS, sizeCalculation: () => 1 });
  const parts = new LRUCache<string, Kept>({ maxSize: MAX_BYTES, sizeCalculation: ({ read }) => read.bytes + 500 });

  return () => {
    let spared = 0;
    /** Of this request, seen before the ledger is read: days with a mark, and revisions of days settled for good. */
    const marked = new Set<string>();
    const revisions = new Map<string, number>();
    const ports: BalancePorts = {
      ...usage,
      subjects: {
        ...usage.subjects,
        get: async (subject) => {
          const known = subjects.get(subject);
          if (known !== undefined) {
            spared += 1;
            return known;
          }
          const found = await usage.subjects.get(subject);
          if (found !== undefined) subjects.set(subject, found);
          return found;
        },
      },
      marks: {
        ...usage.marks,
        marksOf: async (subject) => {
          const marks = await usage.marks.marksOf(subject);
          for (const { day } of marks) marked.add(`${subject}#${day}`);
          return marks;
        },
      },
      settled: {
        ...usage.settled,
        days: async (subject, from, to) => {
          const settled = await usage.settled.days(subject, from, to);
          for (const item of settled.days) if (isFinal(item)) revisions.set(`${subject}#${item.day}`, item.revision);
          return settled;
        },
      },
      ledger: {
        ...usage.ledger,
        day: async (subject, day, part) => {
          const place = `${subject}#${day}`;
          const revision = marked.has(place) ? undefined : revisions.get(place);
          if (part === undefined || revision === undefined) return usage.ledger.day(subject, day, part);
          const key = `${place}#${part.from}#${part.to}`;
          const kept = parts.get(key);
          if (kept?.revision === revision) {
            spared += 1;
            return { ...kept.read, queries: 1, bytes: 0 };
          }
          const read = await usage.ledger.day(subject, day, part);
          parts.set(key, { revision, read });
          return read;
        },
      },
    };
    return { ports, spared: () => spared };
  };
};
