import { gzipSync } from 'node:zlib';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { makeArchive } from '../../../lambdas/usage/archive/archive.ts';
import type { Stamp } from '../../../lambdas/usage/events/canonical-usage.ts';
import type { KinesisRecord } from '../../../lambdas/usage/events/decode.ts';
import type { AppendOutcome } from '../../../lambdas/usage/ingest/append-events.ts';
import type { IngestPorts } from '../../../lambdas/usage/ingest/ingest.ts';
import type { SpillMessage } from '../../../lambdas/usage/ingest/spill.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { memoryArchiveObjects } from '../../twins/memory-archive-objects.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';
import { RECEIVED_AT } from './events.ts';

export const SETTINGS = { lateAfterHours: 6, horizonDays: 400 };
const US: Stamp = { account: 'acct-01', plan: 'team', salesRegion: 'us' };

/** A ledger that knows ids per slot and nothing else; slots in `refusing` are never taken. */
const idLedger = () => {
  const known = new Map<string, CanonicalUsage>();
  const refusing = new Set<string>();
  const append = async (usages: readonly CanonicalUsage[]): Promise<AppendOutcome> => {
    const accepted: CanonicalUsage[] = [];
    const duplicates: CanonicalUsage[] = [];
    const conflicts: { usage: CanonicalUsage; accepted: CanonicalUsage['pointer'] }[] = [];
    const failed: CanonicalUsage[] = [];
    for (const usage of usages) {
      const key = `${usage.slot.subject}#${usage.slot.start}#${usage.idHash}`;
      const first = known.get(key);
      if (refusing.has(usage.slot.subject)) failed.push(usage);
      else if (first === undefined) {
        known.set(key, usage);
        accepted.push(usage);
      } else if (first.bodyHash === usage.bodyHash) duplicates.push(usage);
      else conflicts.push({ usage, accepted: first.pointer });
    }
    const reasons = failed.length > 0 ? ['contended'] : [];
    return { accepted, duplicates, conflicts, refused: [], failed, reasons, largestAppend: accepted.length * 24 };
  };
  return { known, refusing, append };
};

/** Ingest's ports over twins, with what they hold. */
export const ingestFixture = () => {
  const objects = memoryArchiveObjects();
  const archive = makeArchive(objects);
  const quarantine = memoryQuarantine();
  const ledger = idLedger();
  const spilled: SpillMessage[] = [];
  const looked: string[][] = [];
  /** Subjects at whose limits a look fails. */
  const unlookable = new Set<string>();
  const ports: IngestPorts = {
    archive,
    quarantine,
    append: ledger.append,
    spill: {
      send: async (message) => {
        spilled.push(message);
      },
    },
    thresholds: async (usages) => {
      looked.push(usages.map(({ event }) => event.id));
      return usages
        .filter(({ slot }) => unlookable.has(slot.subject))
        .map((usage) => ({ usages: [usage], reason: 'limit calls of acct-01: Error: no' }));
    },
    settleEarly: async () => ({ settled: 0, failures: [] }),
    stamper: () => async (subject) => (subject === 'org-99' ? undefined : US),
    clock: manualClock('2026-10-05T10:00:10.000Z'),
  };
  return { ports, objects, archive, quarantine, ledger, spilled, looked, unlookable };
};

/** A record of the stream as Lambda delivers it: a pack of these lines. */
export const kinesisRecord = (sequence: number, ...lines: readonly (string | Uint8Array)[]): KinesisRecord => {
  const body = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  return {
    eventID: `shardId-000000000000:${sequence}`,
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/usage',
    kinesis: {
      sequenceNumber: String(sequence),
      data: gzipSync(body).toString('base64'),
      approximateArrivalTimestamp: Date.parse(RECEIVED_AT) / 1000,
    },
  };
};
