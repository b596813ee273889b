import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Unattributed = {
  readonly subject: string;
  readonly events: number;
  readonly days: number;
  readonly firstUsage: string;
  readonly lastUsage: string;
  readonly ageDays: number;
  readonly meters: readonly string[];
};

const minutes = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

/** Subjects with usage that nobody owns, those first whose usage has waited longest for an owner. */
export const unattributedUsage = async (api: ApiClient, start: string | undefined): Promise<void> => {
  const subjects = await allItems<Unattributed>(api, '/usage/unattributed', { start });
  if (subjects.length === 0) return say('All usage belongs to somebody.');
  say(
    table(
      ['subject', 'events', 'days', 'first usage', 'last usage', 'age', 'meters'],
      subjects
        .toSorted((a, b) => b.ageDays - a.ageDays || b.events - a.events)
        .map((one) => [
          one.subject,
          grouped(one.events),
          one.days,
          minutes(one.firstUsage),
          minutes(one.lastUsage),
          `${one.ageDays} d`,
          one.meters.join(', '),
        ]),
    ),
  );
  say(
    '\nPublish an attribution, from the date on from which it is theirs: the usage is that account’s then, also what lies before today.',
  );
};
