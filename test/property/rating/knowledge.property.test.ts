import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BilledDocument, planDocuments, slimDocument } from '../../../lambdas/close/plan-documents.ts';
import { billingPeriodOf } from '../../../lambdas/platform/billing-calendar.ts';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { addDays, intervalOf, localDate } from '../../../lambdas/platform/period.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatableUsage, RateInput } from '../../../lambdas/rating/types.ts';
import { caseOf } from '../../rating/generate/case.ts';
import { drawn, ratable } from '../../rating/generate/cases.ts';
import type { Draw } from '../../rating/generate/draw.ts';
import { runs } from '../../rating/generate/runs.ts';
import { Rational, total } from '../../rating/oracle/rational.ts';

const RUNS = runs(250);
const ACCOUNT = 'account';
/** Who pays: the account itself, or a parent whose contract covers children. */
const PAYERS = [ACCOUNT, 'parent'];

/** What of a row is known at some time: some of its windows and transactions, another quantity. */
const known = (draw: Draw, row: RatableUsage): RatableUsage[] => {
  if (draw.onceIn(4)) return [];
  if (row.changes !== undefined || row.daily !== undefined) return [row];
  const windows = row.windows?.filter(() => draw.onceIn(2));
  const transactions = row.transactions?.filter(() => draw.onceIn(2));
  return [
    {
      ...row,
      quantity: draw.decimal(40),
      ...(windows === undefined ? {} : { windows }),
      ...(transactions === undefined ? {} : { transactions }),
    },
  ];
};

/** A contract's period, and what was known of its usage before the truth: late, cancelled, wrong. */
const histories = drawn((draw) => {
  const input = ratable(caseOf(draw, undefined, false)[0]);
  const early = draw.list(0, 4, () => ({
    usage: input.usage.flatMap((row) => known(draw, row)),
    interim: draw.onceIn(3),
    void: draw.onceIn(5),
  }));
  return { input, early, carryBelow: draw.pick(['0', '2', '30']) };
});

const plan = (input: RateInput, billed: readonly BilledDocument[], run: number, carryBelow: string) =>
  planDocuments({
    closeId: `close-${run}`,
    dates: input.period,
    lines: rate(input).lines.map((rated) => ({ rated, entity: 'entity' })),
    decided: new Set(PAYERS),
    billed,
    payers: new Map(PAYERS.map((account) => [account, { account, name: account, customerId: account }])),
    billers: new Map([['entity', { entity: 'entity', subsidiaryId: 'entity' }]]),
    zoneOf: () => input.period.zone,
    policyOf: () => ({ carryBelow: parseDecimal(carryBelow) }),
  });

const sums = (lines: readonly { readonly id: string; readonly amount: string }[]): Record<string, string> => {
  const byId = new Map<string, Rational>();
  for (const { id, amount } of lines) byId.set(id, (byId.get(id) ?? Rational.of('0')).plus(Rational.of(amount)));
  return Object.fromEntries([...byId].filter(([, sum]) => !sum.isZero()).map(([id, sum]) => [id, sum.toString()]));
};

describe('P3, P4 and P10: what is billed', () => {
  it('is with what is carried, line for line, the price of the final usage, whatever was known, billed within, corrected or voided', () => {
    fc.assert(
      fc.property(histories, ({ input, early, carryBelow }) => {
        const { interim: _interim, ...final } = {
          ...input,
          policy: { ...input.policy, roundingStage: 'line' as const },
        };
        const billed: BilledDocument[] = [];
        const bill = (then: RateInput, isVoid: boolean, run: number) => {
          const { documents, carried } = plan(then, billed, run, carryBelow);
          billed.push(...documents.map((document) => ({ document: slimDocument(document), void: isVoid })));
          return carried.flatMap(({ lines }) => lines).map(({ lineId, amount }) => ({ id: lineId, amount }));
        };
        early.forEach((at, n) => {
          bill({ ...final, usage: at.usage, ...(at.interim ? { interim: true } : {}) }, at.void, n);
        });
        const carried = bill(final, false, early.length);
        const standing = billed.filter((each) => !each.void).map(({ document }) => document);
        const billedLines = standing.flatMap(({ lines }) =>
          lines.map(({ lineId, amount }) => ({ id: lineId, amount })),
        );
        const { lines } = rate(final);
        expect(sums([...billedLines, ...carried])).toEqual(sums(lines));
        const documents = total(standing.map((document) => Rational.of(document.total)));
        expect(documents).toEqual(total(billedLines.map(({ amount }) => Rational.of(amount))));
        expect(new Set(billed.map(({ document }) => document.documentId)).size).toBe(billed.length);
        expect(plan(final, billed, early.length + 1, carryBelow).documents).toEqual([]);
      }),
      RUNS,
    );
  });
});

const ZONES = ['Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Kolkata'];

describe('P9: an event', () => {
  it('is in exactly one period of its contract, in the zone of the contract, across DST changes and short months', () => {
    const event = fc.record({
      at: fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2029-01-01') }),
      zone: fc.constantFrom(...ZONES),
      anchorDay: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 28, max: 31 })),
      cadence: fc.constantFrom('monthly' as const, 'quarterly' as const, 'annual' as const),
    });
    fc.assert(
      fc.property(event, ({ at, ...terms }) => {
        const time = new Date(at).toISOString();
        const contract = { ...terms, start: '2026-01-31' };
        const period = billingPeriodOf(contract, localDate(time, terms.zone));
        const around = [
          billingPeriodOf(contract, addDays(period.start, -1)),
          period,
          billingPeriodOf(contract, period.end),
        ].map(intervalOf);
        expect(around.filter(({ from, to }) => from <= time && time < to)).toEqual([intervalOf(period)]);
      }),
      runs(500),
    );
  });
});
