import { availableParallelism } from 'node:os';
import type { PriceStep } from '../lambdas/catalog/types.ts';
import { ONE, parseDecimal } from '../lambdas/platform/decimal.ts';
import { applySteps } from '../lambdas/rating/apply-steps.ts';
import { NOTHING, roundExact } from '../lambdas/rating/exact.ts';
import { rate, rateAmounts } from '../lambdas/rating/rate.ts';
import { graduation, priceTiers } from '../lambdas/rating/steps/price-tiers.ts';
import type { StepContext, Working } from '../lambdas/rating/steps/step.ts';
import { collect, contender, perSecond, spent } from './rating/measure.ts';
import { naiveContract, naiveGraduated, naivePrice, readOnce } from './rating/naive.ts';
import { fullInput, QUANTITIES, TIERS } from './rating/workload.ts';

/**
 * How fast prices are evaluated on one core, exactly, beside a naive twin with big.js in the same run
 * (bench/rating/naive.ts), each with and without the arithmetic in words:
 *   graduated, bare      from a number to the exact amount over 10 tiers; also beside a twin that keeps its numbers
 *   per unit, graduated  a line: from the decimal string of a quantity through the steps to the rounded amount
 *   contract             12 items: usage grouped, 14 lines and a minimum commitment; with the arithmetic also the ids
 *                        and content hashes of the lines, which the twin has not
 * Ours and the twin must agree on every amount, or the run fails. Then account-periods are re-rated in chunks and memory
 * is looked at after each.
 */
const TARGET_GRADUATED = 10;
const TARGET_CONTRACT = 5;
const AIM_GRADUATED = 1_000_000;
const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 5 : 15;
const CHUNKS = quick ? 5 : 20;
const PER_CHUNK = 2_000;

const first = fullInput(1);
const PERIOD = first.period;
const CONTEXT: StepContext = {
  currency: { code: 'USD', exponent: 2 },
  policy: first.policy,
  period: PERIOD,
  part: PERIOD,
  anchorDay: 1,
  firstDay: PERIOD.start,
  amended: false,
  count: ONE,
  interim: false,
  opening: {},
  poolTaken: {},
  dimensions: {},
  daily: [],
  rows: [],
  peaks: {},
};

const priced = (quantity: string, steps: readonly PriceStep[]): Working =>
  applySteps({ quantity: parseDecimal(quantity), unit: 'call', amount: NOTHING, nodes: [] }, steps, CONTEXT);
const rounded = ({ amount }: Working) => roundExact(amount, 2, 'half-up');
const explained = (quantity: string, steps: readonly PriceStep[]) => {
  const working = priced(quantity, steps);
  return [rounded(working), working.nodes.map((make) => make())];
};

const PER_UNIT: readonly PriceStep[] = [{ step: 'per-unit', unitPrice: '0.0015' }];
const GRADUATED: readonly PriceStep[] = [{ step: 'graduated', tiers: TIERS }];
const INPUTS = Array.from({ length: 256 }, (_, n) => fullInput(n + 1));

const checkAgreement = (): number => {
  for (const steps of [PER_UNIT, GRADUATED]) {
    for (const quantity of QUANTITIES) {
      const [ours, theirs] = [rounded(priced(quantity, steps)), naivePrice(quantity, steps).toFixed()];
      if (parseDecimal(theirs).units !== ours.units) throw new Error(`${quantity}: the twin says ${theirs}`);
    }
  }
  let lines = 0;
  for (const input of INPUTS) {
    const said = (all: readonly { readonly item: string; readonly amount: string }[]): string =>
      JSON.stringify(all.map(({ item, amount }) => [item, amount]));
    const [ours, theirs] = [said(rateAmounts(input).lines), said(naiveContract(input, false))];
    if (ours !== theirs) throw new Error(`${input.contract.id}:\n ours ${ours}\n twin ${theirs}`);
    if (ours !== said(rate(input).lines)) throw new Error(`${input.contract.id}: rate and rateAmounts differ`);
    lines += rateAmounts(input).lines.length;
  }
  return lines / INPUTS.length;
};

const figure = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
const times = (ours: number, twin: number): string => `${(ours / twin).toFixed(1)} ×`.padStart(9);

const linesEach = checkAgreement();
const tiers = graduation(TIERS);
const decimals = QUANTITIES.map(parseDecimal);
const bigs = QUANTITIES.map(readOnce);
const results = perSecond(
  [
    contender(decimals, (quantity) => priceTiers(quantity, tiers, first.policy)),
    contender(bigs, (quantity) => naiveGraduated(quantity, TIERS)),
    contender(decimals, (quantity) => priceTiers(quantity, tiers, first.policy)),
    contender(bigs, (quantity) => naiveGraduated(quantity, TIERS, readOnce)),
    contender(QUANTITIES, (quantity) => rounded(priced(quantity, PER_UNIT))),
    contender(QUANTITIES, (quantity) => naivePrice(quantity, PER_UNIT)),
    contender(QUANTITIES, (quantity) => explained(quantity, PER_UNIT)),
    contender(QUANTITIES, (quantity) => naivePrice(quantity, PER_UNIT, [], [])),
    contender(QUANTITIES, (quantity) => rounded(priced(quantity, GRADUATED))),
    contender(QUANTITIES, (quantity) => naivePrice(quantity, GRADUATED)),
    contender(QUANTITIES, (quantity) => explained(quantity, GRADUATED)),
    contender(QUANTITIES, (quantity) => naivePrice(quantity, GRADUATED, [], [])),
    contender(INPUTS, rateAmounts),
    contender(INPUTS, (input) => naiveContract(input, false)),
    contender(INPUTS, rate),
    contender(INPUTS, (input) => naiveContract(input, true)),
  ],
  ROUNDS,
);

const row = (name: string, n: number): string => {
  const [ours = 0, twin = 0] = [results[n], results[n + 1]];
  return `  ${name.padEnd(40)}${figure(ours)} ${figure(twin)} ${times(ours, twin)}`;
};
const verdict = (name: string, value: number, target: number, unit: string): string =>
  `  ${value >= target ? 'met   ' : 'MISSED'}  ${name}: ${value >= 1000 ? figure(value).trim() : value.toFixed(1)}${unit}, target ${target.toLocaleString('en-US')}${unit}`;
const ratioAt = (n: number): number => (results[n] ?? 0) / (results[n + 1] ?? 1);

process.stdout.write(`Node ${process.version}, ${availableParallelism()} cores, one used; processor time, medians of ${ROUNDS} rounds; ${QUANTITIES.length} quantities with 3 decimals; ${linesEach.toFixed(1)} lines per contract

  evaluations/s/core                              ours   naive twin     ratio
${row('graduated, 10 tiers, bare', 0)}
${row('  beside the twin that keeps its numbers', 2)}
${row('per unit', 4)}
${row('per unit, with its arithmetic', 6)}
${row('graduated, 10 tiers', 8)}
${row('graduated, with its arithmetic', 10)}
${row('contract of 12 items', 12)}
${row('contract, with arithmetic, ids, hashes', 14)}
`);

const heap: number[] = [];
let seconds = 0;
for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
  seconds += spent(() => {
    for (let n = 0; n < PER_CHUNK; n += 1) rateAmounts(fullInput(chunk * PER_CHUNK + n));
  });
  collect();
  heap.push(process.memoryUsage().heapUsed / 1e6);
}
const rerated = CHUNKS * PER_CHUNK;
const minutes = (seconds / rerated) * (1_000_000 / 60);
const growth = (heap.at(-1) ?? 0) - (heap[1] ?? 0);

process.stdout.write(`
  re-rating: ${rerated.toLocaleString('en-US')} account-periods of 12 items, usage made on the way, amounts only
    extrapolated to 1,000,000 account-periods: ${minutes.toFixed(1)} minutes of one core
    heap after each chunk of ${PER_CHUNK.toLocaleString('en-US')}, collected: ${Math.min(...heap).toFixed(1)} to ${Math.max(...heap).toFixed(1)} MB, from the second chunk to the last ${growth >= 0 ? '+' : ''}${growth.toFixed(2)} MB

${verdict('graduated price against the naive twin', ratioAt(0), TARGET_GRADUATED, ' ×')}
${verdict('full contract against the naive twin', ratioAt(12), TARGET_CONTRACT, ' ×')}
${verdict('graduated price per second and core (aim)', results[0] ?? 0, AIM_GRADUATED, '/s')}
  ${growth < 1 ? 'met   ' : 'MISSED'}  memory flat: grew by ${growth.toFixed(2)} MB, target below 1 MB
`);
