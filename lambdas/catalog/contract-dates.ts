import { type BillingTerms, billingPeriodOf } from '../platform/billing-calendar.ts';
import { startOfDay } from '../platform/period.ts';
import type { Flaw } from './shape.ts';
import { isSlotEdge } from './slot-edges.ts';
import type { Contract, ContractItem } from './types.ts';

/** How many periods are looked at: a contract year. A zone's rules repeat from year to year. */
const PERIODS_AHEAD = 12;
/** Of many edges in one wrong zone, so many are named. */
const MOST_EDGES = 3;

/**
 * What is wrong with the dates and the zone of a contract: an unknown zone, dates out of order, a ramp that does not begin
 * with a period, an edge that lies inside a slot. Paths start at the contract.
 */
export const contractDateFlaws = (contract: Contract): Flaw[] => {
  try {
    startOfDay(contract.start, contract.zone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: '/zone', message: `"${contract.zone}" is not an IANA time zone like Europe/Berlin` }];
  }
  const { start, end, trialUntil } = contract;
  const flaws: Flaw[] = [];
  if (end !== undefined && end <= start) flaws.push({ path: '/end', message: `must be after the start, ${start}` });
  if (trialUntil !== undefined && trialUntil <= start) {
    flaws.push({ path: '/trialUntil', message: `must be after the start, ${start}` });
  }
  if (trialUntil !== undefined && end !== undefined && trialUntil >= end) {
    flaws.push({ path: '/trialUntil', message: `must be before the end, ${end}: else nothing is ever charged` });
  }
  return [
    ...flaws,
    ...contract.items.flatMap((item, n) => rampFlaws(item, contract, `/items/${n}/ramp`)),
    ...slotFlaws(contract),
  ];
};

const rampFlaws = ({ ramp }: ContractItem, contract: Contract, path: string): Flaw[] =>
  (ramp ?? []).flatMap(({ from }, n, all): Flaw[] => {
    const at = `${path}/${n}/from`;
    const before = all[n - 1]?.from;
    if (before !== undefined && from <= before) {
      return [{ path: at, message: `must be after ${before}: a ramp is in the order of its dates` }];
    }
    if (contract.end !== undefined && from >= contract.end) {
      return [{ path: at, message: `is never reached: the contract ends before ${contract.end}` }];
    }
    const period = billingPeriodOf(contract, from);
    const first = billingPeriodOf(contract, contract.start).start;
    if (from < first) return [{ path: at, message: `is before the first period, which begins on ${first}` }];
    if (period.start === from) return [];
    return [{ path: at, message: `lies inside a period: periods begin on ${period.start} and ${period.end}` }];
  });

const slotFlaws = (contract: Contract): Flaw[] => {
  const named = (['start', 'end', 'trialUntil'] as const).flatMap((name) => {
    const date = contract[name];
    return date === undefined ? [] : [{ path: `/${name}`, date }];
  });
  return [...named, ...periodEdges(contract).map((date) => ({ path: '/zone', date }))]
    .map(({ path, date }) => ({ path, date, at: startOfDay(date, contract.zone) }))
    .filter(({ at }) => !isSlotEdge(at))
    .slice(0, MOST_EDGES)
    .map(({ path, date, at }) => ({
      path,
      message: `${date} begins at ${at} in ${contract.zone}, inside a 15-minute slot: choose another zone or date`,
    }));
};

const periodEdges = (terms: BillingTerms): string[] => {
  const edges: string[] = [];
  let date = terms.start;
  for (let n = 0; n < PERIODS_AHEAD; n += 1) {
    const { start, end } = billingPeriodOf(terms, date);
    edges.push(start);
    date = end;
  }
  return edges;
};
