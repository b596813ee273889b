import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAdjustment } from '../../../lambdas/close/adjust.ts';
import { carriedKeyOf } from '../../../lambdas/close/open-differences.ts';
import { startClose } from '../../../lambdas/close/start-close.ts';
import { add, type Decimal, formatDecimal, parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { catalogOf } from '../../unit/close/close-catalog.ts';
import {
  approveAll,
  contract,
  DATES,
  documentsOf,
  goOn,
  makeWorld,
  resolve,
  runMachine,
  type World,
} from '../../unit/close/close-world.ts';

/** What happens between two closes, and what becomes of the second: not each of them is approved. */
const step = fc.record({
  calls: fc.integer({ min: 0, max: 900 }),
  goodwill: fc.option(fc.integer({ min: -2000, max: 500 }), { nil: undefined }),
  excludes: fc.boolean(),
  approved: fc.boolean(),
});
const story = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 4 }), carryBelow: fc.constantFrom(0, 300) });

/** A fee, and calls with 100 free ones, tiers and a commitment of 40.00: no amount is a multiple of usage. */
const world = (carryBelow: number): World => {
  const calls = [
    { step: 'allowance' as const, quantity: '100' },
    {
      step: 'graduated' as const,
      tiers: [
        { upTo: '200', unitPrice: '0.1' },
        { upTo: null, unitPrice: '0.05', flatFee: '3' },
      ],
    },
  ];
  const agreed = contract('a1', {
    items: [
      { id: 'fee', price: 'fee' },
      { id: 'calls', price: 'calls', steps: calls },
    ],
    minimumCommitment: { amount: '40', description: 'Commitment' },
  });
  const others = catalogOf().filter(({ kind, id }) => kind !== 'contract' && id !== 'org-a2');
  const made = makeWorld([...others, agreed]);
  made.corrections.carryBelowMinorUnits = carryBelow;
  return made;
};

const close = async (made: World, approved: boolean): Promise<string> => {
  const { closeId } = await startClose(made, { ...DATES, startedBy: 'pia' });
  if ((await runMachine(made, closeId)).state === 'needs you') {
    if (approved) await approveAll(made, closeId);
    else {
      for (const { manifestId, hash } of await made.store.manifests(closeId)) {
        const decision = { decision: 'return' as const, by: 'anton', at: made.clock.now(), reason: 'not yet' };
        const record = { actor: 'anton', action: 'manifest.return', target: manifestId, details: {} };
        await made.store.decideManifest(manifestId, hash, decision, record);
      }
    }
    await goOn(made, closeId);
  }
  // A month that differs much is looked at, and right.
  for (const { exceptionId, state } of await made.store.exceptions(DATES)) {
    if (state === 'open') await resolve(made, exceptionId);
  }
  made.clock.advance(3_600_000);
  return closeId;
};

const totalOf = (amounts: readonly string[]): Decimal => amounts.map(parseDecimal).reduce(add, ZERO);

describe('a period that is closed again and again', () => {
  it('has billed + carried = rating + adjustments at last, whatever was returned, given and left out before', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ steps, carryBelow }) => {
        const made = world(carryBelow);
        const closes: { readonly closeId: string; readonly approved: boolean }[] = [];
        const given: string[] = [];
        let excluded: string | undefined;
        let lineId: string | undefined;
        for (const { calls, goodwill, excludes, approved } of [...steps, { ...steps[0], approved: true }]) {
          made.usage.set('org-a1', String(calls ?? 0));
          if (lineId !== undefined && goodwill !== undefined && goodwill !== 0) {
            const amount = (goodwill / 100).toFixed(2);
            const said = { about: lineId, reason: 'outage', by: 'gina', key: `k${given.length}` };
            await makeAdjustment(made, { kind: 'goodwill', amount, ...said });
            given.push(amount);
          }
          if (lineId !== undefined && excludes === true && excluded === undefined) {
            await makeAdjustment(made, { kind: 'excluded-line', about: lineId, reason: 'dispute', by: 'gina' });
            excluded = lineId;
          }
          const closeId = await close(made, approved);
          closes.push({ closeId, approved });
          const lines = (await documentsOf(made, closeId)).flatMap((document) => document.lines);
          lineId ??= lines.find(({ product }) => product === 'api-calls')?.lineId;
        }
        const last = closes.at(-1)?.closeId ?? '';
        const progress = await made.store.account(last, 'a1');
        const file = JSON.parse((await made.files.getText(progress?.rated?.linesKey ?? '')) ?? '{"lines":[]}');
        const rated: { id: string; amount: string }[] = file.lines;
        const due = totalOf([...rated.filter(({ id }) => id !== excluded).map(({ amount }) => amount), ...given]);
        const approved = closes.filter((each) => each.approved);
        const billed: string[] = [];
        for (const { closeId } of approved)
          billed.push(...(await documentsOf(made, closeId)).map(({ total }) => total));
        const kept = JSON.parse((await made.files.getText(carriedKeyOf(last))) ?? '{"carried":[]}');
        const carried = kept.carried.flatMap((each: { lines: { amount: string }[] }) => each.lines);
        const open: string[] = carried.map((each: { amount: string }) => each.amount);
        expect(formatDecimal(add(totalOf(billed), totalOf(open)))).toBe(formatDecimal(due));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }, 60_000);
});
