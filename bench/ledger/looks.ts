import type { Account, CatalogEntry, Limit } from '../../lambdas/catalog/types.ts';
import { ingestPorts } from '../../lambdas/usage/ingest/ingest-wiring.ts';
import { SLOT_MILLIS } from '../../lambdas/usage/ledger/slot.ts';
import type { CanonicalUsage } from '../../lambdas/usage/types.ts';
import { usageOf } from './chains.ts';
import { chance } from './chance.ts';
import { type Counted, plus, since, times, total } from './counted-aws/usage.ts';
import { API_CALL } from './events.ts';
import { FUNCTIONS } from './functions.ts';
import { looksInMonth } from './looks-in-month.ts';
import { CALLS_PER_EVENT } from './reference-catalog.ts';
import { isSwept, LARGEST, NO_CALL } from './settling.ts';
import { BEGIN, type World } from './world.ts';

/**
 * What looks at limits cost in a month. They are too rare for a sample of minutes: so the largest accounts, and some of the
 * others, are looked at once, in the middle of the month, and counted as often as the rule has it. A look reads a balance:
 * `medianReads` are the read units of the one in the middle.
 */
export const looksAtLimits = async (
  { usage, lambda, workload, share, catalog }: World,
  oneIn: number,
  lifeSeconds: number,
): Promise<{ readonly month: Counted; readonly medianReads: number }> => {
  const bodies = new Map(catalog.map((entry) => [`${entry.kind}#${entry.id}`, entry]));
  const random = chance(workload.seed + 3);
  const { thresholds } = ingestPorts();
  const start = new Date(BEGIN - SLOT_MILLIS).toISOString();
  const look = async (rank: number): Promise<{ readonly counted: Counted; readonly plan: string }> => {
    const made = usageOf(random, rank, share(rank), BEGIN - 1, start);
    const account = bodies.get(`account#${made.stamp?.account}`) as CatalogEntry<Account>;
    const { id, plan, salesRegion } = account.body;
    const call: CanonicalUsage = {
      ...made,
      event: { ...made.event, type: API_CALL, data: { count: 1, endpoint: 'read' } },
      stamp: { account: id, plan, salesRegion },
    };
    const before = usage.counted();
    const { result } = await lambda.call(FUNCTIONS.ingest, () =>
      usage.because('thresholds', () => thresholds([call], 'c-1')),
    );
    if (result.length > 0) throw new Error(result[0]?.reason);
    return { counted: plus(since(before, usage.counted()), NO_CALL), plan };
  };
  // The catalog is read by the first of all, and known to the others.
  await look(workload.accounts - 1);
  const months: Counted[] = [];
  const reads: number[] = [];
  for (let rank = 0; rank < workload.accounts - 1; rank += 1) {
    if (!isSwept(rank, oneIn, 0)) continue;
    const { counted, plan } = await look(rank);
    // The largest are looked at one by one; of the others this is the sample.
    if (rank >= LARGEST) reads.push(total(counted, 'dynamodb.read'));
    const limit = bodies.get(`limit#limit-${plan.slice('plan-'.length)}`) as CatalogEntry<Limit>;
    const eventsPerSecond = share(rank) * workload.eventsPerSecond;
    const looks = looksInMonth(limit.body, eventsPerSecond * CALLS_PER_EVENT, 1 / eventsPerSecond, lifeSeconds);
    months.push(times(counted, looks * (rank < LARGEST ? 1 : oneIn)));
  }
  const inOrder = reads.sort((a, b) => a - b);
  return { month: plus(...months), medianReads: inOrder[Math.floor(inOrder.length / 2)] ?? 0 };
};
