import { describe, expect, it } from 'vitest';
import type { ContractCredit } from '../../../lambdas/catalog/types.ts';
import { documentDeliveries } from '../../../lambdas/close/document-deliveries.ts';
import { paymentIdOf } from '../../../lambdas/close/names.ts';
import { resolveException } from '../../../lambdas/close/resolve-exception.ts';
import { reconciliationKeyOf } from '../../../lambdas/close/steps/reconcile.ts';
import { sha256Hex } from '../../../lambdas/platform/hash.ts';
import { entry } from './close-catalog.ts';
import { catalogOf, closeAll, contract, documentsOf, makeWorld, runMachine, start, type World } from './close-world.ts';

const INVOICE = 'mb-a1-20261001-invoice-1USD-0';
const PAYMENT = paymentIdOf(INVOICE, { contract: 'contract-a1', credit: 'prepaid' });

const MAPPING = entry('mapping', 'netsuite-payment', {
  id: 'netsuite-payment',
  adapter: 'netsuite',
  kind: 'payment',
  expression:
    '{"externalId": paymentId, "deposit": {"id": deposit}, "apply": {"items": [{"doc": {"externalId": documentId}, "amount": {"$decimal": amount}}]}}',
  tables: {},
});

const PREPAID: ContractCredit = {
  id: 'prepaid',
  description: 'Prepaid',
  kind: 'prepaid',
  amount: '80.00',
  priority: 1,
  from: '2026-10-01',
  erp: { depositId: '901' },
};

/** Account a1 has 80.00 USD of prepaid credit: a deposit in the ERP, unless said otherwise. Its fee is 50.00. */
const worldWith = (credit = PREPAID, mappings = [MAPPING]): World => {
  const others = catalogOf().filter(({ id }) => id !== 'contract-a1');
  return makeWorld([...others, ...mappings, contract('a1', { credits: [credit] })]);
};

/** What was sent for a1, in order. */
const sentFor = ({ sent }: World) =>
  sent.filter(({ deliveryId }) => deliveryId.startsWith('mb-a1')).map(({ deliveryId }) => deliveryId);

const paymentOf = async (world: World, closeId: string) => {
  const manifests = await world.store.manifests(closeId);
  const [payment] = manifests.flatMap(({ documents }) => documents.flatMap(({ payments = [] }) => payments));
  if (payment === undefined) throw new Error('nothing is paid');
  return payment;
};

/** Where documents and their deposits stand. */
const deliveriesOf = (world: World) => {
  const { catalog, clock, store } = world;
  const deliveries = {
    statuses: async (adapter: string, ids: readonly string[]) => [...(await world.erp.delivery.statuses(adapter, ids))],
    attempts: async () => [],
    giveUp: async (_adapter: string, id: string) => world.erp.giveUp(id),
  };
  return documentDeliveries({ catalog, clock, store, deliveries });
};

const decide = (world: World, exceptionId: string, decision: string) => {
  const { clock, store } = world;
  const { giveUp } = deliveriesOf(world);
  const ports = { clock, store, giveUp, countAll: world.countAll };
  return resolveException(ports, { exceptionId, decision, reason: 'looked at', by: 'olga' });
};

describe('a wallet that is a deposit in the ERP', () => {
  it('pays for the invoice once that is posted, as it was approved, and is reconciled', async () => {
    const world = worldWith();
    const { close } = await closeAll(world);
    expect(close).toMatchObject({ status: 'done', steps: { post: { state: 'done', done: 3, total: 3 } } });
    const payment = await paymentOf(world, close.closeId);
    expect(payment).toMatchObject({ amount: '50.00', mapping: 'netsuite-payment', mappingVersion: 1 });
    expect(payment.paymentId).toBe(PAYMENT);
    expect(PAYMENT).toMatch(/^mb-a1-20261001-invoice-1USD-0-pay-[0-9a-f]{10}$/);
    expect(sentFor(world)).toEqual([INVOICE, payment.paymentId]);
    const { payloadKey, payloadHash } = payment;
    expect(sha256Hex((await world.files.getText(payloadKey)) ?? '')).toBe(payloadHash);
    expect(await world.files.getText(payloadKey)).toBe(
      `{"apply":{"items":[{"amount":50.00,"doc":{"externalId":"${INVOICE}"}}]},"deposit":{"id":"901"},"externalId":"${payment.paymentId}"}`,
    );
    expect(world.sent.at(-1)).toMatchObject({
      record: 'depositApplication',
      expect: { currency: 'USD', total: '50.00', customerId: 'c-a1' },
    });
    const reconciled = JSON.parse((await world.files.getText(reconciliationKeyOf(close.closeId))) ?? '{}');
    const [invoice] = await documentsOf(world, close.closeId);
    if (invoice === undefined) throw new Error('nothing was billed');
    expect(await deliveriesOf(world).payments(invoice)).toMatchObject([
      { paymentId: PAYMENT, deposit: '901', amount: '50.00', delivery: { state: 'posted', vendorId: `v-${PAYMENT}` } },
    ]);
    expect(await deliveriesOf(world).payments({ ...invoice, payments: [] })).toEqual([]);
    expect(reconciled).toMatchObject({
      breaks: 0,
      payments: [{ documentId: payment.paymentId, ours: '50.00', theirs: '50.00', equal: true }],
      currencies: [{ currency: 'EUR' }, { currency: 'USD', ours: '100.00', theirs: '100.00' }],
    });
  });

  it('pays the difference of a correction, and gets back by hand what a credit memo leaves', async () => {
    const world = worldWith();
    await closeAll(world);
    world.usage.set('org-a1', '350');
    const second = await closeAll(world);
    expect((await paymentOf(world, second.close.closeId)).amount).toBe('25.00');
    world.usage.set('org-a1', '150');
    const third = await closeAll(world);
    const [memo] = await documentsOf(world, third.close.closeId);
    expect(memo).toMatchObject({ kind: 'credit-memo', payments: [{ amount: '-20.00', appliedBy: 'hand' }] });
    expect(third.manifests[0]?.documents[0]?.payments).toBeUndefined();
    expect(third.close.steps.freeze.notes).toEqual([
      `Prepaid credit to apply by hand in the ERP: ${memo?.documentId} -20.00 USD (Prepaid).`,
    ]);
  });

  it('is applied by hand where the contract names no deposit, and a note says so', async () => {
    const { erp: _, ...credit } = PREPAID;
    const bare = worldWith(credit);
    const { close } = await closeAll(bare);
    expect(close.status).toBe('done');
    expect(sentFor(bare)).toEqual([INVOICE]);
    expect(close.steps.freeze.notes).toEqual([
      `Prepaid credit to apply by hand in the ERP: ${INVOICE} 50.00 USD (Prepaid).`,
    ]);
  });

  it('holds the payer where no mapping says how a deposit is applied', async () => {
    const world = worldWith(PREPAID, []);
    const { close } = await closeAll(world);
    expect(await world.store.exceptions(close)).toMatchObject([
      {
        kind: 'missing-mapping',
        account: 'a1',
        message:
          'There is no mapping for deposits that pay for documents: publish one of the kind payment, decide "fixed" and close again.',
      },
    ]);
    expect(sentFor(world)).toEqual([]);
  });

  it('that the ERP refuses stops the close with an exception of its own; started again only the deposit is sent', async () => {
    const world = worldWith();
    world.erp.told.refuse.add(PAYMENT);
    const { close } = await closeAll(world);
    expect(close).toMatchObject({ status: 'failed', failure: { code: 'POSTING_STUCK' }, steps: { post: { done: 3 } } });
    const [exception] = await world.store.exceptions(close);
    expect(exception).toMatchObject({
      kind: 'posting-failed',
      account: 'a1',
      evidence: { documentId: PAYMENT },
      amountAtStake: { currency: 'USD', amount: '50.00' },
    });
    expect(exception?.message).toContain(
      `The deposit that pays for ${INVOICE} (${PAYMENT}) of Customer a1 is not posted`,
    );
    world.erp.told.refuse.clear();
    const before = world.sent.length;
    await start(world);
    expect((await runMachine(world, close.closeId)).state).toBe('done');
    expect(world.sent.slice(before).map(({ deliveryId }) => deliveryId)).toEqual([PAYMENT]);
    expect((await world.store.exceptions(close)).map(({ state }) => state)).toEqual(['resolved']);
  });

  it('that is given up ends its close and is never sent; the invoice stays billed', async () => {
    const world = worldWith();
    world.erp.told.refuse.add(PAYMENT);
    const { close } = await closeAll(world);
    const [exception] = await world.store.exceptions(close);
    await decide(world, exception?.exceptionId ?? '', 'void');
    world.erp.told.refuse.clear();
    await start(world);
    expect((await runMachine(world, close.closeId)).state).toBe('done');
    expect(world.erp.books.has(PAYMENT)).toBe(false);
    expect((await closeAll(world)).manifests).toEqual([]);
  });

  it('waits for its invoice: it is never applied to one that was refused, and pays for the one that is billed anew', async () => {
    const world = worldWith();
    world.erp.told.refuse.add(INVOICE);
    const { close } = await closeAll(world);
    expect(sentFor(world)).toEqual([INVOICE]);
    const open = await world.store.exceptions(close);
    expect(open.map(({ evidence }) => evidence.documentId)).toEqual([INVOICE]);
    await decide(world, open[0]?.exceptionId ?? '', 'void');
    await start(world);
    expect((await runMachine(world, close.closeId)).state).toBe('done');
    const second = await closeAll(world);
    expect(second.close.status).toBe('done');
    expect(sentFor(world).slice(1)).toEqual([
      'mb-a1-20261001-invoice-1USD-1',
      (await paymentOf(world, second.close.closeId)).paymentId,
    ]);
  });

  it('is an exception where the ERP applied something else', async () => {
    const world = worldWith();
    world.erp.told.wrong.set(PAYMENT, '49.99');
    const { close } = await closeAll(world);
    expect(close.steps.reconcile.notes).toEqual([
      "0 documents and 1 deposits applied to them differ between our books and the ERP's.",
    ]);
    expect(await world.store.exceptions(close)).toMatchObject([
      { kind: 'reconciliation-break', evidence: { documentId: PAYMENT, ours: '50.00', theirs: '49.99' } },
    ]);
  });
});
