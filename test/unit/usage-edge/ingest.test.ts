import { describe, expect, it } from 'vitest';
import { batchCorrelationId } from '../../../lambdas/usage/archive/batch-correlation.ts';
import { type IngestPorts, makeIngest, makeRespill, StillRefused } from '../../../lambdas/usage/ingest/ingest.ts';
import { handleSpill } from '../../../lambdas/usage/ingest/spill.ts';
import { eventText, linesOf } from './events.ts';
import { ingestFixture, kinesisRecord, SETTINGS } from './ingest-fixture.ts';

const BAD_BYTES = Buffer.from([0x7b, 0xff]);
const late = eventText({ id: 'late', recordedtime: '2026-10-05T15:30:00.001Z' });

const mixed = () => ({
  Records: [
    kinesisRecord(1, eventText({ id: 'a' }), '{nope', eventText({ id: 'b', subject: 'org-99' }), late),
    kinesisRecord(2, eventText({ id: 'a' }), BAD_BYTES, eventText({ id: 'a', data: { count: 13, endpoint: 'read' } })),
    kinesisRecord(3, eventText({ id: 'c', data: { count: 1, endpoint: 'read', colour: 'red' } })),
  ],
});

const dies = (): never => {
  throw new Error('the process died here');
};

describe('ingest', () => {
  it('takes a mixed batch: archives all, quarantines the bad, appends the good, tells what became of each', async () => {
    const { ports, archive, quarantine, ledger, looked } = ingestFixture();
    const summary = await makeIngest(ports, SETTINGS)(mixed());
    expect(summary).toEqual({
      correlationId: expect.stringMatching(/^ingest-[0-9a-f]{16}$/),
      records: 3,
      received: 8,
      accepted: 4,
      acceptedByRegion: { us: 3, unattributed: 1 },
      duplicate: 1,
      late: 1,
      spilled: 0,
      spillReasons: [],
      quarantined: { NOT_JSON: 1, BAD_ENCODING: 1, CONFLICT: 1 },
      drift: { 'com.larkspur.api.requests/2 colour': 1 },
      lagSeconds: 10,
      largestAppend: 96,
      settledEarly: 0,
      earlyFailures: [],
    });
    const lines = await linesOf(archive, '2026-10-05', '2026-10-06');
    expect(lines).toHaveLength(8);
    const conflict = [...quarantine.entries.values()].find(({ code }) => code === 'CONFLICT');
    expect(conflict?.message).toBe(
      'An event with the id a was accepted before with another body, and stands: send the new one under its own id.',
    );
    expect(conflict && (await archive.line(conflict.pointer)).line).toContain('"count":13');
    expect(conflict?.accepted && (await archive.line(conflict.accepted)).line).toContain('"count":12');
    const bytes = [...quarantine.entries.values()].find(({ code }) => code === 'BAD_ENCODING');
    expect(bytes).toMatchObject({ body: BAD_BYTES.toString('base64'), bodyEncoding: 'base64' });
    expect([...ledger.known.values()].map(({ event }) => event.id)).toEqual(['a', 'b', 'late', 'c']);
    expect(looked).toEqual([['a', 'b', 'late', 'c', 'a']]);
  });

  it('changes nothing when the same batch comes again', async () => {
    const { ports, objects, quarantine, ledger } = ingestFixture();
    const ingest = makeIngest(ports, SETTINGS);
    const first = await ingest(mixed());
    const [keys, entries, known] = [[...objects.objects.keys()], [...quarantine.entries], [...ledger.known]];
    const again = await ingest(mixed());
    expect(again.accepted).toBe(0);
    expect(again.correlationId).toBe(first.correlationId);
    expect(again.correlationId).toBe(batchCorrelationId(keys[0] ?? ''));
    expect([[...objects.objects.keys()], [...quarantine.entries], [...ledger.known]]).toEqual([keys, entries, known]);
  });

  const steps: readonly [string, (ports: IngestPorts) => IngestPorts][] = [
    ['before the archive', (ports) => ({ ...ports, archive: { ...ports.archive, write: dies } })],
    [
      'right after the archive',
      (ports) => ({ ...ports, archive: { ...ports.archive, write: (lines) => ports.archive.write(lines).then(dies) } }),
    ],
    ['before the quarantine', (ports) => ({ ...ports, quarantine: { put: dies } })],
    ['right after the append', (ports) => ({ ...ports, append: (usages) => ports.append(usages).then(dies) })],
    ['before the look at thresholds', (ports) => ({ ...ports, thresholds: dies })],
  ];
  it.each(steps)('gives the same result after a death %s and a repeat', async (_, dying) => {
    const calm = ingestFixture();
    await makeIngest(calm.ports, SETTINGS)(mixed());
    const shaken = ingestFixture();
    await expect(makeIngest(dying(shaken.ports), SETTINGS)(mixed())).rejects.toThrow('died');
    await makeIngest(shaken.ports, SETTINGS)(mixed());
    expect([...shaken.ledger.known]).toEqual([...calm.ledger.known]);
    expect([...shaken.quarantine.entries]).toEqual([...calm.quarantine.entries]);
    expect([...shaken.objects.objects.keys()]).toEqual([...calm.objects.objects.keys()]);
    expect(new Set(shaken.looked.flat())).toEqual(new Set(calm.looked.flat()));
  });

  it('spills the groups that the ledger did not take, and goes on with the others', async () => {
    const { ports, ledger, spilled } = ingestFixture();
    ledger.refusing.add('org-99');
    const summary = await makeIngest(ports, SETTINGS)(mixed());
    expect(summary).toMatchObject({ accepted: 3, spilled: 1, spillReasons: ['contended'] });
    expect(spilled).toEqual([
      {
        format: 1,
        correlationId: summary.correlationId,
        lines: [{ key: 'events/usage/2026/10/05/shardId-000000000000/1-3.ndjson.gz', numbers: [2] }],
      },
    ]);
  });

  it('spills the events of an account whose limits cannot be looked at, and goes on with the others', async () => {
    const { ports, ledger, spilled, unlookable } = ingestFixture();
    unlookable.add('org-99');
    const summary = await makeIngest(ports, SETTINGS)(mixed());
    expect(summary).toMatchObject({ accepted: 4, spilled: 1, spillReasons: ['limit calls of acct-01: Error: no'] });
    expect(spilled.flatMap(({ lines }) => lines.map(({ numbers }) => numbers))).toEqual([[2]]);
    const respill = makeRespill(ports, SETTINGS);
    const pointer = { key: spilled[0]?.lines[0]?.key ?? '', line: 2 };
    await expect(respill([pointer], 'c')).rejects.toBeInstanceOf(StillRefused);
    unlookable.clear();
    expect(await respill([pointer], 'c')).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(ledger.known.size).toBe(4);
  });

  it('throws when the spill queue fails too, so that the batch comes again', async () => {
    const { ports, ledger } = ingestFixture();
    ledger.refusing.add('org-99');
    const broken = { ...ports, spill: { send: dies } };
    await expect(makeIngest(broken, SETTINGS)(mixed())).rejects.toThrow('died');
  });

  it('quarantines by itself a line at which judging fails, and takes the lines around it', async () => {
    const { ports, quarantine, ledger } = ingestFixture();
    // A setting that throws the second time it is asked for stands for whatever nobody thought of.
    let asked = 0;
    const settings = {
      lateAfterHours: 6,
      get horizonDays(): number {
        asked += 1;
        if (asked === 2) throw new RangeError('a message that quotes the line');
        return 400;
      },
    };
    const lines = ['a', 'b', 'c'].map((id) => eventText({ id }));
    const summary = await makeIngest(ports, settings)({ Records: [kinesisRecord(1, ...lines)] });
    expect(summary).toMatchObject({ accepted: 2, quarantined: { UNFORESEEN: 1 } });
    expect([...ledger.known.values()].map(({ event }) => event.id)).toEqual(['a', 'c']);
    const [entry] = quarantine.entries.values();
    expect(entry).toMatchObject({ body: lines[1], message: expect.stringContaining('(RangeError)') });
    expect(entry?.message).not.toContain('quotes');
  });

  it('bounds what a log line tells of fields that no schema knows', async () => {
    const { ports } = ingestFixture();
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${'x'.repeat(100)}${n}`, n]));
    const many = Array.from({ length: 30 }, (_, n) =>
      eventText({ id: `e-${n}`, data: { count: 1, endpoint: 'read', [`field-${n}`]: 1 } }),
    );
    const long = eventText({ id: 'long', data: { count: 1, endpoint: 'read', ...fields } });
    const { drift } = await makeIngest(ports, SETTINGS)({ Records: [kinesisRecord(1, long, ...many)] });
    expect(Object.keys(drift)).toHaveLength(20);
    expect(Math.max(...Object.keys(drift).map((name) => name.length))).toBeLessThan(100);
  });

  it('takes a batch without any line', async () => {
    const { ports } = ingestFixture();
    expect(await makeIngest(ports, SETTINGS)({ Records: [] })).toMatchObject({ received: 0, accepted: 0 });
  });
});

describe('spilled lines', () => {
  const spill = async () => {
    const fixture = ingestFixture();
    fixture.ledger.refusing.add('org-99');
    await makeIngest(fixture.ports, SETTINGS)(mixed());
    const bodies = fixture.spilled.map((message, n) => ({ messageId: `m-${n}`, body: JSON.stringify(message) }));
    return { ...fixture, bodies, respill: makeRespill(fixture.ports, SETTINGS) };
  };
  const silent = { done: () => undefined, failed: () => undefined };

  it('are appended from the archive, and a repeat is a duplicate', async () => {
    const { ledger, bodies, respill } = await spill();
    ledger.refusing.clear();
    const summaries: { accepted: number; duplicate: number }[] = [];
    const ports = {
      ...silent,
      respill,
      done: (summary: { accepted: number; duplicate: number }) => summaries.push(summary),
    };
    expect(await handleSpill({ Records: [...bodies, ...bodies] }, ports)).toEqual({ batchItemFailures: [] });
    expect(summaries).toMatchObject([
      { accepted: 1, duplicate: 0 },
      { accepted: 0, duplicate: 1 },
    ]);
    expect([...ledger.known.values()].map(({ event }) => event.id)).toContain('b');
  });

  it('that are done in part go back as a message of the others', async () => {
    const { ports, spilled, unlookable } = ingestFixture();
    unlookable.add('org-99');
    await makeIngest(ports, SETTINGS)(mixed());
    const key = spilled[0]?.lines[0]?.key ?? '';
    const both = [0, 2].map((line) => ({ key, line }));
    expect(await makeRespill(ports, SETTINGS)(both, 'c')).toMatchObject({ duplicate: 2, spilled: 1 });
    expect(spilled.at(-1)).toMatchObject({ correlationId: 'c', lines: [{ key, numbers: [2] }] });
  });

  it('come back while the chain refuses them; other messages of the batch are done', async () => {
    const { bodies, respill } = await spill();
    const errors: Error[] = [];
    const ports = { ...silent, respill, failed: (_: string, error: Error) => errors.push(error) };
    const answer = await handleSpill({ Records: [...bodies, { messageId: 'x', body: '{}' }] }, ports);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }, { itemIdentifier: 'x' }] });
    expect(errors.map(({ name }) => name)).toEqual([StillRefused.name, 'TypeError']);
  });
});
