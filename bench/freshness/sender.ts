import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Watcher } from './watcher.ts';

/** The load: events a second, for so many seconds; a watcher's account gets one of its own in each tick. */
export type Load = { readonly rate: number; readonly seconds: number; readonly watchers: readonly Watcher[] };

/** Records go out ten times a second. */
const TICK_MILLIS = 100;
/** Accounts without a watcher that the other events belong to. */
const OTHERS = Array.from({ length: 20 }, (_, n) => `org-other-${n}`);

const now = (): number => performance.timeOrigin + performance.now();

const lineOf = (subject: string): string =>
  JSON.stringify({
    specversion: '1.0',
    source: '//larkspur.example/freshness',
    id: randomUUID(),
    type: 'com.larkspur.api.requests',
    subject,
    time: new Date(now()).toISOString(),
    dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
    data: { count: 1, endpoint: 'read' },
  });

/** Sends the load; answers how many events it was. */
export const send = async (kinesis: KinesisClient, stream: string, load: Load): Promise<number> => {
  const perTick = Math.max(1, Math.round((load.rate * TICK_MILLIS) / 1000));
  let sent = 0;
  const began = now();
  for (let tick = 1; tick <= (load.seconds * 1000) / TICK_MILLIS; tick += 1) {
    const subjects = [
      ...load.watchers.map(({ subject }) => subject),
      ...Array.from({ length: perTick - load.watchers.length }, (_, n) => OTHERS[(tick + n) % OTHERS.length] ?? ''),
    ];
    const records = [...Map.groupBy(subjects, (subject) => subject)].map(([subject, own]) => ({
      PartitionKey: subject,
      Data: gzipSync(`${own.map(lineOf).join('\n')}\n`),
    }));
    const put = now();
    const { FailedRecordCount = 0 } = await kinesis.send(
      new PutRecordsCommand({ StreamName: stream, Records: records }),
    );
    if (FailedRecordCount > 0) throw new Error(`the stream refused ${FailedRecordCount} records`);
    for (const watcher of load.watchers) watcher.sent(put);
    sent += subjects.length;
    await pause(Math.max(0, began + tick * TICK_MILLIS - now()));
  }
  return sent;
};
