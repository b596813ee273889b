import { aggregator } from './alternatives/aggregator.ts';
import { COUNTERS, counter } from './alternatives/counter.ts';
import { IDS, idempotency } from './alternatives/idempotency.ts';
import { ledgerTotals } from './alternatives/ours.ts';
import { transaction } from './alternatives/transaction.ts';
import { type Alternative, eventOf, measureOf, type Totals } from './alternatives/types.ts';
import { chance } from './chance.ts';
import { Crashed, countedAws } from './counted-aws/endpoint.ts';
import type { PutRecord } from './counted-aws/services.ts';
import type { Counted } from './counted-aws/usage.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { wireItem } from './counted-aws/wire.ts';
import { FUNCTIONS, prepareProcess } from './functions.ts';
import { lambdaService } from './lambda.ts';
import { publishEntries } from './preparation.ts';
import { producers } from './producers.ts';
import { referenceCatalog } from './reference-catalog.ts';
import { LARGEST_BATCH, usageStream } from './stream.ts';
import { type Sent, traffic, type Workload } from './traffic.ts';
import { ingestWorker } from './workers.ts';
import { BEGIN } from './world.ts';

/** The names of the contestants. */
export const CONTESTANTS = ['ours', counter.name, idempotency.name, transaction.name, aggregator.name] as const;
const ALTERNATIVES: readonly Alternative[] = [counter, idempotency, transaction, aggregator];

/** Faults of the contest, the same for all: per batch, and per write. */
export const CONTEST_FAULTS = { redelivered: 0.02, crashes: 0.02, lostAnswers: 0.001 } as const;
const WINDOW_SECONDS = 10;
const FIREHOSE_BYTES = 5 * 1024;
const GB = 1024 ** 3;

/** What came of a contestant. */
export type ContestResult = {
  readonly name: string;
  readonly how: string;
  readonly counted: Counted;
  /** Lines taken. */
  readonly events: number;
  /** Of what was counted: how much is too much or too little, as a share of the truth, and in how many accounts. */
  readonly error: { readonly share: number; readonly accounts: number; readonly of: number };
};

const add = (totals: Map<string, number>, line: string): void => {
  const event = eventOf(line);
  if (event === undefined) return;
  const { subject, key, value } = measureOf(event);
  if (key === 'api' || key === 'ai') totals.set(`${subject} ${key}`, (totals.get(`${subject} ${key}`) ?? 0) + value);
};

const errorOf = (truth: Totals, found: Totals): ContestResult['error'] => {
  let [off, all] = [0, 0];
  const wrong = new Set<string>();
  for (const name of new Set([...truth.keys(), ...found.keys()])) {
    const [right, is] = [truth.get(name) ?? 0, found.get(name) ?? 0];
    all += right;
    off += Math.abs(right - is);
    if (right !== is) wrong.add(name.split(' ')[0] ?? '');
  }
  return {
    share: off / all,
    accounts: wrong.size,
    of: new Set([...truth.keys()].map((name) => name.split(' ')[0])).size,
  };
};

/** Runs one contestant over `seconds` of a workload with faults. Once per process. */
export const runContestant = async (name: string, workload: Workload, seconds: number): Promise<ContestResult> => {
  const time = virtualTime(BEGIN);
  prepareProcess(time);
  const usage = usageCounter();
  const faults = chance(workload.seed + 3);
  let requestsToLive = Infinity;
  const aws = countedAws({
    usage,
    time,
    fate: (service, operation) => {
      requestsToLive -= 1;
      if (requestsToLive < 0) return 'dead';
      const writes = service === 'dynamodb' && /Put|Update|Transact/.test(operation);
      return writes && faults.happens(CONTEST_FAULTS.lostAnswers) ? 'lost' : 'answered';
    },
  });
  const lambda = lambdaService(usage, time, aws);
  const alternative = ALTERNATIVES.find((each) => each.name === name);
  const source = traffic(workload);
  publishEntries(aws, referenceCatalog(workload, source.share));

  const truth = new Map<string, number>();
  const seen = new Set<string>();
  let events = 0;
  const note = ({ line, known }: Sent): void => {
    events += 1;
    const id = eventOf(line)?.id ?? '';
    // Events of days ago were counted then, in whatever way, and their ids are known where ids are kept for ever.
    if (known)
      aws
        .tables(alternative === transaction ? IDS : 'forgotten')
        .put(`${known.source}#${id}`, '', wireItem({ pk: id }));
    if (!known && !seen.has(id)) add(truth, line);
    seen.add(id);
  };

  let worker = ingestWorker(usage);
  /** Delivers a batch with its faults; whoever died gets it again, and knows nothing any more. */
  const deliver = async (run: () => Promise<unknown>, lines: number): Promise<void> => {
    const crashes = faults.happens(CONTEST_FAULTS.crashes);
    requestsToLive = crashes ? faults.between(1, Math.max(1, lines)) : Infinity;
    try {
      await lambda.call(FUNCTIONS.ingest, run);
    } catch (error) {
      if (requestsToLive >= 0 && !(error instanceof Crashed)) throw error;
      requestsToLive = Infinity;
      worker = ingestWorker(usage);
      await lambda.call(FUNCTIONS.ingest, run);
    }
    requestsToLive = Infinity;
    if (faults.happens(CONTEST_FAULTS.redelivered)) await lambda.call(FUNCTIONS.ingest, run);
  };

  const stream = usageStream(1, { windowSeconds: alternative ? WINDOW_SECONDS : 60, ...LARGEST_BATCH }, usage);
  const send = producers(alternative ? 'single' : 'packed');
  const waiting: Sent[] = [];
  const linesOf = (records: readonly PutRecord[]): string[] => records.map(({ data }) => Buffer.from(data).toString());
  for (let second = 0; second < seconds + 60; second += 1) {
    const at = BEGIN + (second + 1) * 1000;
    const sent = second < seconds ? source.second(at - 1000, true) : [];
    // Repeats of days ago must be known to ours too; it has no past here, so they are left to the reference months.
    const taken = alternative ? sent : sent.filter(({ known }) => known === undefined);
    for (const each of taken) note(each);
    time.set(at);
    if (alternative?.byFirehose) {
      waiting.push(...taken);
      for (const { line } of taken)
        usage.add('firehose.in', (Math.ceil(line.length / FIREHOSE_BYTES) * FIREHOSE_BYTES) / GB, 'stream');
      if (second % 60 !== 59) continue;
      usage.add('s3.put', 1, 'objects');
      usage.add('s3.get', 1, 'objects');
      const lines = waiting.splice(0).map(({ line }) => line);
      await deliver(() => alternative.take(lines), lines.length);
      continue;
    }
    const { records } = send(taken);
    for (const { event } of [...stream.put(records, at), ...stream.due(at)]) {
      const lines = alternative ? linesOf(recordsOf(event)) : [];
      if (alternative) await deliver(() => alternative.take(lines), lines.length);
      else await deliver(() => worker(event), event.Records.length);
    }
  }
  const counted = usage.counted();
  const found = alternative
    ? countersOf(aws)
    : (await time.run(() => ledgerTotals(aws.tables('ledger').partitions()))).result;
  const how = alternative?.how ?? 'one conditional put per account and quarter of an hour';
  return { name, how, counted, events, error: errorOf(truth, found) };
};

const recordsOf = ({ Records }: { readonly Records: readonly unknown[] }): PutRecord[] =>
  (Records as { kinesis: { partitionKey: string; data: string } }[]).map(({ kinesis }) => ({
    partitionKey: kinesis.partitionKey,
    data: Buffer.from(kinesis.data, 'base64'),
  }));

const countersOf = (aws: ReturnType<typeof countedAws>): Totals => {
  const totals = new Map<string, number>();
  for (const subject of aws.tables(COUNTERS).partitions()) {
    for (const { sk, json } of aws.tables(COUNTERS).range(subject, '', '\uffff')) {
      const measure = sk.split('#')[1] ?? '';
      if (measure !== 'api' && measure !== 'ai') continue;
      const { total } = JSON.parse(json) as { total: { N: string } };
      totals.set(`${subject} ${measure}`, (totals.get(`${subject} ${measure}`) ?? 0) + Number(total.N));
    }
  }
  return totals;
};
