import type { ExceptionKind } from '../../../../lambdas/close/types.ts';

/** What a person can decide about an exception, in the words of the API, and what follows from it. */
export type Decision = { readonly value: string; readonly label: string; readonly description: string };

const ALWAYS: readonly Decision[] = [
  {
    value: 'accepted',
    label: 'It is right as it is',
    description: 'Goes on with the figures as they are; the account is held no longer.',
  },
  {
    value: 'fixed',
    label: 'The cause is mended',
    description: 'The next close looks again; if it finds the same, the exception opens again.',
  },
];

const VOID: Decision = {
  value: 'void',
  label: 'Give the document up',
  description: 'For a document that the ERP will never take: what it billed counts as not billed and comes again.',
};

/** The decisions that make sense for this kind. */
export const decisionsFor = (kind: ExceptionKind): readonly Decision[] =>
  kind === 'posting-failed' ? [...ALWAYS, VOID] : ALWAYS;

/** A decision in words; the company may use words of its own. */
export const decisionLabel = (decision: string): string =>
  [...ALWAYS, VOID].find(({ value }) => value === decision)?.label ?? decision;
