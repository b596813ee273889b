import type { Clock } from '../../platform/clock.ts';
import type { Archive } from '../archive/archive.ts';
import { batchCorrelationId } from '../archive/batch-correlation.ts';
import { canonicalUsage, type Stamper } from '../events/canonical-usage.ts';
import { decode, type KinesisRecord, type Line, recordOf } from '../events/decode.ts';
import { type Rejection, rejectEncoding, rejectUnforeseen } from '../events/rejection.ts';
import type { RegisteredSchema } from '../events/schemas.ts';
import { validate } from '../events/validate.ts';
import type { FailedLook } from '../limits/thresholds.ts';
import { conflictRejection, type QuarantineStore, quarantineEntry } from '../quarantine/quarantine.ts';
import type { EarlySettles } from '../settle/early-settle.ts';
import type { ArchivePointer, CanonicalUsage, QuarantineEntry } from '../types.ts';
import type { AppendOutcome } from './append-events.ts';
import { backfillRejection } from './backfill-gate.ts';
import { type SpillQueue, spillMessages } from './spill.ts';

/** What ingest does its work with. */
export type IngestPorts = {
  readonly archive: Pick<Archive, 'write' | 'line'>;
  readonly quarantine: Pick<QuarantineStore, 'put'>;
  /** Appends to the ledger. @throws only when the ledger as a whole cannot be reached. */
  readonly append: (usages: readonly CanonicalUsage[]) => Promise<AppendOutcome>;
  readonly spill: SpillQueue;
  /** Looks whether these events took their accounts over a threshold, and publishes what crossed. Answers what failed. */
  readonly thresholds: (usages: readonly CanonicalUsage[], correlationId: string) => Promise<readonly FailedLook[]>;
  /** Settles busy days of open slots as far as they are covered. Never throws: what fails is settled when its day is over. */
  readonly settleEarly: () => Promise<EarlySettles>;
  /** A stamper for one batch. */
  readonly stamper: () => Stamper;
  readonly clock: Clock;
};

/** What is configured per environment. */
export type IngestSettings = { readonly lateAfterHours: number; readonly horizonDays: number };

/** What became of a batch: figures for one log line and the metrics. */
export type IngestSummary = {
  readonly correlationId: string;
  readonly records: number;
  readonly received: number;
  readonly acceptedByRegion: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly spilled: number;
  /** Why groups were spilled; the first few chains. */
  readonly spillReasons: readonly string[];
  readonly quarantined: Readonly<Record<string, number>>;
  /** Fields that a schema does not know, `<type>/<version> <field>`, with how many events had them. */
  readonly drift: Readonly<Record<string, number>>;
  /** Seconds from the oldest arrival to the append. */
  readonly lagSeconds: number;
  readonly largestAppend: number;
  /** Days that were settled before they are over, and the first reasons why others could not be. */
  readonly settledEarly: number;
  readonly earlyFailures: readonly string[];
};

type Archived = { readonly line: Line; readonly pointer: ArchivePointer };
type Judged = {
  readonly good: readonly CanonicalUsage[];
  readonly bad: readonly QuarantineEntry[];
  readonly drift: Readonly<Record<string, number>>;
};

/** Reasons that a log line tells of; one hot chain has one. */
const REASONS_SHOWN = 5;
/** Fields that a log line tells of, and characters of each: names are the producer's, and may be any. */
const DRIFT_SHOWN = 20;
const DRIFT_NAME = 64;

const driftOf = ({ type, version }: RegisteredSchema, field: string): string =>
  `${type}/${version} ${field.slice(0, DRIFT_NAME)}`;

const countBy = <T>(items: readonly T[], key: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, key)].map(([name, group]) => [name, group.length]));

type LineVerdict =
  | { readonly usage: CanonicalUsage; readonly unknown: readonly string[] }
  | { readonly rejection: Rejection };

/** Validates and upcasts one line. Pure: whatever it throws is the fault of this line alone, and judged so. */
const judgeLine = ({ line, pointer }: Archived, settings: IngestSettings): LineVerdict => {
  const { receivedAt, position } = line;
  try {
    if (line.encoding !== 'utf8') return { rejection: rejectEncoding(line.broken) };
    const verdict = validate(line.line, receivedAt, settings);
    if (!verdict.ok) return verdict;
    const usage = canonicalUsage(verdict, { position, pointer }, settings.lateAfterHours);
    return { usage, unknown: verdict.unknown.map((field) => driftOf(verdict.schema, field)) };
  } catch (error) {
    return { rejection: rejectUnforeseen(error) };
  }
};

/** Judges and stamps lines. Throws only when the catalog, which the stamper reads, cannot be reached. */
const judge = async (lines: readonly Archived[], stamper: Stamper, settings: IngestSettings): Promise<Judged> => {
  const good: CanonicalUsage[] = [];
  const bad: QuarantineEntry[] = [];
  const drift: string[] = [];
  for (const archived of lines) {
    const verdict = judgeLine(archived, settings);
    if ('rejection' in verdict) {
      bad.push(quarantineEntry(archived.line, archived.pointer, verdict.rejection));
      continue;
    }
    const { usage, unknown } = verdict;
    drift.push(...unknown);
    const stamp = await stamper(usage.event.subject, usage.event.time);
    good.push(stamp === undefined ? usage : { ...usage, stamp });
  }
  return {
    good,
    bad,
    drift: Object.fromEntries(Object.entries(countBy(drift, (field) => field)).slice(0, DRIFT_SHOWN)),
  };
};

/** The entries of good lines that the ledger did not take: conflicts, and lines of backfills that are not open. */
const untakenEntries = ({ conflicts, refused }: AppendOutcome, lines: readonly Archived[]): QuarantineEntry[] => {
  if (conflicts.length + refused.length === 0) return [];
  const byPointer = new Map(lines.map((archived) => [`${archived.pointer.key}#${archived.pointer.line}`, archived]));
  const entry = (usage: CanonicalUsage, rejection: Rejection, accepted?: ArchivePointer): QuarantineEntry[] => {
    const archived = byPointer.get(`${usage.pointer.key}#${usage.pointer.line}`);
    return archived ? [quarantineEntry(archived.line, archived.pointer, rejection, accepted)] : [];
  };
  return [
    ...conflicts.flatMap(({ usage, accepted }) =>
      entry(usage, conflictRejection(usage.event.subject, usage.event.id), accepted),
    ),
    ...refused.flatMap(({ usage, code }) => entry(usage, backfillRejection(code, usage))),
  ];
};

/** What became of lines. `again`: what the ledger did not take, or could not be looked at, and must be tried again. */
type Accounted = {
  readonly early: EarlySettles;
  readonly judged: Judged;
  readonly outcome: AppendOutcome;
  readonly again: { readonly pointers: readonly ArchivePointer[]; readonly reasons: readonly string[] };
};

/** Steps 3 to 6 for lines that are in the archive already. What happens to `again` is the caller's to decide. */
const account = async (
  ports: IngestPorts,
  settings: IngestSettings,
  lines: readonly Archived[],
  correlationId: string,
): Promise<Accounted> => {
  const judged = await judge(lines, ports.stamper(), settings);
  await ports.quarantine.put(judged.bad);
  const outcome = await ports.append(judged.good);
  await ports.quarantine.put(untakenEntries(outcome, lines));
  // Duplicates too: an earlier delivery may have died between its append and this look. What belongs to a backfill does
  // not count yet.
  const counted = [...outcome.accepted, ...outcome.duplicates].filter(({ slot }) => slot.overlay === undefined);
  const looks = await ports.thresholds(counted, correlationId);
  const open = new Set([...outcome.failed, ...looks.flatMap(({ usages }) => usages)]);
  const pointers = [...open].map(({ pointer }) => pointer);
  const early = await ports.settleEarly();
  return {
    judged,
    outcome,
    early,
    again: { pointers, reasons: [...outcome.reasons, ...looks.map(({ reason }) => reason)] },
  };
};

const summaryOf = (
  lines: readonly Line[],
  { judged, outcome, again, early }: Accounted,
  about: Pick<IngestSummary, 'correlationId' | 'records'> & { readonly nowMillis: number },
): IngestSummary => {
  const { correlationId, records, nowMillis } = about;
  const conflicts = outcome.conflicts.length;
  const refused = countBy(outcome.refused, ({ code }) => code);
  const oldest = lines.reduce((least, { receivedAt }) => Math.min(least, Date.parse(receivedAt)), nowMillis);
  return {
    correlationId,
    records,
    received: lines.length,
    acceptedByRegion: countBy(outcome.accepted, ({ stamp }) => stamp?.salesRegion ?? 'unattributed'),
    accepted: outcome.accepted.length,
    duplicate: outcome.duplicates.length,
    late: outcome.accepted.filter(({ late }) => late).length,
    spilled: again.pointers.length,
    spillReasons: again.reasons.slice(0, REASONS_SHOWN),
    quarantined: {
      ...countBy(judged.bad, ({ code }) => code),
      ...refused,
      ...(conflicts > 0 ? { CONFLICT: conflicts } : {}),
    },
    drift: judged.drift,
    lagSeconds: Math.max(0, Math.round((nowMillis - oldest) / 1000)),
    largestAppend: outcome.largestAppend,
    settledEarly: early.settled,
    earlyFailures: early.failures.slice(0, REASONS_SHOWN),
  };
};

/** A batch of the stream, as far as it is used here. */
export type KinesisBatch = { readonly Records: readonly KinesisRecord[] };

/**
 * Takes a batch of the stream. A bad record never throws; only a dependency that is down as a whole does, and then the
 * stream delivers the whole batch again. The order of effects, and what each leaves sure when the process dies after it:
 *
 * 1. Decode: no effect. Every byte of a record is in one of its lines.
 * 2. Archive all lines, put if absent. From here on no line can be lost, and every pointer leads somewhere. A repeat
 *    finds its objects there.
 * 3. Quarantine the bad lines. Ids follow from positions: a repeat changes nothing.
 * 4. Append the good ones. One conditional write per group holds ids and state together: an event is counted with its
 *    id or not at all, and a repeat finds the id and counts it as a duplicate.
 * 5. Quarantine the conflicts, which only the append could know, and lines of backfills that are not open. A repeat finds
 *    the same ones.
 * 6. Look at thresholds, for duplicates too. A crossing's id follows from the threshold: a repeat is the same crossing.
 * 7. Settle busy days early. A projection: what is not written now is when the day is over.
 * 8. Spill the groups whose chain did not take them, and the events of accounts whose limits could not be looked at:
 *    pointers into the archive, to a queue that tries again. A repeat may spill a group twice; the append decides once.
 *
 * Only then does the batch count as done.
 */
export const makeIngest =
  (ports: IngestPorts, settings: IngestSettings) =>
  async (batch: KinesisBatch): Promise<IngestSummary> => {
    const lines = batch.Records.map(recordOf).flatMap(decode);
    const pointers = await ports.archive.write(lines);
    // The same for every delivery of the same batch, and found again from the pointer of any of its events.
    const correlationId = batchCorrelationId(pointers[0]?.key ?? '');
    const archived = lines.flatMap((line, n) => {
      const pointer = pointers[n];
      return pointer ? [{ line, pointer }] : [];
    });
    const result = await account(ports, settings, archived, correlationId);
    for (const message of spillMessages(result.again.pointers, correlationId)) await ports.spill.send(message);
    const about = { correlationId, records: batch.Records.length, nowMillis: ports.clock.nowMillis() };
    return summaryOf(lines, result, about);
  };

/** A chain is still contended, or a look at a limit fails again; the queue's own retry brings the message back. */
export class StillRefused extends Error {
  override readonly name = 'StillRefused';
}

/**
 * Takes spilled lines: reads them from the archive and does steps 3 to 6 again. What was appended in the meantime is a
 * duplicate. Where some are done, the others go back as a message of their own: only what does not get any further ends
 * among the dead letters.
 * @throws {StillRefused} if none of them is done.
 */
export const makeRespill =
  (ports: IngestPorts, settings: IngestSettings) =>
  async (pointers: readonly ArchivePointer[], correlationId: string): Promise<IngestSummary> => {
    const archived: Archived[] = [];
    for (const pointer of pointers) {
      const { format: _, encoding, ...rest } = await ports.archive.line(pointer);
      const line: Line = encoding === 'utf8' ? { ...rest, encoding } : { ...rest, encoding, broken: 'it is not UTF-8' };
      archived.push({ line, pointer });
    }
    const result = await account(ports, settings, archived, correlationId);
    const { pointers: open, reasons } = result.again;
    if (open.length > 0 && open.length === pointers.length)
      throw new StillRefused(`all ${open.length} lines: ${reasons[0]}`);
    for (const message of spillMessages(open, correlationId)) await ports.spill.send(message);
    const lines = archived.map(({ line }) => line);
    return summaryOf(lines, result, { correlationId, records: 1, nowMillis: ports.clock.nowMillis() });
  };
