import { correctionOf } from '../../../lambdas/usage/events/corrections.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { usage } from '../usage/usage-fixtures.ts';

/** The line that cancels an event of `org-01`, as ingest takes it. */
export const cancellation = (id: string, time: string, subject = 'org-01'): CanonicalUsage => {
  const data = { id, source: '//larkspur.example/platform' };
  const made = usage({ id: `cancel-${id}-${time}`, subject, time, type: 'meterbridge.cancellation', data });
  return { ...made, ...correctionOf(made.event) };
};
