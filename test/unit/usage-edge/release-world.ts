import { manualClock } from '../../../lambdas/platform/clock.ts';
import { makeIngest } from '../../../lambdas/usage/ingest/ingest.ts';
import type { BackfillState } from '../../../lambdas/usage/ledger/overlays.ts';
import { releaseJudge } from '../../../lambdas/usage/quarantine/judge-release.ts';
import type { QuarantinePorts } from '../../../lambdas/usage/quarantine/release.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryQuarantine } from '../../twins/memory-quarantine.ts';
import { ingestFixture, kinesisRecord, SETTINGS } from './ingest-fixture.ts';

/** Now, ten seconds after the lines arrived. */
export const NOW = '2026-10-05T10:00:10.000Z';

/** The way out of quarantine and back in: the real ingest, with a stream that is in memory. */
export const releaseWorld = () => {
  const clock = manualClock(NOW);
  const audit = memoryAuditLog(clock);
  const quarantine = memoryQuarantine(audit);
  const fixture = ingestFixture();
  const ingest = makeIngest({ ...fixture.ports, quarantine }, SETTINGS);
  const backfills = new Map<string, BackfillState>();
  const waiting: string[] = [];
  let sequence = 0;

  /** Lets lines arrive, one record each. */
  const arrive = async (...lines: readonly (string | Uint8Array)[]) => {
    for (const line of lines) {
      sequence += 1;
      await ingest({ Records: [kinesisRecord(sequence, line)] });
    }
  };
  /** What the ledger holds. */
  const counted = (): CanonicalUsage[] => [...fixture.ledger.known.values()];

  const ports: QuarantinePorts = {
    quarantine,
    archive: fixture.archive,
    clock,
    judge: releaseJudge({
      clock,
      limits: SETTINGS,
      overlays: {
        overlays: async (names) =>
          new Map(
            names.flatMap((backfill) => {
              const state = backfills.get(backfill);
              return state === undefined ? [] : [[backfill, { backfill, state, isFixed: false }] as const];
            }),
          ),
      },
      ledger: {
        slotAbove: async ({ subject, start }) => ({
          appends: counted()
            .filter(({ slot }) => slot.subject === subject && slot.start === start)
            .map((usage) => ({ ids: [usage] }) as never),
          overlays: [],
          queries: 1,
          bytes: 0,
        }),
      },
    }),
    stream: {
      put: async (lines) =>
        lines.map(({ line }) => {
          waiting.push(line);
          return { stream: 'usage', shard: 'shardId-0', sequence: `released-${waiting.length}`, index: 0 };
        }),
    },
  };
  return {
    ports,
    quarantine,
    audit,
    clock,
    backfills,
    arrive,
    counted,
    /** Lines that were put and not taken by ingest yet. */
    waiting,
    /** Ingest takes what was put. */
    take: async () => arrive(...waiting.splice(0)),
    /** The one entry that waits. */
    only: async () => {
      const [entry, ...more] = (await quarantine.list({ state: 'waiting' }, 9)).entries;
      if (entry === undefined || more.length > 0) throw new Error(`${more.length + 1} entries wait`);
      return entry;
    },
  };
};
