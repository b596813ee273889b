import type { ManifestStatus, StepState } from '../../../lambdas/close/types.ts';
import type { DeliveryState } from '../../../lambdas/delivery/types.ts';
import type { QuarantineState } from '../../../lambdas/usage/types.ts';

/** The one vocabulary of states, in the order of urgency: what needs a person sorts first everywhere. */
export const STATES = ['needs you', 'failed', 'held', 'parked', 'running', 'waiting', 'open', 'done'] as const;
export type StateWord = (typeof STATES)[number];

/** For sorting by urgency. */
export const urgency = (state: StateWord): number => STATES.indexOf(state);

/** What a state means, for the hover and the help. */
export const MEANING: Readonly<Record<StateWord, string>> = {
  'needs you': 'A person must decide before this goes on.',
  failed: 'It ended with an error that does not mend itself.',
  held: 'Kept back until an exception of its account is decided.',
  parked: 'Set aside, for example because the ERP has closed the period; it is not retried by itself.',
  running: 'Work is going on.',
  waiting: 'Waiting for something else; nothing to do.',
  open: 'Not begun yet.',
  done: 'Finished.',
};

export const wordOfStep = (state: StepState): StateWord => state;

const DELIVERY: Readonly<Record<DeliveryState, StateWord>> = {
  queued: 'waiting',
  sending: 'running',
  posted: 'done',
  accepted: 'done',
  parked: 'parked',
  failed: 'failed',
  waiting: 'waiting',
  unknown: 'needs you',
  void: 'done',
};

/** The word of a delivery; a document without one was not sent yet. */
export const wordOfDelivery = (state: DeliveryState | undefined): StateWord =>
  state === undefined ? 'open' : DELIVERY[state];

const QUARANTINE: Readonly<Record<QuarantineState, StateWord>> = {
  waiting: 'needs you',
  releasing: 'running',
  released: 'done',
  'written-off': 'done',
};

export const wordOfQuarantine = (state: QuarantineState): StateWord => QUARANTINE[state];

const MANIFEST: Readonly<Record<ManifestStatus, StateWord>> = {
  'awaiting approval': 'needs you',
  approved: 'running',
  returned: 'held',
  superseded: 'held',
  expired: 'failed',
  posting: 'running',
  posted: 'done',
  failed: 'failed',
};

export const wordOfManifest = (status: ManifestStatus): StateWord => MANIFEST[status];
