import { describe, expect, it } from 'vitest';
import { adapterHealth } from '../../../lambdas/delivery/adapter-health.ts';
import { deliver } from '../../../lambdas/delivery/deliver.ts';
import type { AdapterClient } from '../../../lambdas/delivery/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { memoryPayloads } from '../../twins/memory-payloads.ts';
import { ABSENT, EQUAL, failure, fakeAdapter, jobOf } from './fake-adapter.ts';

const START = '2026-11-01T00:00:00.000Z';
const LATER = '2026-11-01T00:01:00.000Z';
const job = jobOf('mb-acct-01-20261001-invoice-1USD-0');

const frame = (client: AdapterClient) => {
  const clock = manualClock(START);
  const store = memoryDeliveryStore();
  const payloads = memoryPayloads();
  payloads.put(job.payloadKey, '{}');
  const ports = { store, client, payloads, clock, health: adapterHealth(store, clock) };
  const run = () => deliver(ports, job, LATER);
  const status = () => store.status('netsuite', job.deliveryId);
  const journal = async () =>
    (await store.attempts('netsuite', job.deliveryId)).map(
      ({ number, step, outcome }) => `${number} ${step} ${outcome}`,
    );
  return { ...ports, run, status, journal };
};

describe('deliver', () => {
  it('looks, creates, and is done', async () => {
    const adapter = fakeAdapter({});
    const { run, status, journal } = frame(adapter);
    expect(await run()).toEqual({ verdict: 'done', state: 'posted', repeat: false });
    expect(await status()).toMatchObject({ state: 'posted', vendorId: '1001', attempts: 1 });
    expect(await journal()).toEqual(['1 lookup absent', '1 create posted']);
  });

  it('takes what is pending at the vendor for done', async () => {
    const { run, status } = frame(fakeAdapter({ creates: [{ outcome: 'accepted', vendorId: 'job-7' }] }));
    expect(await run()).toMatchObject({ verdict: 'done', state: 'accepted' });
    expect(await status()).toMatchObject({ state: 'accepted', vendorId: 'job-7' });
  });

  it('answers a repeat of a finished delivery without a call', async () => {
    const adapter = fakeAdapter({});
    const { run } = frame(adapter);
    await run();
    expect(await run()).toEqual({ verdict: 'done', state: 'posted', repeat: true });
    expect(adapter.calls).toEqual(['lookup', 'create']);
  });

  it('adopts what exists already if it is equal and live', async () => {
    const adapter = fakeAdapter({ lookups: [EQUAL] });
    const { run, status, journal } = frame(adapter);
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
    expect(await status()).toMatchObject({ vendorId: '1001' });
    expect(await journal()).toEqual(['1 lookup found', '1 adopt posted']);
    expect(adapter.calls).toEqual(['lookup']);
  });

  it.each([
    ['another total', { total: '7.51' }, /total 7.51 instead of 7.50/],
    ['no total', { total: undefined }, /total unknown/],
    ['another currency', { currency: 'EUR' }, /currency EUR instead of USD/],
    ['another customer', { customerId: '615' }, /customer 615 instead of 614/],
    ['a void record', { live: false }, /it is void/],
  ])('refuses to adopt %s', async (_, different, reason) => {
    const { run, status } = frame(fakeAdapter({ lookups: [{ ...EQUAL, ...different } as typeof EQUAL] }));
    const verdict = await run();
    expect(verdict).toMatchObject({ verdict: 'dead', failure: { outcome: 'rejected', code: 'NOT_EQUAL' } });
    expect((await status())?.lastError?.message).toMatch(reason);
  });

  it('looks again after an ambiguous end and adopts what it finds', async () => {
    const adapter = fakeAdapter({ lookups: [ABSENT, EQUAL], creates: [failure('ambiguous')] });
    const { run, status, journal } = frame(adapter);
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
    expect(await status()).toMatchObject({ state: 'posted', vendorId: '1001', attempts: 1 });
    expect(await journal()).toEqual(['1 lookup absent', '1 create ambiguous', '1 lookup found', '1 adopt posted']);
  });

  it('does not create again at once when it finds nothing after an ambiguous end', async () => {
    const adapter = fakeAdapter({ lookups: [ABSENT, ABSENT, EQUAL], creates: [failure('ambiguous')] });
    const { run, status } = frame(adapter);
    expect(await run()).toMatchObject({ verdict: 'retry', failure: { outcome: 'ambiguous' } });
    expect(await status()).toMatchObject({ state: 'unknown', lastError: { class: 'ambiguous' } });
    expect(adapter.calls).toEqual(['lookup', 'create', 'lookup']);
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
    expect(adapter.calls.filter((call) => call === 'create')).toHaveLength(1);
  });

  it.each(['transient', 'throttled'] as const)('tries again later after a %s end', async (outcome) => {
    const adapter = fakeAdapter({ creates: [failure(outcome)] });
    const { run, status } = frame(adapter);
    expect(await run()).toEqual({ verdict: 'retry', failure: failure(outcome) });
    expect(await status()).toMatchObject({ state: 'waiting', lastError: { class: outcome } });
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
    expect(await status()).toMatchObject({ attempts: 2 });
  });

  it('creates nothing while the lookup fails', async () => {
    const adapter = fakeAdapter({ lookups: [failure('transient')] });
    expect(await frame(adapter).run()).toMatchObject({ verdict: 'retry' });
    expect(adapter.calls).toEqual(['lookup']);
  });

  it('renews the credentials once, then goes on', async () => {
    const adapter = fakeAdapter({ lookups: [failure('auth'), ABSENT] });
    const { run, journal, store } = frame(adapter);
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
    expect(adapter.calls).toEqual(['lookup', 'renew', 'lookup', 'create']);
    expect(await journal()).toEqual(['1 lookup auth', '1 token renewed', '1 lookup absent', '1 create posted']);
    expect(await store.adapterState('netsuite')).toMatchObject({ state: 'ok' });
  });

  it('puts the adapter into the state auth when new credentials are refused too, and takes it out again', async () => {
    const adapter = fakeAdapter({ lookups: [failure('auth'), failure('auth')] });
    const { run, status, store } = frame(adapter);
    expect(await run()).toEqual({ verdict: 'retry', failure: failure('auth') });
    expect(adapter.calls).toEqual(['lookup', 'renew', 'lookup']);
    expect(await status()).toMatchObject({ state: 'waiting', lastError: { class: 'auth' } });
    expect(await store.adapterState('netsuite')).toEqual({
      adapter: 'netsuite',
      state: 'auth',
      since: START,
      message: 'it was auth',
    });
    await run();
    expect(await store.adapterState('netsuite')).toMatchObject({ state: 'ok' });
  });

  it('parks what the ERP has closed the period for', async () => {
    const { run, status } = frame(fakeAdapter({ creates: [failure('closed-period')] }));
    expect(await run()).toEqual({ verdict: 'done', state: 'parked', repeat: false });
    expect(await status()).toMatchObject({ state: 'parked', lastError: { class: 'closed-period' } });
  });

  it('gives up what was rejected', async () => {
    const { run, status } = frame(fakeAdapter({ creates: [failure('rejected')] }));
    expect(await run()).toEqual({ verdict: 'dead', failure: failure('rejected') });
    expect(await status()).toMatchObject({ state: 'failed', lastError: { class: 'rejected' } });
  });

  it('sends only what was approved', async () => {
    const adapter = fakeAdapter({});
    const { run, payloads } = frame(adapter);
    payloads.put(job.payloadKey, '{"amount":1}');
    expect(await run()).toMatchObject({ verdict: 'dead', failure: { code: 'PAYLOAD_CHANGED' } });
    expect(adapter.calls).toEqual([]);
  });

  it('leaves a delivery to the worker that holds it, until that one is dead', async () => {
    const adapter = fakeAdapter({});
    const { run, store, clock } = frame(adapter);
    await store.begin(job, START, LATER);
    expect(await run()).toEqual({ verdict: 'busy', until: LATER });
    expect(adapter.calls).toEqual([]);
    clock.set(LATER);
    expect(await run()).toMatchObject({ verdict: 'done', state: 'posted' });
  });

  it('sees that another process was refused meanwhile, and clears it at the next success', async () => {
    const { store, clock } = frame(fakeAdapter({}));
    const [here, there] = [adapterHealth(store, clock), adapterHealth(store, clock)];
    await here.works('netsuite');
    await there.refused('netsuite', '401');
    clock.advance(61_000);
    await here.works('netsuite');
    expect(await store.adapterState('netsuite')).toMatchObject({ state: 'ok' });
    await there.refused('netsuite', '401 again');
    expect(await store.adapterState('netsuite')).toMatchObject({ state: 'auth', message: '401 again' });
  });

  it('takes a refusal of the record for a sign that the credentials are good', async () => {
    const { run, store } = frame(fakeAdapter({ creates: [failure('rejected')] }));
    await store.setAdapterState({ adapter: 'netsuite', state: 'auth', since: START, message: '401' });
    await run();
    expect(await store.adapterState('netsuite')).toMatchObject({ state: 'ok' });
  });
});
