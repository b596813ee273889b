import type { Clock } from '../platform/clock.ts';
import { equals, parseDecimal } from '../platform/decimal.ts';
import { sha256Hex } from '../platform/hash.ts';
import type { AdapterHealth } from './adapter-health.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { PayloadStore } from './payload-store.ts';
import type {
  AdapterClient,
  DeliveryAttempt,
  DeliveryFailure,
  DeliveryJob,
  DeliveryOutcome,
  DeliveryState,
  VendorRecord,
} from './types.ts';

/** What becomes of the message: gone, tried again later, or put among the dead letters. */
export type Verdict =
  | { readonly verdict: 'done'; readonly state: DeliveryState; readonly repeat: boolean }
  | { readonly verdict: 'busy'; readonly until: string }
  | { readonly verdict: 'retry'; readonly failure: DeliveryFailure }
  | { readonly verdict: 'dead'; readonly failure: DeliveryFailure };

export type DeliverPorts = {
  readonly store: DeliveryStore;
  readonly client: AdapterClient;
  readonly payloads: PayloadStore;
  readonly health: AdapterHealth;
  readonly clock: Clock;
};

const PAYLOAD_CHANGED = 'PAYLOAD_CHANGED';

const STATES: Readonly<Record<DeliveryOutcome['outcome'], DeliveryState>> = {
  posted: 'posted',
  accepted: 'accepted',
  transient: 'waiting',
  throttled: 'waiting',
  auth: 'waiting',
  ambiguous: 'unknown',
  'closed-period': 'parked',
  rejected: 'failed',
};

/** In what an existing record differs from what we would have made; empty if it may be adopted. */
export const differences = (job: DeliveryJob, record: VendorRecord): string[] => {
  const { currency, total, customerId } = job.expect;
  const sameTotal = (): boolean => {
    if (total === undefined) return true;
    return record.total !== undefined && equals(parseDecimal(total), parseDecimal(record.total));
  };
  const differs = (name: string, expected: string | undefined, actual: string | undefined) =>
    `${name} ${actual ?? 'unknown'} instead of ${expected}`;
  return [
    ...(record.live ? [] : ['it is void']),
    ...(currency === undefined || currency === record.currency ? [] : [differs('currency', currency, record.currency)]),
    ...(sameTotal() ? [] : [differs('total', total, record.total)]),
    ...(customerId === undefined || customerId === record.customerId
      ? []
      : [differs('customer', customerId, record.customerId)]),
  ];
};

const adopt = (job: DeliveryJob, record: VendorRecord): DeliveryOutcome => {
  const different = differences(job, record);
  if (different.length === 0) {
    return { outcome: 'posted', vendorId: record.vendorId, ...(record.total ? { total: record.total } : {}) };
  }
  return {
    outcome: 'rejected',
    code: 'NOT_EQUAL',
    message: `the vendor has ${record.vendorId} under this id, but ${different.join(', ')}`,
  };
};

/** One try's journal: each step is written as soon as its answer is known. */
const journalOf = (ports: DeliverPorts, job: DeliveryJob, number: number) => {
  let steps = 0;
  return async <T extends object>(
    step: DeliveryAttempt['step'],
    run: () => Promise<T>,
    ended: (result: T) => DeliveryAttempt['outcome'],
  ): Promise<T> => {
    const [at, started] = [ports.clock.now(), ports.clock.nowMillis()];
    const result = await run();
    steps += 1;
    await ports.store.record(job, steps, {
      number,
      at,
      step,
      outcome: ended(result),
      ...('code' in result && typeof result.code === 'string' ? { code: result.code } : {}),
      ...('message' in result && typeof result.message === 'string' ? { message: result.message } : {}),
      millis: ports.clock.nowMillis() - started,
    });
    return result;
  };
};

/** The approved payload, whole and unchanged, or why it cannot be sent. */
const readPayload = async (ports: DeliverPorts, job: DeliveryJob): Promise<string | DeliveryFailure> => {
  const payload = await ports.payloads.read(job.payloadKey);
  if (sha256Hex(payload) === job.payloadHash) return payload;
  const message = `${job.payloadKey} is not what was approved (hash ${job.payloadHash})`;
  return { outcome: 'rejected', code: PAYLOAD_CHANGED, message };
};

/** Lookup, create, and after an ambiguous end lookup again. Renews the credentials at most once. */
const tryOnce = async (ports: DeliverPorts, job: DeliveryJob, payload: string, number: number) => {
  const journal = journalOf(ports, job, number);
  let renewed = false;

  /** A refusal for the credentials has had no effect, so the call may be made again with new ones. */
  const withRenewal = async <T extends object>(call: () => Promise<T>): Promise<T> => {
    const first = await call();
    if (renewed || !('outcome' in first) || first.outcome !== 'auth') return first;
    renewed = true;
    await journal(
      'token',
      async () => ports.client.renew() ?? {},
      () => 'renewed',
    );
    return call();
  };

  const look = () =>
    withRenewal(() =>
      journal(
        'lookup',
        () => ports.client.lookup(job),
        (result) => ('outcome' in result ? result.outcome : result.found ? 'found' : 'absent'),
      ),
    );
  const adopted = (record: VendorRecord) =>
    journal(
      'adopt',
      async () => adopt(job, record),
      (outcome) => outcome.outcome,
    );

  const before = await look();
  if ('outcome' in before) return before;
  if (before.found) return adopted(before);

  const created = await withRenewal(() =>
    journal(
      'create',
      () => ports.client.create(job, payload),
      (outcome) => outcome.outcome,
    ),
  );
  if (created.outcome !== 'ambiguous') return created;

  const after = await look();
  // Not found proves nothing yet: the vendor may still be at it. The next try looks first, after a while.
  if ('outcome' in after || !after.found) return created;
  return adopted(after);
};

/** A refusal of the record, not of us: whoever says so has let us in. */
const isVendorsWord = ({ outcome, code }: DeliveryFailure): boolean =>
  outcome === 'closed-period' || (outcome === 'rejected' && code !== PAYLOAD_CHANGED);

/**
 * Delivers one job, at most once whatever happens: a finished one is not sent again, a record that exists is adopted
 * if it is equal and live, and nobody else works on it until `leaseUntil` (when this worker is dead for certain).
 * @throws what the store or the payload store throws: then the message is tried again.
 */
export const deliver = async (ports: DeliverPorts, job: DeliveryJob, leaseUntil: string): Promise<Verdict> => {
  const begun = await ports.store.begin(job, ports.clock.now(), leaseUntil);
  if (begun.begin === 'finished') return { verdict: 'done', state: begun.status.state, repeat: true };
  if (begun.begin === 'busy') return { verdict: 'busy', until: begun.until };

  const number = begun.status.attempts;
  const payload = await readPayload(ports, job);
  const outcome = typeof payload === 'string' ? await tryOnce(ports, job, payload, number) : payload;

  const state = STATES[outcome.outcome];
  if ('vendorId' in outcome) {
    await ports.store.end(job, number, { state, vendorId: outcome.vendorId }, ports.clock.now());
    await ports.health.works(job.adapter);
    return { verdict: 'done', state, repeat: false };
  }
  const { outcome: errorClass, code, message } = outcome;
  await ports.store.end(job, number, { state, lastError: { class: errorClass, code, message } }, ports.clock.now());
  if (errorClass === 'auth') await ports.health.refused(job.adapter, message);
  if (isVendorsWord(outcome)) await ports.health.works(job.adapter);
  if (errorClass === 'closed-period') return { verdict: 'done', state, repeat: false };
  return { verdict: errorClass === 'rejected' ? 'dead' : 'retry', failure: outcome };
};
