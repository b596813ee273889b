import type { KinesisRecord } from '../../lambdas/usage/events/decode.ts';
import { type IngestSettings, makeIngest, makeRespill } from '../../lambdas/usage/ingest/ingest.ts';
import { handleSpill, type SpillBatch } from '../../lambdas/usage/ingest/spill.ts';
import { settleSweep } from '../../lambdas/usage/settle/settle-sweep.ts';
import { isForeseen, type SimFunction, simFunction } from './sandboxes.ts';
import { type SimSpillQueue, simSpillQueue } from './spill-queue.ts';
import type { Platform } from './stage.ts';
import { catalogOf, type House, ingestPortsOf, sweepPortsOf } from './wiring.ts';

/** The functions of the product, as the platform runs them. */
export type Functions = {
  readonly ingest: SimFunction<readonly KinesisRecord[], unknown>;
  readonly spill: SimSpillQueue;
  readonly sweep: SimFunction<undefined, unknown>;
};

export const makeFunctions = (
  platform: Platform,
  house: House,
  settings: IngestSettings,
  onError: (error: unknown) => void,
): Functions => {
  const respill = simFunction<SpillBatch, Awaited<ReturnType<typeof handleSpill>>>(
    platform,
    'spill',
    (process) => {
      const run = makeRespill(ingestPortsOf(house, process, spill.queue), settings);
      const failed = (_: string, error: Error) => {
        if (!isForeseen(error)) onError(error);
      };
      return (batch) => handleSpill(batch, { respill: run, done: () => undefined, failed });
    },
    onError,
  );
  const spill = simSpillQueue(platform, respill.invoke);
  const ingest: Functions['ingest'] = simFunction(
    platform,
    'ingest',
    (process) => {
      const run = makeIngest(ingestPortsOf(house, process, spill.queue), settings);
      return (Records) => run({ Records });
    },
    onError,
  );
  const sweep: Functions['sweep'] = simFunction(
    platform,
    'settle',
    (process) => {
      const ports = sweepPortsOf(house, process);
      const catalog = catalogOf(house, process);
      return async () => settleSweep(ports, await catalog.history('meter'));
    },
    onError,
  );
  return { ingest, spill, sweep };
};
