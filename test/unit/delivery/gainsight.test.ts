import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { adapterHealth } from '../../../lambdas/delivery/adapter-health.ts';
import { deliver } from '../../../lambdas/delivery/deliver.ts';
import { readEnvelope } from '../../../lambdas/delivery/gainsight/errors.ts';
import { gainsightClient } from '../../../lambdas/delivery/gainsight/gainsight-client.ts';
import { gainsightJobOf, raisedSignalOf } from '../../../lambdas/delivery/gainsight/gainsight-job.ts';
import { vendorHttp } from '../../../lambdas/delivery/vendor-http.ts';
import { systemClock } from '../../../lambdas/platform/clock.ts';
import { type GainsightSandbox, startGainsightSandbox } from '../../../local/sandboxes/gainsight/server.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { memoryPayloads } from '../../twins/memory-payloads.ts';
import { exampleMapping } from './documents.ts';

const NOW = '2026-11-01T00:00:00.000Z';
const signal = {
  format: 1,
  signalId: 'sig-0123',
  signal: 'usage-drop',
  account: 'acct-05',
  accountName: 'Quill & Finch',
  companyId: '1P02A',
  ownerEmail: 'csm@larkspur.example',
  changePercent: '-72',
  priority: 'High',
  text: 'API calls dropped.',
};
const body = JSON.stringify({
  id: 'event-1',
  time: '2026-10-31T12:00:00Z',
  'detail-type': 'signal.raised',
  detail: { id: signal.signalId, signal, correlationId: 'settle-1' },
});
const mapping: CatalogEntry = {
  kind: 'mapping',
  id: 'gainsight-cta',
  version: 1,
  effectiveFrom: '2024-01-01T00:00:00.000Z',
  hash: 'h',
  publishedAt: NOW,
  proposedBy: 'a',
  publishedBy: 'b',
  body: exampleMapping('gainsight-cta'),
};

let sandbox: GainsightSandbox;
beforeEach(async () => {
  const tenant = { companies: ['1P02A'], users: ['csm@larkspur.example'] };
  sandbox = await startGainsightSandbox({ port: 0, accessKey: 'key-1', ...tenant });
});
afterEach(() => sandbox.stop());

const clientOf = (accessKey = 'key-1') =>
  gainsightClient({
    credentials: { get: async () => ({ baseUrl: sandbox.url, secret: { accessKey } }), forget: () => undefined },
    http: vendorHttp({ clock: systemClock }),
  });

const frameOf = (client = clientOf()) => {
  const [store, payloads] = [memoryDeliveryStore(), memoryPayloads()];
  const ports = { store, payloads, client, clock: systemClock, health: adapterHealth(store, systemClock) };
  const run = async () => {
    const job = await gainsightJobOf(memoryCatalog([mapping]), payloads, raisedSignalOf(body), NOW);
    return deliver(ports, job, '2999-01-01T00:00:00.000Z');
  };
  return { run, store };
};

describe('a signal on its way to Gainsight', () => {
  it('becomes one call to action, however often it comes', async () => {
    const { run } = frameOf();
    expect(await run()).toMatchObject({ verdict: 'done', repeat: false });
    expect(await run()).toMatchObject({ verdict: 'done', repeat: true });
    // Another deployment of ours, which knows nothing of the first delivery, looks before it creates.
    expect(await frameOf().run()).toMatchObject({ verdict: 'done', repeat: false });
    expect(sandbox.ctas()).toMatchObject([
      {
        referenceId: 'sig-0123',
        name: 'Usage drop -72%: Quill & Finch',
        companyId: '1P02A',
        ownerEmail: 'csm@larkspur.example',
        type: 'Risk',
        reason: 'Product Usage',
        priority: 'High',
        comments: 'API calls dropped.',
      },
    ]);
    expect(sandbox.requests().every(({ correlationId }) => correlationId === 'settle-1')).toBe(true);
  });

  it.each([
    ['500 after the effect', { kind: 'status', effect: 'after' }],
    ['a connection cut after the effect', { kind: 'drop', effect: 'after' }],
  ] as const)('is adopted after %s', async (_, rule) => {
    const { run, store } = frameOf();
    sandbox.misbehave(rule);
    expect(await run()).toMatchObject({ verdict: 'done' });
    expect(await store.status('gainsight', 'sig-0123')).toMatchObject({ state: 'posted', attempts: 1 });
    expect(sandbox.ctas()).toHaveLength(1);
  });

  it.each([
    ['throttled', { kind: 'throttle' }, 'throttled'],
    ['refused by a 200 that says result: false', { kind: 'status', status: 200 }, 'rejected'],
  ] as const)('is %s', async (_, rule, outcome) => {
    const { run } = frameOf();
    sandbox.misbehave(rule);
    expect(await run()).toMatchObject({ failure: { outcome } });
    expect(sandbox.ctas()).toEqual([]);
  });

  it('waits while the access key is wrong', async () => {
    const { run, store } = frameOf(clientOf('key-2'));
    expect(await run()).toMatchObject({ verdict: 'retry', failure: { outcome: 'auth', code: 'GU_1401' } });
    expect(await store.adapterState('gainsight')).toMatchObject({ state: 'auth' });
  });

  it('needs an event and a mapping', async () => {
    expect(() => raisedSignalOf('{')).toThrow(/not JSON/);
    expect(() => raisedSignalOf('{"detail":{}}')).toThrow(/no signalId/);
    const job = gainsightJobOf(memoryCatalog(), memoryPayloads(), raisedSignalOf(body), NOW);
    await expect(job).rejects.toThrow(/no mapping gainsight-cta is published/);
  });
});

describe('Gainsight’s envelope', () => {
  const answer = (status: number, content: unknown) => ({
    answered: true as const,
    status,
    headers: new Headers(),
    body: typeof content === 'string' ? content : JSON.stringify(content),
  });
  it.each([
    [200, { result: true, data: { errors: null } }, undefined],
    [200, { result: true, data: { errors: [{ field: 'Name' }] } }, 'rejected'],
    [200, { result: false, errorCode: 'GSOBJ_1002', errorDesc: 'no' }, 'rejected'],
    [200, { result: false, errorCode: 'GU_2400', errorDesc: 'Too many request' }, 'throttled'],
    [200, '<html>', 'ambiguous'],
    [400, { result: false, errorCode: 'GSOBJ_1001' }, 'rejected'],
    [401, { result: false }, 'auth'],
    [429, { result: false, errorCode: 'GU_2400' }, 'throttled'],
    [500, { result: false, errorCode: 'GU_1101' }, 'ambiguous'],
    [502, '<html>', 'ambiguous'],
  ])('%i %o is %s', (status, content, outcome) => {
    const result = readEnvelope(answer(status, content), 'write');
    expect('outcome' in result ? result.outcome : undefined).toBe(outcome);
  });
});
