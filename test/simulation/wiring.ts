import { cachedCatalog } from '../../lambdas/catalog/cached-catalog.ts';
import type { CatalogReader } from '../../lambdas/catalog/types.ts';
import type { Clock } from '../../lambdas/platform/clock.ts';
import type { Ids } from '../../lambdas/platform/ids.ts';
import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import type { ClosePorts } from '../../lambdas/usage/corrections/close-backfill.ts';
import type { RestateRangePorts } from '../../lambdas/usage/corrections/restate-range.ts';
import type { SealPorts } from '../../lambdas/usage/corrections/seal.ts';
import { catalogStamper } from '../../lambdas/usage/events/canonical-usage.ts';
import { makeAppendEvents } from '../../lambdas/usage/ingest/append-events.ts';
import type { IngestPorts } from '../../lambdas/usage/ingest/ingest.ts';
import type { SpillQueue } from '../../lambdas/usage/ingest/spill.ts';
import type { AppendPorts } from '../../lambdas/usage/ledger/append-batch.ts';
import type { OverlayReader } from '../../lambdas/usage/ledger/effective-slots.ts';
import { writerMemory } from '../../lambdas/usage/ledger/writer-memory.ts';
import { makeThresholds } from '../../lambdas/usage/limits/thresholds.ts';
import { makeSettleEarly } from '../../lambdas/usage/settle/early-settle.ts';
import type { SweepPorts } from '../../lambdas/usage/settle/settle-sweep.ts';
import type { QuarantineEntry } from '../../lambdas/usage/types.ts';
import { memoryArchiveObjects } from '../twins/memory-archive-objects.ts';
import { memoryAuditLog } from '../twins/memory-audit-log.ts';
import { memoryBackfills } from '../twins/memory-backfills.ts';
import { memoryCrossings } from '../twins/memory-crossings.ts';
import { memoryJobs } from '../twins/memory-jobs.ts';
import { memoryLedger } from '../twins/memory-ledger.ts';
import { memoryEffectiveStates } from '../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../twins/memory-projection.ts';
import { memoryQuarantine } from '../twins/memory-quarantine.ts';
import { memorySealedSlots } from '../twins/memory-sealed-slots.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';
import type { Process, Stage } from './stage.ts';

/** Slots of a few events are sealed here. */
const SEALED_FROM_IDS = 3;

/** Everything that is durable, as it really is: what outlives every process. */
export const makeTwins = (company: Company, clock: Clock) => {
  const audit = memoryAuditLog(clock);
  const [objects, backfills, states] = [memoryArchiveObjects(), memoryBackfills(audit), memoryEffectiveStates()];
  return {
    ledger: memoryLedger({ decodesOnce: true }),
    sealed: memorySealedSlots(SEALED_FROM_IDS),
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    settled: memorySettled(),
    crossings: memoryCrossings(),
    publisher: memoryPublisher(),
    quarantine: memoryQuarantine(),
    objects,
    backfills,
    states,
    jobs: memoryJobs(audit),
    /** What a reader who is no process of the product reads overlays with. */
    overlays: { status: backfills, archive: makeArchive(objects), states, meters: async () => company.meters() },
  };
};
export type Twins = ReturnType<typeof makeTwins>;

/**
 * A deliberate bug: it wraps ports of the product, never its code. `twins`: what is durable; the others: what a process
 * works with, each call of which may go wrong.
 */
export type Mutant = {
  readonly twins?: (twins: Twins) => Twins;
  readonly appendPorts?: (ports: AppendPorts) => AppendPorts;
  readonly ingestPorts?: (ports: IngestPorts, own: AppendPorts) => IngestPorts;
  readonly sweepPorts?: (ports: SweepPorts) => SweepPorts;
  readonly correctionPorts?: (ports: CorrectionPorts) => CorrectionPorts;
};

/** What processes are wired from. */
export type House = {
  readonly stage: Stage;
  readonly dice: Chance;
  readonly ids: Ids;
  readonly twins: Twins;
  readonly company: Company;
  readonly mutant: Mutant;
  /** Told what each append said of its events. */
  readonly appended: (outcome: Awaited<ReturnType<IngestPorts['append']>>) => void;
};

/** A small memory forgets slots between batches. */
const SMALL_MEMORY_BYTES = 6_000;

/** The catalog as a process reads it: of what never changes in a run, reading takes no turn. */
export const catalogOf = ({ stage, company }: Pick<House, 'stage' | 'company'>, process: Process): CatalogReader => {
  const { catalog } = company;
  const staged = stage.port(process, catalog);
  return { ...catalog, history: (kind) => (kind === 'meter' ? staged : catalog).history(kind) };
};

/** What a process reads overlays with. */
const overlaysOf = ({ stage, twins }: House, process: Process, catalog: CatalogReader): OverlayReader => ({
  status: stage.port(process, twins.backfills),
  archive: makeArchive(stage.port(process, twins.objects)),
  states: stage.port(process, twins.states),
  meters: () => catalog.history('meter'),
});

/** The ports of ingest in one process, as `ingest-wiring.ts` makes them from the real stores. */
export const ingestPortsOf = (house: House, process: Process, spill: SpillQueue): IngestPorts => {
  const { stage, dice, ids, twins, mutant } = house;
  const { clock } = process;
  // As if something were published all the time: each minute it is read again, under faults.
  const revision = async (): Promise<string> => clock.now();
  const catalog = cachedCatalog({ ...catalogOf(house, process), revision }, clock);
  const settled = stage.port(process, twins.settled);
  const overlays = overlaysOf(house, process, catalog);
  const quarantine = stage.port(process, twins.quarantine);
  const plain: AppendPorts = {
    ledger: stage.port(process, twins.ledger),
    sealed: stage.port(process, twins.sealed),
    marks: stage.port(process, twins.marks),
    subjects: stage.port(process, twins.subjects),
    archive: makeArchive(stage.port(process, twins.objects)),
    touched: stage.port(process, twins.backfills),
    memory: writerMemory(dice.happens(0.3) ? SMALL_MEMORY_BYTES : undefined, 1 + dice.below(3)),
    clock,
    ids,
  };
  const own = mutant.appendPorts?.(plain) ?? plain;
  const { ledger, marks, subjects } = own;
  const sealed = stage.port(process, twins.sealed);
  const append = makeAppendEvents({ ...own, backfills: overlays.status }, catalog);
  const ports: IngestPorts = {
    archive: makeArchive(stage.port(process, twins.objects)),
    quarantine: {
      // One item each, all under way at once.
      put: async (entries: readonly QuarantineEntry[]) => {
        await Promise.all(entries.map((entry) => quarantine.put([entry])));
      },
    },
    append: async (usages) => {
      const outcome = await append(usages);
      house.appended(outcome);
      return outcome;
    },
    spill: stage.port(process, spill),
    thresholds: makeThresholds({
      catalog,
      balance: { ledger, sealed, overlays, settled, marks, subjects, clock },
      crossings: stage.port(process, twins.crossings),
      publisher: stage.port(process, twins.publisher),
      clock,
    }),
    settleEarly: makeSettleEarly({ ledger, sealed, overlays, settled, marks, clock }, own.memory, catalog),
    stamper: () => catalogStamper(catalog),
    clock,
  };
  return mutant.ingestPorts?.(ports, own) ?? ports;
};

/** The ports of a settle sweep in one process. */
export const sweepPortsOf = (house: House, process: Process): SweepPorts => {
  const { stage, ids, twins, mutant } = house;
  const ports: SweepPorts = {
    ledger: stage.port(process, twins.ledger),
    sealed: stage.port(process, twins.sealed),
    marks: stage.port(process, twins.marks),
    subjects: stage.port(process, twins.subjects),
    overlays: overlaysOf(house, process, catalogOf(house, process)),
    settled: stage.port(process, twins.settled),
    publisher: stage.port(process, twins.publisher),
    clock: process.clock,
    ids,
  };
  return mutant.sweepPorts?.(ports) ?? ports;
};

/** The ports of the function that corrects: what sealing, closing, reverting and stating anew need. */
export type CorrectionPorts = SealPorts & ClosePorts & Pick<RestateRangePorts, 'subjects' | 'ids' | 'marks'>;

export const correctionPortsOf = (house: House, process: Process): CorrectionPorts => {
  const { stage, ids, twins, mutant } = house;
  const { clock } = process;
  const catalog = catalogOf(house, process);
  const [ledger, overlays] = [stage.port(process, twins.ledger), overlaysOf(house, process, catalog)];
  const [marks, subjects] = [stage.port(process, twins.marks), stage.port(process, twins.subjects)];
  const settled = stage.port(process, twins.settled);
  const ports: CorrectionPorts = {
    usage: { ledger, sealed: stage.port(process, twins.sealed), overlays, settled, marks, subjects, clock },
    catalog,
    backfills: stage.port(process, twins.backfills),
    restate: { ledger, archive: overlays.archive, clock },
    marks,
    subjects,
    clock,
    ids,
  };
  return mutant.correctionPorts?.(ports) ?? ports;
};
