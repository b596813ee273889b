import { setTimeout as pause } from 'node:timers/promises';
import { kinesis } from '../../platform/aws.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { makeEventsApi } from './events-api.ts';
import { kinesisStream } from './usage-stream.ts';

/** `POST /v1/events`. */
export const handler = makeEventsApi(
  kinesisStream(kinesis(), env('USAGE_STREAM'), (millis) => pause(millis)),
  makeLogger('events-api'),
);
