import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { KinesisRecord } from '../../../../lambdas/usage/events/decode.ts';
import { makeIngest } from '../../../../lambdas/usage/ingest/ingest.ts';
import { QUARANTINE_CODES } from '../../../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantineEntry } from '../../../../lambdas/usage/types.ts';
import { type Chance, chance } from '../../../simulation/chance.ts';
import { eventText, RECEIVED_AT } from '../../../unit/usage-edge/events.ts';
import { ingestFixture, SETTINGS } from '../../../unit/usage-edge/ingest-fixture.ts';

/** Milliseconds that a test may take on a machine that has other things to do. */
export const PATIENCE = 120_000;

/** How many lines came to what. */
export type Tally = {
  readonly lines: number;
  readonly accepted: number;
  readonly codes: Readonly<Record<string, number>>;
};

const LINES_PER_PACK = 250;
const PACKS_PER_BATCH = 8;

export const recordOf = (sequence: number, data: Uint8Array): KinesisRecord => ({
  eventID: `shardId-000000000000:${sequence}`,
  eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/usage',
  kinesis: {
    sequenceNumber: String(sequence),
    data: Buffer.from(data).toString('base64'),
    approximateArrivalTimestamp: Date.parse(RECEIVED_AT) / 1000,
  },
});

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What must be kept of a line that was sent: its text, or base64 of what is none; nothing of a blank one. */
const keptOf = (bytes: Uint8Array): string | undefined => {
  try {
    const text = strict.decode(bytes);
    return text.trim() === '' ? undefined : text.replace(/^\ufeff/, '');
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
};

const prototypes = (): unknown => [
  Object.getOwnPropertyNames(Object.prototype).length,
  Object.getOwnPropertyNames(Array.prototype).length,
  ({} as Record<string, unknown>).polluted,
];

/** A reason that a person can do something with. */
const checkReason = ({ code, path, message }: QuarantineEntry): void => {
  if (!QUARANTINE_CODES.includes(code) || code === 'UNFORESEEN') expect.fail(`${code}: ${message}`);
  if (path !== '' && !path.startsWith('/')) expect.fail(`${path} is no JSON pointer`);
  // A long value is quoted cut, and so is then the sentence.
  if (message.length < 15 || (message.length < 500 && !message.endsWith('.')) || /undefined|\[object/.test(message)) {
    expect.fail(`"${message}" is no sentence`);
  }
};

/**
 * Sends so many lines through decoding and ingest, in packs, and checks of each what became of it: it is in the archive as
 * it came, and counted, known, or in quarantine, whole, with code, place and sentence. Nothing throws.
 */
export const fuzz = async (
  seed: number,
  count: number,
  lineOf: (source: Chance) => string | Uint8Array,
): Promise<Tally> => {
  const source = chance(seed);
  const before = prototypes();
  const codes: Record<string, number> = {};
  let [lines, accepted] = [0, 0];
  while (lines < count) {
    const { ports, archive, quarantine, ledger } = ingestFixture();
    const sent: string[][] = [];
    const records: KinesisRecord[] = [];
    for (let pack = 0; pack < PACKS_PER_BATCH; pack += 1) {
      // The first line keeps the pack from being taken for one JSON array.
      const pieces: Uint8Array[] = [Buffer.from(eventText({ id: `first-${lines}-${pack}` }))];
      while (pieces.length < LINES_PER_PACK) {
        const bytes = Buffer.from(lineOf(source)).filter((byte) => byte !== 0x0a);
        pieces.push(bytes);
      }
      records.push(recordOf(pack + 1, gzipSync(Buffer.concat(pieces.flatMap((bytes) => [bytes, Buffer.from('\n')])))));
      sent.push(pieces.flatMap((bytes) => keptOf(bytes) ?? []));
    }
    const summary = await makeIngest(ports, SETTINGS)({ Records: records });

    const received = sent.flat().length;
    const quarantined = Object.values(summary.quarantined).reduce((sum, n) => sum + n, 0);
    expect(summary).toMatchObject({ received, spilled: 0 });
    expect(summary.accepted + summary.duplicate + quarantined).toBe(received);
    expect([ledger.known.size, quarantine.entries.size]).toEqual([summary.accepted, quarantined]);
    for (const entry of quarantine.entries.values()) {
      checkReason(entry);
      const whole = sent[Number(entry.position.sequence) - 1]?.[entry.position.index];
      const kept = entry.bodyCut === true ? (await archive.line(entry.pointer)).line : entry.body;
      if (kept !== whole) expect.fail(`what was kept is not what was sent: ${whole?.slice(0, 200)}`);
    }
    for (const [code, n] of Object.entries(summary.quarantined)) codes[code] = (codes[code] ?? 0) + n;
    lines += received;
    accepted += summary.accepted;
    expect(prototypes()).toEqual(before);
  }
  return { lines, accepted, codes };
};
