import type { ClosePorts, StepResult } from './ports.ts';
import { exceptions } from './steps/exceptions.ts';
import { finish, recordFailure } from './steps/finish.ts';
import { freeze } from './steps/freeze.ts';
import { judge } from './steps/judge.ts';
import { approvalOutcome, awaitApproval, checkPostings, endPosting, manifestStatus, post } from './steps/manifest.ts';
import { prepare } from './steps/prepare.ts';
import { readiness } from './steps/readiness.ts';
import { reconcile } from './steps/reconcile.ts';

/** What a state of the machines sends: the step's name and its input, all texts. */
export type StepEvent = { readonly step: string } & Readonly<Record<string, unknown>>;

const text = (event: StepEvent, name: string): string => {
  const value = event[name];
  if (typeof value !== 'string' || value === '') throw new Error(`step "${event.step}" needs "${name}"`);
  return value;
};
const optional = (event: StepEvent, name: string): string => {
  const value = event[name];
  return typeof value === 'string' ? value : '';
};

const ofClose =
  (run: (ports: ClosePorts, input: { readonly closeId: string }) => Promise<StepResult>) =>
  (ports: ClosePorts, event: StepEvent) =>
    run(ports, { closeId: text(event, 'closeId') });
const ofManifest =
  (run: (ports: ClosePorts, input: { readonly manifestId: string }) => Promise<StepResult>) =>
  (ports: ClosePorts, event: StepEvent) =>
    run(ports, { manifestId: text(event, 'manifestId') });

/** The steps by the names that the state machines use. */
const STEPS: Readonly<Record<string, (ports: ClosePorts, event: StepEvent) => Promise<StepResult>>> = {
  readiness: ofClose(readiness),
  prepare: ofClose(prepare),
  judge: ofClose(judge),
  exceptions: ofClose(exceptions),
  freeze: ofClose(freeze),
  reconcile: ofClose(reconcile),
  done: ofClose(finish),
  'record-failure': (ports, event) =>
    recordFailure(ports, {
      closeId: text(event, 'closeId'),
      failedStep: text(event, 'failedStep'),
      code: text(event, 'code'),
      message: optional(event, 'message'),
    }),
  'manifest-status': ofManifest(manifestStatus),
  'await-approval': (ports, event) =>
    awaitApproval(ports, { manifestId: text(event, 'manifestId'), taskToken: text(event, 'taskToken') }),
  'approval-outcome': (ports, event) =>
    approvalOutcome(ports, {
      manifestId: text(event, 'manifestId'),
      error: optional(event, 'error'),
      approvalTimeoutSeconds: Number(text(event, 'approvalTimeoutSeconds')),
    }),
  post: ofManifest(post),
  'check-postings': ofManifest(checkPostings),
  'end-posting': ofManifest(endPosting),
};

/** The names of the steps, for the check that the state machines call no other. */
export const STEP_NAMES: readonly string[] = Object.keys(STEPS);

/** Runs one step. @throws {Error} for a step that does not exist, or when a store does not answer. */
export const runStep = async (ports: ClosePorts, event: StepEvent): Promise<StepResult> => {
  const run = Object.hasOwn(STEPS, event.step) ? STEPS[event.step] : undefined;
  if (run === undefined) throw new Error(`there is no step "${event.step}"`);
  return run(ports, event);
};
