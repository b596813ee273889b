import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { canonicalUsage } from '../../../lambdas/usage/events/canonical-usage.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { LedgerUnavailable, makeAppendEvents } from '../../../lambdas/usage/ingest/append-events.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { Append, CanonicalUsage, UsageEvent } from '../../../lambdas/usage/types.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';
import { eventText, RECEIVED_AT } from './events.ts';

/** A ledger in a list, which refuses the subjects it is told to. */
const listLedger = (refuses: (subject: string) => boolean): LedgerStore => {
  const appends: Append[] = [];
  const check = (subject: string) => {
    if (refuses(subject)) throw new Error('out of reach');
  };
  const read = (found: Append[]) => ({ appends: found, overlays: [], queries: 1, bytes: 0 });
  return {
    putIfAbsent: async (append) => {
      check(append.slot.subject);
      appends.push(append);
      return 'written';
    },
    slotAbove: async ({ subject, start }, version) => {
      check(subject);
      return read(
        appends.filter(
          ({ slot, ...each }) => slot.subject === subject && slot.start === start && each.version > version,
        ),
      );
    },
    day: async (subject) => read(appends.filter(({ slot }) => slot.subject === subject)),
  };
};

const appender = (refuses: (subject: string) => boolean = () => false) =>
  makeAppendEvents(
    {
      ledger: listLedger(refuses),
      archive: unreadArchive,
      touched: memoryOverlays(),
      backfills: memoryOverlays(),
      marks: { mark: async () => undefined, marksOf: async () => [], clear: async () => true },
      subjects: {
        register: async () => undefined,
        get: async () => undefined,
        list: async () => [],
        announce: async () => true,
        announced: async () => undefined,
        walked: async () => undefined,
      },
      memory: writerMemory(),
      clock: manualClock(RECEIVED_AT),
      ids: countingIds(),
    },
    { history: async () => [] },
  );

const usage = (changes: Partial<UsageEvent>, lineNumber: number): CanonicalUsage => {
  const verdict = validate(eventText(changes), RECEIVED_AT, { horizonDays: 400 });
  if (!verdict.ok) throw new Error(verdict.rejection.message);
  const position = { stream: 'usage', shard: 's', sequence: '1', index: lineNumber };
  return canonicalUsage(verdict, { position, pointer: { key: 'events/usage/x.ndjson.gz', line: lineNumber } }, 6);
};

describe('appending events', () => {
  it('says of each what became of it, and where the event lies that a conflict is with', async () => {
    const events = [
      usage({ id: 'a' }, 0),
      usage({ id: 'b' }, 1),
      usage({ id: 'a' }, 2),
      usage({ id: 'b', data: { count: 99, endpoint: 'read' } }, 3),
    ];
    const outcome = await appender()(events);
    expect(outcome.accepted.map(({ event: { id } }) => id)).toEqual(['a', 'b']);
    expect(outcome.duplicates.map(({ pointer }) => pointer.line)).toEqual([2]);
    expect(outcome.conflicts).toEqual([{ usage: events[3], accepted: { key: 'events/usage/x.ndjson.gz', line: 1 } }]);
    expect(outcome.failed).toEqual([]);
  });

  it('gives back the events of a chain that is out of reach, and takes the others', async () => {
    const events = [usage({ subject: 'org-01' }, 0), usage({ subject: 'org-02' }, 1)];
    const outcome = await appender((subject) => subject === 'org-02')(events);
    expect(outcome.accepted.map(({ slot }) => slot.subject)).toEqual(['org-01']);
    expect(outcome.failed.map(({ slot }) => slot.subject)).toEqual(['org-02']);
    expect(outcome.reasons).toEqual(['Error: out of reach']);
  });

  it('throws when nothing of several subjects could be written: the ledger is down', async () => {
    const events = [usage({ subject: 'org-01' }, 0), usage({ subject: 'org-02' }, 1)];
    await expect(appender(() => true)(events)).rejects.toBeInstanceOf(LedgerUnavailable);
  });

  it('does not take one refused subject for an outage', async () => {
    const outcome = await appender(() => true)([usage({}, 0)]);
    expect(outcome.failed).toHaveLength(1);
  });
});
