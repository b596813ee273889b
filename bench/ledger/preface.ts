import { availableParallelism } from 'node:os';
import { CONTEST_FAULTS } from './contest.ts';
import { SHARDS } from './plan.ts';
import { PRODUCERS } from './producers.ts';
import { CRASH_EVERY_SECONDS } from './sample.ts';
import { FAULTS, MONTHS, REACH_DAYS } from './traffic.ts';

const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`;

/** What is measured and how, before the figures. */
export const preface = (
  quick: boolean,
): string => `What the usage ledger costs; Node ${process.version}, ${availableParallelism()} processors${quick ? '; quick, a small sample' : ''}

  growing  ${MONTHS.growing.eventsPerSecond} events a second, 100 million a month; ${SHARDS.growing} shard
  large    ${MONTHS.large.eventsPerSecond.toLocaleString('en-US')} events a second, 2.6 billion a month; ${SHARDS.large} shards
  both     2,000 accounts, sizes by Zipf ${FAULTS.zipf}; events of about 390 bytes from ${PRODUCERS} producers
           sent twice: ${percent(FAULTS.duplicates)}, three in four within 10 minutes, the others within ${REACH_DAYS} days
           late: ${percent(FAULTS.late)}, half of them up to a day, half up to ${REACH_DAYS} days; bad: ${percent(FAULTS.bad)}
           batches delivered twice: 0.5 %; a worker dies and starts cold every ${CRASH_EVERY_SECONDS / 3_600} hours; limits on every account
  contest  batches delivered twice: ${percent(CONTEST_FAULTS.redelivered)}; died in the middle: ${percent(CONTEST_FAULTS.crashes)}; lost answers of writes: ${percent(CONTEST_FAULTS.lostAnswers)}

  Every request of the real code is counted with its size by the published rules and priced by bench/prices.json.
  A month is a sample: minutes around noon of its middle day, over a made-up past of the same accounts; scaled to 30 days.`;
