import type { CloseStep } from '../../../../lambdas/close/types.ts';

/** The ten steps in order. The list is the API's; it is written here because the console imports only types of it. */
export const CLOSE_STEPS: readonly CloseStep[] = [
  'readiness',
  'prepare',
  'rate',
  'judge',
  'exceptions',
  'freeze',
  'approve',
  'post',
  'reconcile',
  'done',
];
