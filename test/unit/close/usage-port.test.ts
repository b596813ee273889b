import { describe, expect, it } from 'vitest';
import { lineEvents } from '../../../lambdas/close/explain-line.ts';
import { waitingIn } from '../../../lambdas/close/quarantine-count.ts';
import { ledgerUsage } from '../../../lambdas/close/usage-port.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { batchCorrelationId } from '../../../lambdas/usage/archive/batch-correlation.ts';
import { bodyHashOf } from '../../../lambdas/usage/events/event-identity.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { CanonicalUsage, QuarantineState } from '../../../lambdas/usage/types.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memoryFindings } from '../../twins/memory-walk.ts';
import { usage as event } from '../usage/usage-fixtures.ts';
import { closeAll, documentsOf, makeWorld } from './close-world.ts';

const TYPE = 'com.larkspur.api.requests';
const SCHEMA = `https://schemas.larkspur.example/${TYPE}/2`;
const calls = (id: string, time: string, count: number, subject = 'org-a1'): CanonicalUsage => {
  const made = event({ id, subject, time, type: TYPE, data: { count, endpoint: 'read' } }, Number(id.slice(1)));
  const sent = { ...made.event, dataschema: SCHEMA };
  return { ...made, event: sent, bodyHash: bodyHashOf(sent) };
};

/** A world whose usage comes from a ledger of its own. */
const ledgerWorld = () => {
  const world = makeWorld();
  const ledger = memoryLedger();
  const [subjects, marks] = [memorySubjects(), memoryDirtyMarks()];
  const clock = manualClock('2026-11-02T00:00:00.000Z');
  const memory = writerMemory();
  const findings = memoryFindings();
  const port = ledgerUsage({
    ledger,
    overlays: overlayReader(),
    subjects,
    marks,
    settled: memorySettled(),
    catalog: world.catalog,
    findings,
  });
  Object.assign(world.ports.usage, port);
  const append = async (...events: CanonicalUsage[]) => {
    const meters = (await world.catalog.history('meter')).map((each) => ({
      ...each,
      body: { ...each.body, eventType: TYPE },
    }));
    const ports = { ledger, archive: unreadArchive, subjects, marks, touched: memoryOverlays() };
    return appendBatch({ ...ports, clock, ids: countingIds(), memory }, events, meterIndex(meters));
  };
  return { world, ledger, port, append, findings };
};

describe('a close over the ledger', () => {
  it('bills what the ledger holds, corrects what came late, and leads from the line to the events', async () => {
    const { world, ledger, append } = ledgerWorld();
    const first = calls('e1', '2026-10-05T10:00:00.000Z', 90);
    const second = calls('e2', '2026-10-31T23:59:00.000Z', 60);
    // 00:30 on the 1st of November in UTC is still October in New York, where this contract is billed.
    const edge = calls('e3', '2026-11-01T00:30:00.000Z', 10);
    await append(first, second, edge, calls('e4', '2026-11-01T04:00:00.000Z', 1000));
    const one = await closeAll(world);
    expect((await documentsOf(world, one.close.closeId))[0]).toMatchObject({ account: 'a1', total: '56.00' });

    const late = calls('e5', '2026-10-05T10:01:00.000Z', 20);
    await append(late);
    const two = await closeAll(world);
    const [memo] = await documentsOf(world, two.close.closeId);
    expect(memo).toMatchObject({ kind: 'debit-memo', total: '2.00' });

    const lines = new Map([first, second, edge, late].map((each) => [each.pointer.line, each]));
    const ports = {
      store: world.store,
      files: world.files,
      catalog: {
        history: async (kind: Parameters<typeof world.catalog.history>[0]) =>
          (await world.catalog.history(kind)).map((each) => ({ ...each, body: { ...each.body, eventType: TYPE } })),
      } as typeof world.catalog,
      ledger,
      archive: {
        line: async (pointer: { readonly line: number }) => {
          const found = lines.get(pointer.line);
          if (found === undefined) throw new Error(`nothing was archived at ${pointer.line}`);
          const { position, event: sent } = found;
          const line = JSON.stringify(sent);
          return {
            format: 1 as const,
            position,
            receivedAt: '2026-11-02T00:00:00.000Z',
            encoding: 'utf8' as const,
            line,
          };
        },
      },
    };
    const lineId = memo?.lines[0]?.lineId ?? '';
    const page = await lineEvents(ports, { lineId, limit: 3 });
    const rest = await lineEvents(ports, { lineId, limit: 3, after: page.next ?? '' });
    expect([...page.items, ...rest.items].map((each) => each.event.id)).toEqual(['e1', 'e5', 'e2', 'e3']);
    expect(page.items[0]).toMatchObject({ subject: 'org-a1', version: 1, receivedAt: '2026-11-02T00:00:00.000Z' });
    expect(rest.next).toBeUndefined();
    for (const { pointer, correlationId } of [...page.items, ...rest.items]) {
      expect(correlationId).toBe(batchCorrelationId(pointer.key));
    }
  });

  it('finds usage that nobody owns, only where there is some', async () => {
    const { port, append } = ledgerWorld();
    await append(
      calls('e1', '2026-10-05T10:00:00.000Z', 1, 'org-99'),
      calls('e2', '2026-10-06T10:00:00.000Z', 1, 'org-99'),
      calls('e3', '2026-09-06T10:00:00.000Z', 1, 'org-98'),
      calls('e4', '2026-10-06T10:00:00.000Z', 1, 'org-a1'),
    );
    const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' };
    expect(await port.ownerless(october)).toEqual([{ subject: 'org-99', events: 2 }]);
    // September was over when it came: its day waits to be settled.
    expect(await port.dirtyDays({ from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' })).toBe(1);
  });

  it('knows the ids at two times that a walk found and nobody settled, without overlays that do not count', async () => {
    const { port, findings } = ledgerWorld();
    const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' };
    const place = (start: string, overlay?: string) => ({
      subject: 'org-a1',
      start,
      ...(overlay === undefined ? {} : { overlay }),
      version: 1,
      appendedAt: '2026-11-02T00:00:00.000Z',
      pointer: { key: 'events/x', line: 0 },
      cancelled: false,
    });
    const found = (findingId: string, ...places: ReturnType<typeof place>[]) =>
      findings.save({
        format: 1,
        findingId,
        revision: 1,
        state: 'open',
        places,
        foundAt: '2026-11-02T00:00:00.000Z',
        decisions: [],
      });
    const [first, second] = ['2026-10-05T10:00:00.000Z', '2026-10-06T10:00:00.000Z'];
    await found('aa', place(first), place(second));
    await found('bb', place(first), place(second, 'reverted'));
    await found('cc', place('2026-09-05T10:00:00.000Z'), place('2026-09-06T10:00:00.000Z'));
    const slots = [first, second].map((start) => ({ subject: 'org-a1', start }));
    expect(await port.twiceCounted(['org-a1', 'org-a2'], october, 20)).toEqual([
      { idHash: 'aa', state: 'open', slots },
    ]);
    expect(await port.twiceCountedStands('aa')).toEqual({ isSettled: false });
    const known = await findings.get('aa');
    if (known === undefined) throw new Error('it is gone');
    const decision = { keep: 'all', reason: 'two uploads', by: 'olga', at: first } as const;
    await findings.save({ ...known, revision: 2, state: 'settled', decisions: [decision] });
    expect(await port.twiceCounted(['org-a1'], october, 20)).toEqual([]);
    expect(await port.twiceCountedStands('aa')).toEqual({ isSettled: true, by: 'olga' });
    expect(await port.twiceCountedDeciders('org-a1', october)).toEqual(['olga']);
    expect(await port.twiceCountedStands('zz')).toEqual({ isSettled: true });
  });
});

describe('the count of the quarantine', () => {
  it('is of what waits and what is being released, as far as it was counted', async () => {
    const of = (state: QuarantineState, count: number, more = false) =>
      ({ state, code: 'SCHEMA', count, more, oldest: '2026-11-01T00:00:00.000Z' }) as const;
    const counts = [of('waiting', 2), of('releasing', 1), of('released', 7), of('written-off', 9, true)];
    expect(await waitingIn({ counts: async () => counts })()).toEqual({ count: 3, more: false });
    expect(await waitingIn({ counts: async () => [of('waiting', 10_000, true)] })()).toEqual({
      count: 10_000,
      more: true,
    });
  });
});
