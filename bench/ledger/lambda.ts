import type { CountedAws } from './counted-aws/endpoint.ts';
import type { Usage } from './counted-aws/usage.ts';
import type { VirtualTime } from './counted-aws/virtual-time.ts';

/** A function as lib/stacks/ deploys it. */
export type FunctionSize = { readonly name: string; readonly memoryMegabytes: number };

/** What a call took. */
export type CallTimes = {
  /** Milliseconds of processor time, of this machine, without what the services in memory took. */
  readonly processor: number;
  /** Milliseconds that it waited for AWS. */
  readonly waited: number;
};

/** With this memory a function has one whole processor; with less, so much less of it. */
const ONE_PROCESSOR_MEGABYTES = 1_769;
/** Lambda's own lines about a call (start and report) in JSON; CloudWatch counts 26 bytes more for each line. */
const PLATFORM_LOG_BYTES = 600;
const LOG_LINE_OVERHEAD = 26;
const GB = 1024 ** 3;
/** Gigabytes of log that a call writes of itself. */
export const CALL_LOG_GB = PLATFORM_LOG_BYTES / GB;

/** What a function wrote to its log: bytes as CloudWatch counts them, and the custom metrics in it. */
type Written = { bytes: number; readonly metrics: Set<string> };

/** Embedded metrics: their names with the values of their dimensions; each such pair is a metric that is paid for. */
const metricsIn = (line: string): string[] => {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const { _aws, ...fields } = JSON.parse(line) as {
    _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  } & Record<string, unknown>;
  return _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => [Name, ...names.map((name) => String(fields[name]))].join()),
    ),
  );
};

/** Runs work whose output is read instead of shown. */
const silently = async <T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly written: Written }> => {
  const written: Written = { bytes: 0, metrics: new Set() };
  const take = (chunk: string | Uint8Array): boolean => {
    written.bytes += Buffer.byteLength(chunk) + LOG_LINE_OVERHEAD;
    for (const metric of metricsIn(String(chunk))) written.metrics.add(metric);
    return true;
  };
  const outputs = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of outputs) stream.write = take;
  try {
    return { result: await work(), written };
  } finally {
    for (const { stream, write } of outputs) stream.write = write;
  }
};

/**
 * Calls functions and counts what the calls cost: requests, GB-seconds of processor and waiting time, log bytes. Waiting
 * and computing are added up, though in truth they overlap a little. `unread`: milliseconds of processor time so far that
 * were spared by not really reading all that was paid for.
 */
export const lambdaService = (usage: Usage, time: VirtualTime, aws: CountedAws, unread: () => number = () => 0) => {
  const metrics = new Set<string>();
  return {
    /** Custom metrics that the functions have written. */
    metrics: (): number => metrics.size,
    call: async <T>(
      { name, memoryMegabytes }: FunctionSize,
      work: () => Promise<T>,
    ): Promise<{ readonly result: T } & CallTimes> => {
      const [services, spared] = [aws.servicesMillis(), unread()];
      const began = process.cpuUsage();
      const { result: run, written } = await silently(() => time.run(() => usage.because(name, work)));
      const { user, system } = process.cpuUsage(began);
      const own = (user + system) / 1000 - (aws.servicesMillis() - services);
      const processor = Math.max(0, own) + unread() - spared;
      const share = Math.min(1, memoryMegabytes / ONE_PROCESSOR_MEGABYTES);
      const seconds = Math.ceil(processor / share + run.waited) / 1000;
      for (const metric of written.metrics) metrics.add(metric);
      usage.add('lambda.request', 1, name);
      usage.add('lambda.arm64', seconds * (memoryMegabytes / 1024), name);
      usage.add('lambda.processor-ms', processor, name);
      usage.add('lambda.waited-ms', run.waited, name);
      usage.add('cloudwatch.log', (written.bytes + PLATFORM_LOG_BYTES) / GB, name);
      return { result: run.result, processor, waited: run.waited };
    },
  };
};
