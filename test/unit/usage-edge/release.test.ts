import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../lambdas/platform/problem.ts';
import { draftOf } from '../../../lambdas/usage/quarantine/draft.ts';
import { entryOf, type QuarantinePorts, release, writeOff } from '../../../lambdas/usage/quarantine/release.ts';
import { eventText } from './events.ts';
import { NOW, releaseWorld } from './release-world.ts';

const BAD = eventText({ data: { count: -1, endpoint: 'read' } });
const MENDED = eventText({ data: { count: 1, endpoint: 'read' } });

/** What a refused request says. */
const problem = async (request: Promise<unknown>) => {
  const error = await request.then(
    () => undefined,
    (each: unknown) => each,
  );
  if (!(error instanceof ProblemError)) throw error ?? new Error('it was not refused');
  return error.problem;
};

const withBad = async (...lines: readonly (string | Uint8Array)[]) => {
  const world = releaseWorld();
  await world.arrive(...(lines.length > 0 ? lines : [BAD]));
  return { ...world, id: (await world.only()).id };
};

describe('a release', () => {
  it('puts the edited line on the stream, keeps the original, and tells who changed what', async () => {
    const { ports, id, take, counted, quarantine, audit } = await withBad();
    const { entry, changes, auditSequence } = await release(ports, id, { body: MENDED, note: 'sign' }, 'olga');
    expect(changes).toEqual([{ path: '/data/count', before: '-1', after: '1' }]);
    expect(entry).toMatchObject({
      state: 'released',
      body: BAD,
      release: { by: 'olga', at: NOW, note: 'sign', body: MENDED, position: { sequence: 'released-1' } },
    });
    expect(await quarantine.get(id)).toEqual(entry);
    expect(await audit.list(0, 9)).toMatchObject([
      {
        sequence: auditSequence,
        actor: 'olga',
        action: 'quarantine.release',
        target: id,
        details: { code: 'SCHEMA', subject: 'org-01', note: 'sign', changed: ['/data/count'] },
      },
    ]);
    await take();
    expect(counted()).toMatchObject([
      { event: { id: 'e-1', releasedfrom: id, recordedtime: '2026-10-05T10:00:00.000Z' }, late: false },
    ]);
    expect((await quarantine.list({}, 9)).entries).toHaveLength(1);
  });

  it('does not make an event late by its time in quarantine, nor another event of it', async () => {
    const { ports, id, take, counted, clock } = await withBad(eventText({ specversion: '0.3' }));
    clock.advance(30 * 24 * 3_600_000);
    await release(ports, id, { body: eventText(), note: 'old library' }, 'olga');
    await take();
    expect(counted()).toMatchObject([{ late: false }]);
    const plain = releaseWorld();
    await plain.arrive(eventText());
    expect(counted()[0]?.bodyHash).toBe(plain.counted()[0]?.bodyHash);
  });

  it('keeps the digits of numbers, and what the producer recorded', async () => {
    const line = eventText({ id: 'e-9', type: 'unknown', recordedtime: '2026-10-05T09:31:00Z' });
    const { ports, id, waiting } = await withBad(line);
    const body = line.replace('"unknown"', '"com.larkspur.api.requests"').replace(':12,', ':1.20e1,');
    await release(ports, id, { body, note: 'type' }, 'olga');
    expect(waiting[0]).toBe(`${body.slice(0, -1)},"releasedfrom":"${id}"}`);
  });

  it('goes as it came once the reason is gone', async () => {
    const future = eventText({ time: '2026-10-05T10:30:00.000Z' });
    const { ports, id, waiting, clock } = await withBad(future);
    expect(await problem(release(ports, id, { note: 'now' }, 'olga'))).toMatchObject({
      status: 422,
      code: 'IN_FUTURE',
      detail: expect.stringContaining('would be refused again'),
      errors: [{ path: '/time' }],
    });
    clock.advance(3_600_000);
    const { entry, changes } = await release(ports, id, { note: 'now', body: ` ${future}\n` }, 'olga');
    expect(changes).toEqual([]);
    expect(entry.release).not.toHaveProperty('body');
    expect(waiting).toHaveLength(1);
  });

  it('that would be refused again is refused with code, place and sentence, unless it is forced', async () => {
    const { ports, id, quarantine, waiting, take, audit } = await withBad();
    const body = eventText({ data: { count: -2, endpoint: 'read' } });
    expect(await problem(release(ports, id, { body, note: 'x' }, 'olga'))).toMatchObject({
      status: 422,
      code: 'SCHEMA',
      errors: [{ path: '/data/count', message: expect.stringContaining('must be at least 1') }],
    });
    expect((await quarantine.get(id))?.state).toBe('waiting');
    expect(waiting).toEqual([]);
    const { entry } = await release(ports, id, { body, note: 'x', force: true }, 'olga');
    expect(entry.release).toMatchObject({ forced: true });
    expect(await audit.list(0, 9)).toMatchObject([{ details: { forced: true } }]);
    await take();
    const again = await quarantine.refusedAgain(id);
    expect(again).toMatchObject([{ code: 'SCHEMA', state: 'waiting', releasedFrom: id }]);
    expect(again[0]?.id).not.toBe(id);
  });

  it.each([
    ['what is no JSON', 'nonsense', 'NOT_JSON'],
    ['what is no object', '[1]', 'NOT_CLOUDEVENT'],
    ['what is too large', eventText({ data: { count: 1, endpoint: 'x'.repeat(70_000) } }), 'TOO_LARGE'],
  ])('never puts %s, even if it is forced', async (_, body, code) => {
    const { ports, id, waiting } = await withBad();
    expect(await problem(release(ports, id, { body, note: 'x', force: true }, 'olga'))).toMatchObject({
      status: 422,
      code,
    });
    expect(waiting).toEqual([]);
  });

  it('of a conflict needs a new id', async () => {
    const other = eventText({ data: { count: 99, endpoint: 'read' } });
    const { ports, id, take, counted } = await withBad(eventText(), other);
    for (const body of [undefined, eventText({ data: { count: 98, endpoint: 'read' } })]) {
      const request = { note: 'x', ...(body === undefined ? {} : { body }) };
      expect(await problem(release(ports, id, request, 'olga'))).toMatchObject({
        code: 'CONFLICT',
        errors: [{ path: '/id' }],
      });
    }
    await release(ports, id, { body: other.replace('e-1', 'e-1b'), note: 'two events' }, 'olga');
    await take();
    expect(counted().map(({ event }) => event.id)).toEqual(['e-1', 'e-1b']);
  });

  it('says what is in the ledger already', async () => {
    const { ports, id } = await withBad(eventText(), BAD.replace('e-1', 'e-2'));
    const entry = await entryOf(ports, id);
    expect((await draftOf(ports, entry, eventText())).judgement.verdict).toBe('duplicate');
    expect((await draftOf(ports, entry, MENDED.replace('e-1', 'e-2'))).judgement.verdict).toBe('counted');
  });

  it('of a backfill event needs an open backfill, or none', async () => {
    const { ports, id, backfills } = await withBad(BAD.replace('{', '{"backfill":"b-1",'));
    const entry = await entryOf(ports, id);
    const judge = async (body: string) => (await draftOf(ports, entry, body)).judgement;
    const named = MENDED.replace('{', '{"backfill":"b-1",');
    expect(await judge(named)).toMatchObject({ code: 'UNKNOWN_BACKFILL', path: '/backfill' });
    backfills.set('b-1', 'closed');
    expect(await judge(named)).toMatchObject({ code: 'BACKFILL_NOT_OPEN', path: '/backfill' });
    backfills.set('b-1', 'open');
    expect(await judge(named)).toMatchObject({ verdict: 'counted' });
    expect(await judge(MENDED)).toMatchObject({ verdict: 'counted' });
  });

  it('of what is no text needs a body', async () => {
    const { ports, id, take, counted } = await withBad(Uint8Array.of(0xff, 0xfe, 0x7b));
    expect(await problem(release(ports, id, { note: 'x', force: true }, 'olga'))).toMatchObject({ code: 'NEEDS_BODY' });
    const { entry, changes } = await release(ports, id, { note: 'x', body: MENDED }, 'olga');
    expect(entry.bodyEncoding).toBe('base64');
    expect(changes).toHaveLength(1);
    expect((await release(ports, id, { note: 'x', body: MENDED }, 'olga')).entry).toEqual(entry);
    await take();
    expect(counted()).toHaveLength(1);
  });

  it('of a line that the table holds in part takes the whole from the archive', async () => {
    const large = eventText({ type: 'unknown', note: 'ü'.repeat(40_000) });
    const { ports, id } = await withBad(large);
    const entry = await entryOf(ports, id);
    expect((await draftOf(ports, entry)).judgement).toMatchObject({ code: 'TOO_LARGE' });
    expect((await draftOf(ports, entry, MENDED)).changes).toContainEqual({
      path: '/type',
      before: '"unknown"',
      after: '"com.larkspur.api.requests"',
    });
  });
});

describe('a release that dies', () => {
  /** The effects of a release, in order. */
  const EFFECTS = ['decide', 'put', 'finish'] as const;
  /** Ports of which one effect fails: before it is done, or after (the answer was lost). */
  const failing = (ports: QuarantinePorts, effect: (typeof EFFECTS)[number], done: boolean): QuarantinePorts => {
    const wrap =
      <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (done) await run(...args);
        throw new Error('died');
      };
    const { quarantine, stream } = ports;
    return {
      ...ports,
      quarantine: {
        ...quarantine,
        ...(effect === 'decide' ? { decide: wrap(quarantine.decide) } : {}),
        ...(effect === 'finish' ? { finish: wrap(quarantine.finish) } : {}),
      },
      ...(effect === 'put' ? { stream: { put: wrap(stream.put) } } : {}),
    };
  };

  it.each(EFFECTS.flatMap((effect) => [false, true].map((done) => [effect, done] as const)))(
    'at %s (done: %s) is finished by the same request, and counts once',
    async (effect, done) => {
      const { ports, id, take, counted, audit, waiting } = await withBad();
      const request = { body: MENDED, note: 'sign' };
      await expect(release(failing(ports, effect, done), id, request, 'olga')).rejects.toThrow('died');
      const { entry } = await release(ports, id, request, 'olga');
      expect(entry).toMatchObject({ state: 'released', body: BAD, release: { by: 'olga', body: MENDED } });
      expect(new Set(waiting).size).toBe(1);
      await take();
      expect(counted()).toHaveLength(1);
      expect(await audit.list(0, 9)).toHaveLength(1);
    },
  );

  it('is finished without a body too, by whoever comes, but not with another body', async () => {
    const { ports, id, waiting } = await withBad();
    const request = { body: MENDED, note: 'sign' };
    await expect(release(failing(ports, 'put', false), id, request, 'olga')).rejects.toThrow('died');
    const other = { ...request, body: MENDED.replace('"count":1', '"count":2') };
    expect(await problem(release(ports, id, other, 'otto'))).toMatchObject({ status: 409, code: 'BEING_RELEASED' });
    expect(await problem(writeOff(ports, id, 'no', 'otto'))).toMatchObject({ status: 409, code: 'BEING_RELEASED' });
    const { entry } = await release(ports, id, { note: 'go on' }, 'otto');
    expect(entry).toMatchObject({ state: 'released', release: { by: 'olga', note: 'sign' } });
    expect(waiting).toHaveLength(1);
    expect((await release(ports, id, request, 'olga')).entry).toEqual(entry);
    expect(waiting).toHaveLength(1);
    expect(await problem(release(ports, id, other, 'olga'))).toMatchObject({ code: 'ALREADY_RELEASED' });
    expect(await problem(writeOff(ports, id, 'no', 'olga'))).toMatchObject({ code: 'ALREADY_RELEASED' });
  });

  it('is decided once when two people decide at the same time', async () => {
    const { ports, id, waiting, audit, take, counted } = await withBad();
    const bodies = [MENDED, MENDED.replace('"count":1', '"count":2')];
    const answers = await Promise.allSettled(
      bodies.map((body, n) => release(ports, id, { body, note: 'x' }, `person-${n}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(waiting).toHaveLength(1);
    expect(await audit.list(0, 9)).toHaveLength(1);
    await take();
    expect(counted()).toHaveLength(1);
  });
});

describe('a write-off', () => {
  it('keeps the line and tells who and why, once', async () => {
    const { ports, id, quarantine, audit } = await withBad();
    const { entry, auditSequence } = await writeOff(ports, id, 'a test of the producer', 'olga');
    expect(entry).toMatchObject({ state: 'written-off', body: BAD, writeOff: { by: 'olga', at: NOW } });
    expect(await quarantine.get(id)).toEqual(entry);
    expect(await writeOff(ports, id, 'a test of the producer', 'olga')).toEqual({ entry });
    expect(await problem(writeOff(ports, id, 'other', 'olga'))).toMatchObject({ status: 409, code: 'WRITTEN_OFF' });
    expect(await problem(release(ports, id, { note: 'x' }, 'olga'))).toMatchObject({ code: 'WRITTEN_OFF' });
    expect(await audit.list(0, 9)).toMatchObject([
      { sequence: auditSequence, action: 'quarantine.write-off', details: { reason: 'a test of the producer' } },
    ]);
    expect(await problem(writeOff(ports, 'q-0', 'x', 'olga'))).toMatchObject({ status: 404, code: 'NO_SUCH_ENTRY' });
  });
});
