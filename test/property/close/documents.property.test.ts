import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BillableLine, BilledDocument } from '../../../lambdas/close/differences.ts';
import type { Holds } from '../../../lambdas/close/holds.ts';
import { planDocuments, slimDocument } from '../../../lambdas/close/plan-documents.ts';
import {
  add,
  formatDecimal,
  formatFixed,
  fromMinorUnits,
  parseDecimal,
  sum,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import type { RatedLine } from '../../../lambdas/rating/types.ts';

const DATES = { start: '2026-10-01', end: '2026-11-01' };
const ACCOUNTS = ['a1', 'a2', 'a3', 'a4'];
const PAYER: Readonly<Record<string, string>> = { a1: 'a1', a2: 'a1', a3: 'a3', a4: 'a4' };
const ENTITY: Readonly<Record<string, string>> = { a1: 'inc', a2: 'inc', a3: 'gmbh', a4: 'inc' };

const line = (account: string, item: string, cents: number): BillableLine => {
  const amount = formatFixed(fromMinorUnits(BigInt(cents), 2), 2);
  const rated: RatedLine = {
    format: 1,
    id: `ln-${account}-${item}`,
    account,
    payer: PAYER[account] ?? account,
    contract: `contract-${account}`,
    item,
    product: item,
    description: item,
    dimensions: {},
    period: { ...DATES, zone: 'Etc/UTC' },
    quantity: String(Math.abs(cents)),
    unit: 'call',
    currency: 'USD',
    amount,
    arithmetic: { step: 'line', text: '', result: amount, unit: 'USD', children: [] },
    pins: { usageHash: '', contractVersion: 1, priceBook: 'l', priceBookVersion: 1, policy: 'standard', engine: '1' },
    inputsHash: '',
  };
  return { rated, entity: ENTITY[account] ?? 'inc' };
};

/** What rating gives at one time: an amount in cents per account and item; an absent item is not rated at all. */
const rating = fc.dictionary(
  fc.constantFrom(...ACCOUNTS.flatMap((account) => ['fee', 'calls'].map((item) => `${account}/${item}`))),
  fc.integer({ min: -2000, max: 5000 }),
);
/** A close: what is rated, who is held, and what becomes of its documents. */
const close = fc.record({
  rating,
  held: fc.uniqueArray(fc.constantFrom(...ACCOUNTS), { maxLength: 2 }),
  approved: fc.boolean(),
  voided: fc.boolean(),
});

const linesOf = (amounts: Readonly<Record<string, number>>): BillableLine[] =>
  Object.entries(amounts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, cents]) => line(key.split('/')[0] ?? '', key.split('/')[1] ?? '', cents));

const plan = (
  lines: readonly BillableLine[],
  held: readonly string[],
  billed: readonly BilledDocument[],
  run: number,
  isHeld?: Holds['isHeld'],
) =>
  planDocuments({
    ...(isHeld === undefined ? {} : { isHeld }),
    closeId: `close-20261001-20261101-${run}`,
    dates: DATES,
    lines,
    decided: new Set(ACCOUNTS.filter((account) => !held.includes(account))),
    billed,
    payers: new Map(ACCOUNTS.map((account) => [account, { account, name: account, customerId: account }])),
    billers: new Map(['inc', 'gmbh'].map((entity) => [entity, { entity, subsidiaryId: entity }])),
    zoneOf: () => 'Etc/UTC',
  }).documents;

const total = (amounts: Iterable<string>): string => formatDecimal(sum([...amounts].map(parseDecimal)));

describe('documents are differences', () => {
  it('every document is the sum of its lines, each line of its revenue; it is not zero, and its kind is its sign', () => {
    fc.assert(
      fc.property(fc.array(close, { maxLength: 5 }), (closes) => {
        const billed: BilledDocument[] = [];
        for (const [n, each] of closes.entries()) {
          for (const document of plan(linesOf(each.rating), each.held, billed, n + 1)) {
            expect(total(document.lines.map(({ amount }) => amount))).toBe(formatDecimal(parseDecimal(document.total)));
            for (const { amount, revenue = [] } of document.lines) {
              expect(total(revenue.map((part) => part.amount))).toBe(formatDecimal(parseDecimal(amount)));
            }
            expect(parseDecimal(document.total)).not.toEqual(ZERO);
            expect(document.kind === 'credit-memo').toBe(document.total.startsWith('-'));
            if (each.approved) billed.push({ document: slimDocument(document), void: each.voided });
          }
        }
      }),
    );
  });

  it('billed + corrections = what is rated at last, to the cent, whatever was held, returned or voided before', () => {
    fc.assert(
      fc.property(fc.array(close, { maxLength: 5 }), rating, (closes, final) => {
        const billed: BilledDocument[] = [];
        const run = (
          amounts: Readonly<Record<string, number>>,
          held: readonly string[],
          isVoid: boolean,
          n: number,
        ) => {
          for (const document of plan(linesOf(amounts), held, billed, n)) {
            billed.push({ document: slimDocument(document), void: isVoid });
          }
        };
        for (const [n, each] of closes.entries()) if (each.approved) run(each.rating, each.held, each.voided, n + 1);
        run(final, [], false, closes.length + 1);
        const standing = billed.filter((each) => !each.void).map(({ document }) => document);
        for (const payer of new Set(Object.values(PAYER))) {
          const isBilled = total(standing.filter((each) => each.account === payer).map((each) => each.total));
          const isRated = total(
            linesOf(final)
              .filter(({ rated }) => rated.payer === payer)
              .map(({ rated }) => rated.amount),
          );
          expect(isBilled).toBe(isRated);
        }
      }),
    );
  });

  it('a second plan of the same makes no document', () => {
    fc.assert(
      fc.property(rating, (amounts) => {
        const first = plan(linesOf(amounts), [], [], 1).map((each) => ({ document: slimDocument(each), void: false }));
        expect(plan(linesOf(amounts), [], first, 2)).toEqual([]);
      }),
    );
  });

  it('no external id is used twice by documents that were approved', () => {
    fc.assert(
      fc.property(fc.array(close, { maxLength: 6 }), (closes) => {
        const billed: BilledDocument[] = [];
        for (const [n, each] of closes.entries()) {
          const documents = plan(linesOf(each.rating), each.held, billed, n + 1);
          if (!each.approved) continue;
          billed.push(...documents.map((document) => ({ document: slimDocument(document), void: each.voided })));
        }
        const ids = billed.map(({ document }) => document.documentId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it('what is held stays as it is billed', () => {
    fc.assert(
      fc.property(rating, rating, fc.constantFrom(...ACCOUNTS), (before, after, held) => {
        const billed = plan(linesOf(before), [], [], 1).map((each) => ({ document: slimDocument(each), void: false }));
        const touched = plan(linesOf(after), [held], billed, 2).flatMap((each) => slimDocument(each).lines);
        expect(touched.map(({ account }) => account)).not.toContain(held);
      }),
    );
  });

  it('what is held of an account stays as it is billed', () => {
    fc.assert(
      fc.property(rating, rating, fc.constantFrom(...ACCOUNTS), (before, after, held) => {
        const billed = plan(linesOf(before), [], [], 1).map((each) => ({ document: slimDocument(each), void: false }));
        const isHeld: Holds['isHeld'] = ({ account, lineId }) => account === held && lineId.endsWith('calls');
        const documents = plan(linesOf(after), [], billed, 2, isHeld);
        const touched = documents.flatMap((each) => slimDocument(each).lines);
        expect(touched.filter(({ account, lineId }) => isHeld({ account, lineId }))).toEqual([]);
      }),
    );
  });

  it('adds quantities as it adds amounts', () => {
    const first = plan([line('a1', 'calls', 500)], [], [], 1).map((each) => ({
      document: slimDocument(each),
      void: false,
    }));
    const [second] = plan([line('a1', 'calls', 700)], [], first, 2);
    const quantities = [...(first[0]?.document.lines ?? []), ...(second?.lines ?? [])].map(({ quantity }) => quantity);
    expect(formatDecimal(quantities.map(parseDecimal).reduce(add, ZERO))).toBe('700');
  });
});
