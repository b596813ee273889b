import type { CatalogEntry, CatalogReader } from '../../../lambdas/catalog/types.ts';
import type { CloseStore } from '../../../lambdas/close/close-store.ts';
import type { DataFiles } from '../../../lambdas/close/data-files.ts';
import type { CloseMachine } from '../../../lambdas/close/machine-client.ts';
import type { ClosePorts, StepResult, TwiceCounted } from '../../../lambdas/close/ports.ts';
import { runStep } from '../../../lambdas/close/run-step.ts';
import { rateAgain, startClose } from '../../../lambdas/close/start-close.ts';
import { chunkKeyOf } from '../../../lambdas/close/steps/prepare.ts';
import { rateAccounts } from '../../../lambdas/close/steps/rate.ts';
import type { CloseRecord, Manifest } from '../../../lambdas/close/types.ts';
import { fieldOf } from '../../../lambdas/delivery/exact-json.ts';
import type { DeliveryJob, DeliveryStatus } from '../../../lambdas/delivery/types.ts';
import type { AuditLog } from '../../../lambdas/platform/audit-log.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import type { SlotPin } from '../../../lambdas/usage/types.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryCloseStore } from '../../twins/memory-close.ts';
import { catalogOf, DATES, SINCE } from './close-catalog.ts';

export { account, catalogOf, contract, DATES, priceBook } from './close-catalog.ts';

/** Effects of the house that may fail: a fault is thrown before or after the n-th of them. */
export type Faults = { at: number; when: 'before' | 'after'; seen: number };

export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Wraps every function of a port: the n-th call crashes, before or after its effect. */
const faulty = <T extends object>(port: T, faults: Faults): T =>
  new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        faults.seen += 1;
        const strikes = faults.seen === faults.at;
        if (strikes && faults.when === 'before') throw new Crash(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(value, target, args);
        if (strikes) throw new Crash(`after ${String(name)}`);
        return result;
      };
    },
  });

/** An ERP that books what is sent to it at once, and can be told otherwise. */
const memoryErp = (files: DataFiles) => {
  type Kind = 'invoice' | 'credit-memo' | 'deposit-application';
  const kinds: Readonly<Record<string, Kind>> = {
    creditMemo: 'credit-memo',
    depositApplication: 'deposit-application',
  };
  const books = new Map<string, { kind: Kind; currency: string; total: string }>();
  const statuses = new Map<string, DeliveryStatus>();
  const told = { open: true, readable: true, refuse: new Set<string>(), wrong: new Map<string, string>() };
  const enqueue = async (jobs: readonly DeliveryJob[]): Promise<void> => {
    for (const job of jobs) {
      if (statuses.get(job.deliveryId)?.state === 'void') continue;
      const refused = told.refuse.has(job.deliveryId);
      const base = {
        adapter: job.adapter,
        deliveryId: job.deliveryId,
        attempts: 1,
        updatedAt: SINCE,
        correlationId: job.correlationId,
      };
      if (refused) {
        const lastError = { class: 'rejected', code: 'BAD_ITEM', message: 'no such item' };
        statuses.set(job.deliveryId, { ...base, state: 'failed', lastError });
        continue;
      }
      if ((await files.getText(job.payloadKey)) === undefined) throw new Error(`${job.payloadKey} is gone`);
      books.set(job.deliveryId, {
        kind: kinds[job.record] ?? 'invoice',
        currency: job.expect.currency ?? '',
        total: job.expect.total ?? '0',
      });
      statuses.set(job.deliveryId, { ...base, state: 'posted', vendorId: `v-${job.deliveryId}` });
    }
  };
  /** As the delivery store does. */
  const giveUp = async (deliveryId: string): Promise<boolean> => {
    const known = statuses.get(deliveryId);
    if (known === undefined || !['failed', 'parked', 'void'].includes(known.state)) return false;
    statuses.set(deliveryId, { ...known, state: 'void' });
    return true;
  };
  return {
    books,
    told,
    statuses,
    giveUp,
    delivery: {
      enqueue,
      statuses: async (_adapter: string, ids: readonly string[]) => ids.flatMap((id) => statuses.get(id) ?? []),
    },
    erp: {
      readPeriod: async () => {
        if (!told.readable) throw new Error('503');
        return { name: 'Oct 2026', open: told.open };
      },
      readTotals: async (ids: readonly string[]) => {
        if (!told.readable) throw new Error('503');
        return ids.flatMap((externalId) => {
          const booked = books.get(externalId);
          if (booked === undefined) return [];
          const total = told.wrong.get(externalId) ?? booked.total;
          return [{ externalId, vendorId: `v-${externalId}`, ...booked, total }];
        });
      },
    },
  };
};

export type World = ReturnType<typeof makeWorld>;

/** A house of twins, in which a close runs as its machine would run it. */
export const makeWorld = (entries: readonly CatalogEntry[] = catalogOf(), faults?: Faults) => {
  const clock = manualClock('2026-11-03T00:00:00.000Z');
  const audit: AuditLog = memoryAuditLog(clock);
  const texts = new Map<string, string>();
  const files: DataFiles = {
    putText: async (key, text) => {
      texts.set(key, text);
    },
    getText: async (key) => texts.get(key),
  };
  const store = memoryCloseStore(audit);
  const published = [...entries];
  const catalog: CatalogReader = {
    get: (kind, id, asOf) => memoryCatalog(published).get(kind, id, asOf),
    list: (kind, asOf) => memoryCatalog(published).list(kind, asOf),
    version: (kind, id, version) => memoryCatalog(published).version(kind, id, version),
    history: (kind) => memoryCatalog(published).history(kind),
  };
  const erp = memoryErp(files);
  const usage = new Map<string, string>();
  /** What was ever read, by the hash of its pin. */
  const past = new Map<string, string>();
  const pinOf = (pins: readonly SlotPin[], of: string): string =>
    pins.find(({ subject }) => subject === of)?.hash ?? '';
  const twice = new Map<string, TwiceCounted[]>();
  const settledBy = new Map<string, string>();
  const deciders = new Map<string, string[]>();
  const countAll = async (idHash: string, { by }: { readonly by: string }): Promise<void> => {
    for (const [subject, found] of twice)
      twice.set(
        subject,
        found.filter((each) => each.idHash !== idHash),
      );
    settledBy.set(idHash, by);
  };
  const machine: CloseMachine = {
    start: async (name) => ({ executionArn: `arn:${name}`, started: true }),
    hasEnded: async () => false,
  };
  const counted: Record<string, number> = {};
  const count = (name: string) => (region: string, value: number) => {
    counted[`${name} ${region}`] = (counted[`${name} ${region}`] ?? 0) + value;
  };
  const world = {
    clock,
    audit,
    texts,
    files,
    store,
    catalog,
    publish: (added: CatalogEntry) => {
      published.push(added);
    },
    erp,
    /** Calls per subject. */
    usage,
    /** Ids counted at two times that are not settled, by subject; `countAll` settles one. */
    twice,
    countAll,
    /** Who decided about ids of a subject. */
    deciders,
    ownerless: [] as { subject: string; events: number }[],
    counted,
    sent: [] as DeliveryJob[],
    /** Which corrections are too small or too old for a document: none, until a test says so. */
    corrections: { carryBelowMinorUnits: 0, writeOffAfterDays: 36500 },
  };
  const shielded = <T extends object>(port: T): T => (faults === undefined ? port : faulty(port, faults));
  const ports: ClosePorts = {
    clock,
    store: shielded<CloseStore>(store),
    files: shielded(files),
    catalog,
    usage: shielded({
      read: async ({ subjects }) => {
        const calls = subjects.reduce((total, { subject }) => total + Number(usage.get(subject) ?? '0'), 0);
        const row = { meter: 'api_calls', meterVersion: 1, unit: 'call', dimensions: {}, quantity: String(calls) };
        const pins = subjects.map(({ subject }) => ({
          subject,
          start: '2026-10-05T00:00:00.000Z',
          version: 1,
          hash: contentHash(usage.get(subject) ?? ''),
        }));
        for (const { subject } of subjects) past.set(contentHash(usage.get(subject) ?? ''), usage.get(subject) ?? '0');
        return {
          usage: calls === 0 ? [] : [row],
          pins,
          usageHash: contentHash(pins),
          carryOut: {},
          overflow: [],
          unknownMeters: [],
        };
      },
      readPinned: async ({ subjects, pins }) => {
        const calls = subjects.reduce((total, { subject }) => total + Number(past.get(pinOf(pins, subject)) ?? '0'), 0);
        const row = { meter: 'api_calls', meterVersion: 1, unit: 'call', dimensions: {}, quantity: String(calls) };
        const usageHash = contentHash(pins);
        return { usage: calls === 0 ? [] : [row], pins, usageHash, carryOut: {}, overflow: [], unknownMeters: [] };
      },
      lastValues: async () => ({}),
      dirtyDays: async () => 0,
      ownerless: async () => world.ownerless,
      twiceCounted: async (subjects, _, limit) =>
        subjects.flatMap((subject) => twice.get(subject) ?? []).slice(0, limit),
      twiceCountedStands: async (idHash) => {
        const isOpen = [...twice.values()].flat().some((found) => found.idHash === idHash);
        const by = settledBy.get(idHash);
        return { isSettled: !isOpen, ...(by === undefined ? {} : { by }) };
      },
      twiceCountedDeciders: async (subject) => deciders.get(subject) ?? [],
    }),
    erp: shielded(erp.erp),
    delivery: shielded({
      enqueue: async (jobs) => {
        world.sent.push(...jobs);
        await erp.delivery.enqueue(jobs);
      },
      statuses: erp.delivery.statuses,
    }),
    quarantine: { waiting: async () => ({ count: 0, more: false }) },
    metrics: {
      exceptionsOpen: count('exceptions'),
      documentsDisputed: count('disputed'),
      reconciliationBreaks: count('breaks'),
    },
    graceHours: 24,
    corrections: world.corrections,
    rateAgain: (request) => rateAgain({ clock, store, audit, machine }, request),
  };
  return { ...world, ports, machine };
};

/** Where a run of the machine stopped. */
export type Ended = { readonly state: 'done' | 'failed' | 'needs you'; readonly result: StepResult };

const failed = async (world: World, closeId: string, failedStep: string, result: StepResult): Promise<Ended> => {
  if (!result.ok) {
    const { code, message } = result;
    await runStep(world.ports, { step: 'record-failure', closeId, failedStep, code, message });
  }
  return { state: 'failed', result };
};

/** Posts a manifest as its machine does, without the waiting. */
const runManifest = async (world: World, manifestId: string): Promise<void> => {
  const { status } = (await runStep(world.ports, { step: 'manifest-status', manifestId })) as { status?: string };
  if (status === undefined || !['approved', 'posting', 'failed'].includes(status)) return;
  await runStep(world.ports, { step: 'post', manifestId });
  for (let round = 0; round < 3; round += 1) {
    const checked = await runStep(world.ports, { step: 'check-postings', manifestId });
    if (fieldOf(checked, 'settled') === true) break;
  }
  await runStep(world.ports, { step: 'end-posting', manifestId });
};

/** The states of the close machine, in order. Stops where a person must decide. */
export const runMachine = async (world: World, closeId: string): Promise<Ended> => {
  for (const step of ['readiness', 'prepare']) {
    const result = await runStep(world.ports, { step, closeId });
    if (!result.ok) return failed(world, closeId, step, result);
  }
  const chunks = JSON.parse((await world.ports.files.getText(chunkKeyOf(closeId))) ?? '[]');
  for (const chunk of chunks) await rateAccounts(world.ports, { closeId, accounts: chunk.accounts });
  for (const step of ['judge', 'exceptions', 'freeze']) {
    const result = await runStep(world.ports, { step, closeId });
    if (!result.ok) return failed(world, closeId, step, result);
  }
  return goOn(world, closeId);
};

/** From the manifests on: to be called again when people have decided. */
export const goOn = async (world: World, closeId: string): Promise<Ended> => {
  const manifests = await world.store.manifests(closeId);
  for (const { manifestId, status } of manifests) {
    if (status === 'awaiting approval') {
      const taskToken = `token-${manifestId}`;
      await runStep(world.ports, { step: 'await-approval', manifestId, taskToken });
    }
  }
  if (manifests.some(({ status }) => status === 'awaiting approval'))
    return { state: 'needs you', result: { ok: true } };
  for (const { manifestId } of manifests) await runManifest(world, manifestId);
  for (const step of ['reconcile', 'done']) {
    const result = await runStep(world.ports, { step, closeId });
    if (!result.ok) return failed(world, closeId, step, result);
  }
  return { state: 'done', result: { ok: true } };
};

export const start = async (world: World, startedBy = 'pia'): Promise<string> => {
  const { clock, store, audit, machine } = world;
  return (await startClose({ clock, store, audit, machine }, { ...DATES, startedBy })).closeId;
};

/** Approves everything that waits, past the HTTP edge. */
export const approveAll = async (world: World, closeId: string, by = 'anton'): Promise<void> => {
  for (const manifest of await world.store.manifests(closeId)) {
    const record = { actor: by, action: 'manifest.approve', target: manifest.manifestId, details: {} };
    const decision = { decision: 'approve' as const, by, at: world.clock.now() };
    await world.store.decideManifest(manifest.manifestId, manifest.hash, decision, record);
  }
};

/** A whole close: started, approved, posted, reconciled. */
export const closeAll = async (world: World): Promise<{ close: CloseRecord; manifests: Manifest[] }> => {
  const closeId = await start(world);
  const first = await runMachine(world, closeId);
  if (first.state === 'needs you') {
    await approveAll(world, closeId);
    await goOn(world, closeId);
  }
  const close = await world.store.close(closeId);
  if (close === undefined) throw new Error('the close is gone');
  world.clock.advance(3_600_000);
  return { close, manifests: await world.store.manifests(closeId) };
};

/** Resolves an exception, past the HTTP edge. */
export const resolve = async (world: World, exceptionId: string, decision = 'accepted', by = 'olga'): Promise<void> => {
  const at = world.clock.now();
  const record = { actor: by, action: 'exception.resolve', target: exceptionId, details: {} };
  await world.store.resolveException(exceptionId, { decision, reason: 'looked at', by, at }, record);
};

/** All documents of a close, in full. */
export const documentsOf = async (world: World, closeId: string) =>
  (await world.store.listDocuments(closeId, 1000)).items.map(({ document }) => document);
