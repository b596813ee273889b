export { systemChance, systemClock } from './clock.ts';
export { createEmitter, type Emitter, type Held } from './emitter.ts';
export { httpTransport } from './http.ts';
export { kinesisTransport, putRecordsBy } from './kinesis.ts';
export { EmitRefused } from './line.ts';
export type { EmitterOptions } from './options.ts';
export type { Clock, Outcome, Pack, Rejection, Transport, UndeliveredReason, UsageEvent } from './types.ts';
