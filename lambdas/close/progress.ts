import type { Clock } from '../platform/clock.ts';
import type { CloseStore } from './close-store.ts';
import type { CloseRecord, CloseStep, StepProgress } from './types.ts';

type Ports = { readonly clock: Clock; readonly store: Pick<CloseStore, 'close' | 'setStep'> };

/** The record of a close that a step works for. @throws {Error} if there is none: the machine was started by hand. */
export const closeOf = async (store: Pick<CloseStore, 'close'>, closeId: string): Promise<CloseRecord> => {
  const record = await store.close(closeId);
  if (record === undefined) throw new Error(`there is no close ${closeId}`);
  return record;
};

/** Marks a step as running; keeps the start of an earlier try. */
export const beginStep = async (ports: Ports, record: CloseRecord, step: CloseStep, total = 0): Promise<void> => {
  const before = record.steps[step];
  await ports.store.setStep(record.closeId, step, {
    state: 'running',
    done: before.done,
    total: total === 0 ? before.total : total,
    startedAt: before.startedAt ?? ports.clock.now(),
  });
};

/** Ends a step with what it really did. */
export const endStep = async (
  ports: Ports,
  record: CloseRecord,
  step: CloseStep,
  figures: Pick<StepProgress, 'done' | 'total' | 'totals' | 'notes'> & { readonly state?: StepProgress['state'] },
): Promise<void> => {
  const now = ports.clock.now();
  const before = (await ports.store.close(record.closeId))?.steps[step];
  await ports.store.setStep(record.closeId, step, {
    state: 'done',
    ...figures,
    startedAt: before?.startedAt ?? now,
    endedAt: now,
  });
};
