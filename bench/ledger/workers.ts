import { cachedCatalog } from '../../lambdas/catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../lambdas/catalog/catalog-store.ts';
import { dynamo, s3 } from '../../lambdas/platform/aws.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { env } from '../../lambdas/platform/env.ts';
import { makeLogger, makeMetrics } from '../../lambdas/platform/observability.ts';
import { type IngestSummary, makeIngest } from '../../lambdas/usage/ingest/ingest.ts';
import { reportIngest } from '../../lambdas/usage/ingest/ingest-report.ts';
import { ingestSettings } from '../../lambdas/usage/ingest/ingest-settings.ts';
import { ingestPorts } from '../../lambdas/usage/ingest/ingest-wiring.ts';
import { dynamoDirtyMarks } from '../../lambdas/usage/ledger/dirty-marks.ts';
import { ledgerToRead } from '../../lambdas/usage/ledger/ledger-wiring.ts';
import { makeSettleEarly } from '../../lambdas/usage/settle/early-settle.ts';
import { dynamoSettled } from '../../lambdas/usage/settle/settled-store.ts';
import type { Usage } from './counted-aws/usage.ts';
import { SOURCE } from './events.ts';
import type { StreamBatch } from './stream.ts';

/** A port's functions, each saying of what it does to AWS that it was for that port. */
const labelled = <P extends object>(usage: Usage, ports: P, names: readonly (keyof P & string)[]): P => {
  type Async = (...given: unknown[]) => Promise<unknown>;
  const label =
    (name: string, run: Async): Async =>
    (...given) =>
      usage.because(name, () => run(...given));
  const changed = names.map((name) => {
    const port: unknown = ports[name];
    if (typeof port === 'function') return [name, label(name, port as Async)] as const;
    const methods = Object.entries(port as Record<string, Async>).map(([method, run]) => [method, label(name, run)]);
    return [name, Object.fromEntries(methods)] as const;
  });
  return { ...ports, ...Object.fromEntries(changed) };
};

/**
 * A warm worker of a shard, as lambdas/usage/ingest/ingest.handler.ts wires it, with a memory of its own. Where early settles
 * are counted apart (`earlySettles`), it does none.
 */
export const ingestWorker = (
  usage: Usage,
  { settlesEarly } = { settlesEarly: true },
): ((event: StreamBatch['event']) => Promise<IngestSummary>) => {
  const ports = labelled(usage, ingestPorts(), ['archive', 'quarantine', 'append', 'thresholds', 'settleEarly']);
  const none = async () => ({ settled: 0, failures: [] });
  const ingest = makeIngest(settlesEarly ? ports : { ...ports, settleEarly: none }, ingestSettings());
  const [logger, metrics] = [makeLogger('ingest'), makeMetrics('ingest')];
  return async (event) => {
    const summary = await ingest(event as Parameters<typeof ingest>[0]);
    reportIngest(summary, logger, metrics);
    return summary;
  };
};

/** A warm worker that settles one day early, as ingest does when it has appended to it often. */
export const earlyWorker = async (usage: Usage): Promise<(subject: string, day: string) => Promise<void>> => {
  const projection = env('PROJECTION_TABLE');
  const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);
  const ports = {
    ...ledgerToRead(catalog),
    settled: dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET')),
    marks: dynamoDirtyMarks(dynamo(), projection),
    clock: systemClock,
  };
  const due: { readonly subject: string; readonly day: string }[] = [];
  const takeDue = () => due.splice(0);
  const settleEarly = makeSettleEarly(ports, { unsettled: { count: () => undefined, takeDue } }, catalog);
  await catalog.history('meter');
  return async (subject, day) => {
    due.push({ subject, day });
    const { failures } = await usage.because('settleEarly', settleEarly);
    if (failures.length > 0) throw new Error(failures[0]);
  };
};

/** The context of a call of Lambda, as far as a handler asks for it. */
const context = { awsRequestId: '1c1f3a52-0000-4000-8000-000000000000', getRemainingTimeInMillis: () => 900_000 };

/** The settle function's handler. */
export const settle = async (): Promise<void> => {
  const { handler } = await import('../../lambdas/usage/settle/settle.handler.ts');
  await handler({ sweep: true }, context as Parameters<typeof handler>[1]);
};

/** The nightly walk's handler. */
export const walk = async (): Promise<void> => {
  const { handler } = await import('../../lambdas/usage/walk/ledger-walk.handler.ts');
  await handler({}, context as Parameters<typeof handler>[1]);
};

/** The handler of `POST /v1/events`, called as the gateway does for a key that may send for the benchmark's source. */
export const postEvents = async (lines: readonly string[]): Promise<void> => {
  const { handler } = await import('../../lambdas/usage/receive/events-api.handler.ts');
  const event = {
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: `[${lines.join(',')}]`,
    isBase64Encoded: false,
    requestContext: {
      requestId: context.awsRequestId,
      authorizer: { keyId: 'key-1', sources: JSON.stringify([SOURCE]) },
    },
  };
  const { statusCode } = await handler(event as unknown as Parameters<typeof handler>[0]);
  if (statusCode !== 202) throw new Error(`POST /v1/events answered ${statusCode}`);
};
