import type { ExceptionKind } from '../../../../lambdas/close/types.ts';

/** What a person can decide about an exception, in the words of the API, and what follows from it. */
export type Decision = { readonly value: string; readonly label: string; readonly description: string };

const ACCEPTED: Decision = {
  value: 'accepted',
  label: 'It is right as it is',
  description: 'Goes on with the figures as they are; the account is held no longer.',
};

const FIXED: Decision = {
  value: 'fixed',
  label: 'The cause is mended',
  description: 'The next close looks again; if it finds the same, the exception opens again.',
};

/** A document is sent again when its own close is started again. */
const SEND_AGAIN: Decision = {
  ...FIXED,
  description: 'Start the close again: it sends the document again. If it is refused again, the exception opens again.',
};

const VOID: Decision = {
  value: 'void',
  label: 'Give the document up',
  description: 'For a document that the ERP will never take: it is never sent again, and the next close bills it anew.',
};

/** The decisions that make sense for this kind. */
export const decisionsFor = (kind: ExceptionKind): readonly Decision[] =>
  kind === 'posting-failed' ? [SEND_AGAIN, VOID] : [ACCEPTED, FIXED];

/** A decision in words; the company may use words of its own. */
export const decisionLabel = (decision: string): string =>
  [ACCEPTED, FIXED, VOID].find(({ value }) => value === decision)?.label ?? decision;
