import { type Burst, keptByTheHour, type Paid } from './capacity.ts';
import { type Counted, only, plus, times, total } from './counted-aws/usage.ts';
import { MONTH_SECONDS } from './traffic.ts';

const HOURS = MONTH_SECONDS / 3_600;
/** Alarms about ingest, spill and settle (lib/stacks/ingest-stack.ts, observability-stack.ts). */
const ALARMS = 8;
/** Days that the stream keeps beyond the first, as in production. */
const KEPT_DAYS = 6;
/** Lambda traces one call a second, and 5 % of the others. */
const TRACED_SHARE = 0.05;
/**
 * Functions of which another share of the calls is traced: none where a stream or a schedule calls, which trace nothing
 * (lib/stacks/ingest-stack.ts); one in twenty behind the gateway, whose one trace holds both (lib/constructs/edge-api.ts).
 */
const TRACED: Readonly<Record<string, number>> = {
  ingest: 0,
  settle: 0,
  'events-api': TRACED_SHARE,
  'api-key-authorizer': 0,
};

const tracesOf = (name: string, calls: number): number => {
  const share = TRACED[name];
  if (share !== undefined) return calls * share;
  return calls <= MONTH_SECONDS ? calls : MONTH_SECONDS + (calls - MONTH_SECONDS) * TRACED_SHARE;
};

/**
 * A month's count with what runs by the hour or month added: shards (none: no stream), custom metrics, alarms, traces; stream
 * and tables of usage paid in one of two ways.
 */
export const withStanding = (
  counted: Counted,
  shards: number,
  metrics: number,
  paid: Paid,
  bursts: readonly Burst[],
): Counted => {
  const kinesis: Counted =
    paid === 'by the hour'
      ? {
          'kinesis.shard-hour': { stream: shards * HOURS },
          'kinesis.shard-hour-retention': { stream: shards * HOURS },
        }
      : {
          'kinesis.on-demand.stream-hour': { stream: HOURS },
          'kinesis.on-demand.retention': { stream: total(counted, 'kinesis.on-demand.in') * (KEPT_DAYS / 30) },
        };
  const other = paid === 'by the hour' ? 'kinesis.on-demand.' : 'kinesis.put-unit';
  const traces = Object.entries(counted['lambda.request'] ?? {}).map(([name, calls]): [string, number] => [
    name,
    tracesOf(name, calls),
  ]);
  return plus(
    only(paid === 'by the hour' ? keptByTheHour(counted, bursts) : counted, (line) => !line.startsWith(other)),
    kinesis,
    { 'cloudwatch.metric': { standing: metrics }, 'cloudwatch.alarm': { standing: ALARMS } },
    { 'xray.trace': Object.fromEntries(traces) },
  );
};

/** Key authorizations: the gateway keeps an answer for a minute, per key; each producer has one. */
export const authorizations = (producers: number): Counted => {
  const calls = (producers * MONTH_SECONDS) / 60;
  return times(
    {
      'lambda.request': { 'api-key-authorizer': 1 },
      // About 20 ms of 256 MB, one strong read, and its log lines.
      'lambda.arm64': { 'api-key-authorizer': 0.02 * 0.25 },
      'dynamodb.read': { 'api-key-authorizer': 1 },
      'cloudwatch.log': { 'api-key-authorizer': 1_000 / 1024 ** 3 },
    },
    calls,
  );
};
