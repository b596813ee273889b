import type { KinesisStreamEvent } from 'aws-lambda';
import { makeIngest } from '../../../lambdas/usage/ingest/ingest.ts';
import { ingestSettings } from '../../../lambdas/usage/ingest/ingest-settings.ts';
import { ingestPorts } from '../../../lambdas/usage/ingest/ingest-wiring.ts';
import { dieOnce } from './die-once.ts';

/** The product's ingest, dying once between archive and append and once right after an append. */
const ports = ingestPorts();
const ingest = makeIngest(
  {
    ...ports,
    append: async (usages) => {
      dieOnce('ingest-between-archive-and-append');
      const outcome = await ports.append(usages);
      dieOnce('ingest-right-after-the-append');
      return outcome;
    },
  },
  ingestSettings(),
);

export const handler = async (event: KinesisStreamEvent): Promise<void> => {
  await ingest(event);
};
