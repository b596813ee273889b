import type { ApiClient } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { grouped, say } from '../print.ts';
import { terminalShower } from '../shower.ts';

/** Which event: all of it is needed, because its time tells where it lies. */
export type EventOptions = {
  readonly subject: string;
  readonly source: string;
  readonly time: string;
  readonly reason: string;
};

const WORDS = {
  counted: 'it counts no more in a moment',
  cancelled: 'it was cancelled before; this changes nothing',
  unknown: 'the ledger does not have it at that time: if it comes, it counts nothing',
} as const;

/** Takes an event back, for ever. */
export const cancelEvent = async (
  api: ApiClient,
  id: string,
  { reason, subject, source, time }: EventOptions,
): Promise<void> => {
  const events = [{ id, subject, source, time }];
  const { items } = await api.post<{ items: { id: string; known: keyof typeof WORDS }[] }>('/usage/cancellations', {
    events,
    reason,
  });
  for (const item of items) say(`${item.id}: ${WORDS[item.known]}.`);
};

/** Measures old usage with the meters as they are now. */
export const restateLedger = async (
  api: ApiClient,
  start: string,
  end: string,
  subject: string | undefined,
): Promise<void> => {
  const asked = { start, end, ...(subject === undefined ? {} : { subject }) };
  const job = await api.post<Job<{ slots: number; restated: number }>>('/ledger/restatements', asked);
  const { slots, restated } = await waitForJob(api, job, terminalShower());
  say(`${grouped(restated)} of ${grouped(slots)} slots say something else now.`);
};
