import { unattributed } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import { mapBounded } from '../platform/bounded.ts';
import { type Interval, utcDaysOf } from '../platform/period.ts';
import type { LedgerPorts } from '../usage/ledger/effective-slots.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { dayParts, readDayParts, readPeriodUsage } from '../usage/read/period-usage.ts';
import { readPinnedUsage } from '../usage/read/pinned-usage.ts';
import type { SlotPin } from '../usage/types.ts';
import type { Findings } from '../usage/walk/finding-store.ts';
import { countingPlaces, type SameIdFinding } from '../usage/walk/same-id.ts';
import { type LastValueSources, lastValues } from './last-values.ts';
import type { OwnerlessSubject, TwiceCounted, UsagePort } from './ports.ts';

const AT_ONCE = 16;

type Sources = LastValueSources & {
  readonly subjects: Pick<Subjects, 'list' | 'get'>;
  readonly catalog: CatalogReader;
  readonly findings: Findings;
};

/** Usage as it was pinned; needs less of the house than reading it anew. */
export const pinnedUsage =
  (ports: LedgerPorts): UsagePort['readPinned'] =>
  async ({ pins: all, ...request }) => {
    const isOwn = ({ subject, start }: SlotPin) =>
      request.subjects.some((each) => each.subject === subject && each.from <= start && start < each.to);
    const pins = all.filter(isOwn);
    const { usage, usageHash, carryOut, overflow, unknownMeters } = await readPinnedUsage(ports, { ...request, pins });
    return { usage, pins, usageHash, carryOut, overflow, unknownMeters };
  };

/** The usage ledger as a close reads it: strongly, from the appends themselves. */
export const ledgerUsage = (sources: Sources): UsagePort => {
  /** Events that count: those of closed backfills too, and without what was cancelled. */
  const eventsIn = async (gap: Interval & { readonly subject: string }): Promise<number> => {
    const { slots } = await readDayParts(sources, dayParts([gap]));
    return slots.reduce((total, { accepted, cancelled }) => total + accepted - cancelled, 0);
  };

  /** Where an id counts: what lies in the overlay of a backfill that was reverted since does not. */
  const countedSlots = async (finding: SameIdFinding): Promise<TwiceCounted['slots']> => {
    const places = countingPlaces(finding);
    const backfills = [...new Set(places.flatMap(({ overlay }) => overlay ?? []))];
    const stand = await sources.overlays.status.overlays(backfills);
    return places
      .filter(({ overlay }) => overlay === undefined || stand.get(overlay)?.state === 'closed')
      .map(({ subject, start }) => ({ subject, start }));
  };

  return {
    read: async (request) => {
      const reading = await readPeriodUsage(sources, request);
      const { usage, pins, usageHash, carryOut, overflow, unknownMeters } = reading;
      return { usage, pins, usageHash, carryOut, overflow, unknownMeters };
    },
    readPinned: pinnedUsage(sources),
    lastValues: (request) => lastValues(sources, request),
    dirtyDays: async (interval) => {
      const days = new Set(utcDaysOf(interval));
      const counts = await mapBounded(await sources.subjects.list(), AT_ONCE, async ({ subject }) => {
        const marks = await sources.marks.marksOf(subject);
        return marks.filter(({ day }) => days.has(day)).length;
      });
      return counts.reduce((total, count) => total + count, 0);
    },
    ownerless: async (interval) => {
      const known = (await sources.subjects.list()).map(({ subject }) => subject);
      const gaps = await unattributed(sources.catalog, known, interval);
      const counted = await mapBounded(gaps, AT_ONCE, async (gap) => ({ ...gap, events: await eventsIn(gap) }));
      return [...Map.groupBy(counted, ({ subject }) => subject)].flatMap(([subject, some]): OwnerlessSubject[] => {
        const events = some.reduce((total, each) => total + each.events, 0);
        return events > 0 ? [{ subject, events }] : [];
      });
    },
    twiceCounted: async (subjects, interval, limit) => {
      const found = new Map<string, TwiceCounted>();
      for (const subject of subjects) {
        let after: string | undefined;
        do {
          const page = await sources.findings.unsettledOf(subject, interval, limit, after);
          for (const { finding } of page.placed) {
            const slots = found.has(finding.findingId) ? [] : await countedSlots(finding);
            if (slots.length < 2 || finding.state === 'settled') continue;
            found.set(finding.findingId, { idHash: finding.findingId, state: finding.state, slots });
            if (found.size === limit) return [...found.values()];
          }
          after = page.next;
        } while (after !== undefined);
      }
      return [...found.values()];
    },
    twiceCountedStands: async (idHash) => {
      const finding = await sources.findings.get(idHash);
      const by = finding?.decisions.at(-1)?.by;
      return {
        isSettled: finding?.state !== 'open' && finding?.state !== 'cancelling',
        ...(by === undefined ? {} : { by }),
      };
    },
    twiceCountedDeciders: (subject, interval) => sources.findings.decidersOf(subject, interval),
  };
};
