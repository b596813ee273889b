import type { System } from '../system.ts';
import type { Checks } from './checks.ts';
import type { People } from './people.ts';
import { until } from './progress.ts';

type Queue = { readonly name: string; readonly depth: number; readonly dlqDepth: number };
type Redriven = { readonly matched: number; readonly moved: number; readonly left: number };

/** What happened to the signal on its way to customer success. */
export type SuccessOutcome = {
  readonly deadLettered: number;
  readonly why: string;
  readonly redriven: number;
  readonly callsToAction: readonly {
    readonly referenceId: string;
    readonly name: string;
    readonly companyId: string;
  }[];
};

const deadLetters = async (people: People): Promise<number> => {
  const { items } = await people.operator.get<{ items: Queue[] }>('/queues');
  return items.find((queue) => queue.name === 'gainsight')?.dlqDepth ?? 0;
};

/** Before usage is settled: the success tool has changed its access key, and nobody told us. */
export const breakGainsight = (system: System): void => {
  system.sandboxes.gainsight.misbehave({ kind: 'refuse-key', times: 10_000 });
};

/** The signal ends in the dead-letter queue; the key is mended; an operator looks, previews and redrives. */
export const redriveSignal = async (
  system: System,
  people: People,
  checks: Checks,
  note: (text: string) => void,
): Promise<SuccessOutcome> => {
  const gainsight = system.sandboxes.gainsight;
  const deadLettered = await until(
    'a dead letter for Gainsight',
    120,
    async () => (await deadLetters(people)) || undefined,
    1_000,
  );
  const { items } = await people.operator.get<{ items: { why: string }[] }>('/queues/gainsight/messages', {
    limit: '10',
  });
  const why = items[0]?.why ?? 'unknown';
  note(`${deadLettered} dead ${deadLettered === 1 ? 'letter' : 'letters'}: ${why}`);
  checks.equal('CTAs while the key is refused', 0, gainsight.ctas().length);
  gainsight.behave();
  const preview = await people.operator.post<Redriven>('/queues/gainsight/redrive', { preview: true });
  note(`the key is mended; a redrive would move ${preview.matched}`);
  const moved = await people.operator.post<Redriven>('/queues/gainsight/redrive', { preview: false });
  await until('a call to action for every dead letter', 60, async () =>
    gainsight.ctas().length >= deadLettered ? true : undefined,
  );
  checks.equal('dead letters redriven', deadLettered, moved.moved);
  await until('an empty dead-letter queue', 30, async () => ((await deadLetters(people)) === 0 ? true : undefined));
  const callsToAction = gainsight.ctas().map(({ referenceId, name, companyId }) => ({ referenceId, name, companyId }));
  checks.equal('calls to action in Gainsight', deadLettered, callsToAction.length);
  checks.equal('companies called about', 1, new Set(callsToAction.map(({ companyId }) => companyId)).size);
  return { deadLettered, why, redriven: moved.moved, callsToAction };
};
