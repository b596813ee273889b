import type { UsageEvent } from '../../../lambdas/usage/types.ts';

/** Totals by account and measure, `org-00001 calls`: what bills would be made from. */
export type Totals = ReadonlyMap<string, number>;

/** A way to count usage, written as its advocates do, as small as it can be. */
export type Alternative = {
  readonly name: string;
  /** How it comes about that it counts, in a few words. */
  readonly how: string;
  /** Whether events go through Firehose and S3 objects instead of the stream. */
  readonly byFirehose?: true;
  /** Takes the lines of a batch. */
  take(lines: readonly string[]): Promise<void>;
};

/** What an event adds: its account and measure, and how much. */
export const measureOf = (
  event: UsageEvent,
): { readonly subject: string; readonly key: string; readonly value: number } => {
  const [, , family = ''] = event.type.split('.');
  const { count, summaries } = event.data;
  const value = typeof count === 'number' ? count : typeof summaries === 'number' ? summaries : 1;
  return { subject: event.subject, key: family, value };
};

/** The usage event of a line, if it is one that has a measure: bad lines are left out, as each of them would. */
export const eventOf = (line: string): UsageEvent | undefined => {
  const event = JSON.parse(line) as UsageEvent;
  return event.data.count === 'many' ? undefined : event;
};

/** Events handled at a time. */
export const AT_ONCE = 25;
